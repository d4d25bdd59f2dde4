/**
 * `trifold data`: pictures of a generator's faces with exact labels as an EG3D data set, to train on here or elsewhere. They are those that `trifold train`
 * and the page make when nobody has brought data.
 */
import { encode } from 'fast-png';
import { Generator } from '../src/index';
import { generatedPictures } from '../src/training/data/generated-pictures';
import { withMirrored } from '../src/training/data/training-pictures';
import { eg3dZip } from '../src/training/data/write-eg3d-zip';
import { SlicedRunner } from '../src/training/loops/sliced-runner';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { integerOption, parseWords, seedOption } from './options';
import { expectWritable, writeWhole } from './output-file';
import { say } from './standard-error';
import { BUNDLED_MODEL } from './train/bundled';

/** EG3D's networks work at powers of two. */
const SIDES = [16, 32, 64, 128, 256, 512];
/** All pictures are in memory before the first is written. */
const MOST_BYTES = 2 ** 31;
const TOLD_EACH = 100;

export async function data(words: string[]): Promise<void> {
  const { values, positionals } = parseWords(words, {
    ...MODEL_OPTIONS,
    out: { type: 'string' },
    count: { type: 'string', default: '2000' },
    side: { type: 'string', default: '64' },
    seed: { type: 'string', default: '0' },
    mirror: { type: 'boolean', default: false },
  });
  if (positionals.length > 1) throw new UsageError('data takes one model file at most');
  if (values.out === undefined) throw new UsageError('data needs --out DATA.zip');
  const side = integerOption('side', values.side, SIDES[0]!, SIDES.at(-1)!);
  if (!SIDES.includes(side)) throw new UsageError(`--side takes one of ${SIDES.join(', ')}, not ${side}`);
  const count = integerOption('count', values.count, 2, Math.floor(MOST_BYTES / (3 * side * side)));
  const seed = seedOption('seed', values.seed);
  await expectWritable(values.out);
  const path = positionals[0] ?? BUNDLED_MODEL;
  const checkpoint = await readModelFile(path, await givenFacts(values));
  const gpu = await openGpu();
  try {
    const onProgress = (done: number) => {
      if (done % TOLD_EACH === 0) say(`picture ${done} of ${count}`);
    };
    const run = SlicedRunner.on(gpu).runPlan();
    const made = await generatedPictures(
      gpu,
      Generator.create(gpu, checkpoint),
      { count, side, seed, onProgress },
      run,
    );
    const pictures = values.mirror ? withMirrored(made) : made;
    const png = (picture: { width: number; height: number; data: Uint8Array }) =>
      encode({ ...picture, channels: 3, depth: 8 });
    await writeWhole(values.out, eg3dZip(pictures, png));
    say(`${values.out}: ${pictures.count} pictures of ${side} x ${side} with labels`);
  } finally {
    gpu.destroy();
  }
}

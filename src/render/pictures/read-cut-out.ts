/** The picture of a frame without its background, for files. */
import { Recorder } from '../../gpu/recorder';
import { readTensor } from '../../gpu/tensor';
import { cutOut } from '../../pipelines/pictures/cut-out';
import type { WiredPicture } from '../wiring';
import { buildPlan, type PlanPlace } from './derived-picture';

/**
 * Reads it back, or makes it first for models of which no frame has it.
 * @param picture enlarged
 * @returns [S, S, 4]: red, green and blue times alpha, and alpha, 0 to 1; undefined where alpha is not known
 * @throws BufferLimitError, KernelCompileError
 */
export async function readCutOut(place: PlanPlace, picture: WiredPicture): Promise<Float32Array | undefined> {
  const { host } = place.generator;
  const { image, alpha } = picture;
  if (picture.cutOut) return readTensor(host, picture.cutOut);
  if (!alpha) return undefined;
  const { plan, wired } = await buildPlan(place, 'super-resolution', (builder) =>
    builder.keep(cutOut(builder, image, alpha)),
  );
  try {
    const recorder = new Recorder(host);
    recorder.run(plan);
    recorder.submit();
    return await readTensor(host, wired);
  } finally {
    plan.destroy();
  }
}

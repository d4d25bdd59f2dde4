/** `trifold bench`: how fast the kernels are on this machine's adapter, in Node. The same in the browser, beside peers: `npm run bench`. */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runBench } from '../bench/bench';
import { describeBench } from '../bench/report';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { integerOption, parseWords } from './options';
import { expectWritable, writeWhole } from './output-file';
import { say } from './standard-error';

/** The model of the page. */
const BUNDLED_MODEL = 'public/weights/portrait-eg3d.safetensors';

export async function bench(words: string[]): Promise<void> {
  const { values, positionals } = parseWords(words, {
    ...MODEL_OPTIONS,
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
    variants: { type: 'boolean', default: false },
    'full-size': { type: 'boolean', default: false },
    halves: { type: 'boolean', default: false },
    'peer-models': { type: 'string' },
  });
  if (positionals.length > 1) throw new UsageError('bench takes one model file at most');
  const path = positionals[0] ?? join(import.meta.dirname, '..', BUNDLED_MODEL);
  const rounds = integerOption('rounds', values.rounds, 1, 100);
  const folder = values['peer-models'];
  if (folder !== undefined && !existsSync(join(folder, 'cases.json'))) {
    throw new UsageError(`--peer-models: there is no "${join(folder, 'cases.json')}"`);
  }
  const given = await givenFacts(values);
  const checkpoint = await readModelFile(path, given);
  if (values.json !== undefined) await expectWritable(values.json);
  const place = {
    openGpu: () => openGpu(values.halves),
    clock: processorClock,
    model: { name: basename(path), read: async () => checkpoint },
    readPeerFile: async (file: string) => {
      if (folder === undefined) return undefined;
      const { buffer, byteOffset, byteLength } = await readFile(join(folder, file));
      return buffer.slice(byteOffset, byteOffset + byteLength);
    },
    peers: [],
    progress: say,
  };
  const { only, variants: everyVariant, 'full-size': fullSize } = values;
  const result = await runBench(place, { rounds, only, everyVariant, fullSize });
  process.stdout.write(`${describeBench(result)}\n`);
  if (values.json !== undefined) await writeWhole(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

/**
 * The processor's time of all threads but the main one: that asks for news of the device over and over while it waits, which is no work. A software
 * adapter works in threads of this process.
 */
async function processorClock(): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { user, system } = process.cpuUsage(); // microseconds
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return (user + system) / 1e3 - Number(nanoseconds) / 1e6;
}

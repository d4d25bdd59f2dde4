/**
 * `--tune`: measures which convolutions are the fastest on this device, and keeps that in a file of the user's cache folder for the next time that
 * `--tune` is given. Without it the command line uses the portable defaults, so that one call does what another did.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Gpu } from '../src/gpu/device';
import { type MeasurementStore, tuneDevice } from '../src/pipelines/convolution/conv-laboratory';
import { say } from './standard-error';

/** Whoever asks for it can wait; what is not measured by then is measured the next time. */
const BUDGET_MILLISECONDS = 10_000;

/** $XDG_CACHE_HOME/trifold/convolutions.json, or below ~/.cache. */
export function measurementsPath(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'trifold', 'convolutions.json');
}

/** Measurements as the entries of one JSON object. What cannot be read counts as empty. */
export function measurementFile(path: string): MeasurementStore {
  const entries = async (): Promise<Map<string, unknown>> => {
    try {
      const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
      return new Map(Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {}));
    } catch {
      return new Map();
    }
  };
  return {
    get: async (key) => (await entries()).get(key),
    set: async (key, value) => {
      const all = (await entries()).set(key, value);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
    },
  };
}

/**
 * To be called before a model's plans are wired.
 * @param layers from `generatorConvLayers` or `studentConvLayers`
 * @throws DeviceLostError
 */
export async function tuneCommandLine(gpu: Gpu, layers: readonly string[]): Promise<void> {
  const path = measurementsPath();
  await tuneDevice(gpu, layers, measurementFile(path), BUDGET_MILLISECONDS);
  for (const layer of layers) say(`${layer}: ${gpu.convChoices.get(layer) ?? 'default'}`);
  say(`measurements are kept in ${path}`);
}

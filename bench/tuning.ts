/** What the page does when it opens a model on a card: it measures which convolutions are the fastest there. The bench shows what comes of it. */
import type { Checkpoint } from '../src/checkpoints/checkpoint';
import type { Gpu } from '../src/gpu/device';
import { readGeneratorConfig } from '../src/models/generator-config';
import { tuneDevice } from '../src/pipelines/convolution/conv-laboratory';
import { settingsOf } from '../src/render/quality';
import { generatorConvLayers } from '../src/render/wiring';

/** Long enough to measure every layer of a model; the page takes less and goes on another time. */
const BUDGET_MILLISECONDS = 20_000;

/** The device's choices for these kinds of layers, and no memory of former ones. A software adapter keeps its defaults, as in the page. */
export async function tune(gpu: Gpu, layers: readonly string[]): Promise<void> {
  if (gpu.adapter.isSoftware) return;
  const forgetful = { get: async () => undefined, set: async () => {} };
  await tuneDevice(gpu, layers, forgetful, BUDGET_MILLISECONDS);
}

/** All kinds of convolutions that a model's frame has. */
export function layersOf(checkpoint: Checkpoint, gpu: Gpu): string[] {
  return generatorConvLayers(checkpoint, settingsOf(readGeneratorConfig(checkpoint).rendering), gpu);
}

/**
 * From an empty page to a model in memory: the index, the file (from the cache or the network), its hash, its tensors.
 */
import type { Checkpoint } from '../checkpoints/checkpoint';
import { parseSafetensors } from '../checkpoints/safetensors';
import type { GeneratorConfig } from '../models/config';
import { readGeneratorConfig } from '../models/generator-config';
import { readModelEntry } from './model-index';
import { loadWeights, type NotKept, type WeightsProgress } from './weights';

export interface OpenedModel {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly config: GeneratorConfig;
  readonly notKept: NotKept;
}

export interface ModelSource {
  /** Address of the folder `weights`, with a slash at its end. */
  readonly folder: URL;
  /** Model of the index; its default if left out. */
  readonly id?: string | undefined;
}

/** @throws WeightsError, CheckpointError, ModelConfigError; the signal's reason if aborted */
export async function openModel(
  { folder, id }: ModelSource,
  signal: AbortSignal,
  onProgress: (progress: WeightsProgress) => void,
): Promise<OpenedModel> {
  const entry = await readModelEntry(folder, id === undefined ? { signal } : { signal, id });
  const { bytes, notKept } = await loadWeights(folder, entry, { signal, onProgress });
  const checkpoint = parseSafetensors(bytes);
  return { name: entry.name, checkpoint, config: readGeneratorConfig(checkpoint), notKept };
}

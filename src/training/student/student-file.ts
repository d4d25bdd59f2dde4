/** What a run of distillation hands out: a student's file, which the page takes beside the generator at once (docs/model-format.md). */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { type WritableTensor, writeSafetensors } from '../../checkpoints/safetensors';
import type { Gpu } from '../../gpu/device';
import { readTensor } from '../../gpu/tensor';
import type { Parameter } from '../../models/parameters';

/**
 * @param begun the student before its first step, with what never changes
 * @param learned in place of what it has under these names
 * @returns safetensors; weights as halves, all else as f32
 */
export async function studentFile(
  gpu: Gpu,
  begun: Checkpoint,
  learned: readonly Parameter[],
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const byName = new Map(learned.map((parameter) => [parameter.name, parameter]));
  const tensors: WritableTensor[] = [];
  for (const name of begun.names()) {
    const parameter = byName.get(name);
    const data = parameter ? await readTensor(gpu, parameter.master) : begun.floats(name);
    tensors.push({ name, shape: begun.info(name).shape, data, dtype: name.endsWith('.weight') ? 'F16' : 'F32' });
  }
  return writeSafetensors(tensors, metadata);
}

/** Whether a model fits on the device, before anything of it is uploaded. */
import type { Gpu } from '../../gpu/device';
import { largestBlock, type StorageFormat } from '../../gpu/tensor-host';
import { estimateMemory } from '../../render/wiring';
import { type PictureSettings, renderSettingsFor } from '../shared/settings';
import type { MemoryCheck } from './model-facts';
import type { OpenedModel } from './open-model';

/**
 * How much memory the model will take; halves take the place of floats where those do not fit.
 * @throws BufferLimitError if the device cannot have either
 */
export function checkMemory(
  { config }: Pick<OpenedModel, 'config'>,
  settings: PictureSettings,
  { adapter, limits, features }: Gpu,
): MemoryCheck {
  const check = (convolutionFormat: StorageFormat) => {
    const device = { adapter, limits, features, convolutionFormat };
    const estimate = estimateMemory(config, renderSettingsFor(config, settings), device);
    return { ...estimate, limit: largestBlock(limits), convolutionFormat };
  };
  const floats = check('f32');
  const memory = floats.fits ? floats : check('f16');
  if (memory.problem) throw memory.problem;
  return memory;
}

/** The first kernels, from the head of a file: the compiler has begun when the rest of the file is there. */
import type { Gpu } from '../../gpu/device';
import type { GeneratorConfig } from '../../models/config';
import { readGeneratorConfig, type TensorDirectory } from '../../models/generator-config';
import { compileAhead } from '../../render/wiring';
import { type PictureSettings, renderSettingsFor } from '../shared/settings';
import { checkMemory } from './memory-check';

/** Never rejects: no device, or a model that does not fit, are told when the model is there. @param settingsOf what it will be shown with */
export async function beginCompiling(
  asked: Promise<Gpu>,
  head: TensorDirectory,
  settingsOf: (config: GeneratorConfig) => PictureSettings,
): Promise<void> {
  try {
    const gpu = await asked;
    const config = readGeneratorConfig(head);
    const settings = settingsOf(config);
    const { convolutionFormat } = checkMemory({ config }, settings, gpu);
    compileAhead(gpu.forModel(convolutionFormat), head, renderSettingsFor(config, settings));
  } catch {
    // Told later.
  }
}

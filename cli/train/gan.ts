/** `trifold train gan`: a generator, from scratch or from another one. */
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import { readGeneratorConfig } from '../../src/index';
import type { GeneratorConfig } from '../../src/models/config';
import { PERCEPTUAL_FILE, PerceptualNetwork } from '../../src/models/perceptual';
import { exportTrainingPth } from '../../src/training/export/export-pth';
import { GAN_PRESETS, type GanPresetName, transferSettings } from '../../src/training/gan/settings';
import { createGanLearner, type GanSettings, surveyGan } from '../../src/training/loops/gan';
import type { Json } from '../../src/training/loops/run-store';
import { readModelFile } from '../checkpoint-file';
import { UsageError } from '../errors';
import { readBundled } from './bundled';
import type { TrainableKind } from './kinds';
import { openPictureSource } from './pictures';

export const gan: TrainableKind = {
  presets: GAN_PRESETS,
  intervals: { checkpointEvery: 100, measureEvery: 500, samplesEvery: 100 },
  takes: ['teacher', 'from', 'mirror'],

  async open(words) {
    const source = await openPictureSource(words);
    const start = words.from === undefined ? undefined : await readModelFile(words.from);
    return {
      data: source.data,
      async prepare(gpu, run, tell, kept) {
        const { camera, whiteBackground } = source;
        const preset = GAN_PRESETS[words.preset as GanPresetName];
        const fresh = preset.settings({ seed: words.seed, whiteBackground, camera, isMirrored: words.isMirrored });
        const settings = (kept ?? startedFrom(fresh, start && readGeneratorConfig(start))) as GanSettings;
        const pictures = await source.pictures(gpu, settings.generator.imageResolution, run, tell);
        return {
          settings: settings as unknown as Json,
          survey: (changed) => surveyGan(gpu, changed as unknown as GanSettings),
          async create(changed) {
            const perceptual = PerceptualNetwork.create(gpu, parseSafetensors(await readBundled(PERCEPTUAL_FILE)));
            const chosen = changed as unknown as GanSettings;
            const learner = await createGanLearner(gpu, chosen, {
              pictures,
              perceptual,
              start: start && { generator: start },
            });
            return {
              learner,
              others: async (checkpoint) => [
                await learner.discriminator(),
                { name: 'official.pth', bytes: exportTrainingPth(parseSafetensors(checkpoint), chosen) },
              ],
              destroy: () => perceptual.destroy(),
            };
          },
        };
      },
    };
  },
};

/** The networks are those of the generator that is gone on from. */
function startedFrom(settings: GanSettings, start: GeneratorConfig | undefined): GanSettings {
  if (!start) return settings;
  const { imageResolution: side } = settings.generator;
  if (start.imageResolution !== side) {
    throw new UsageError(
      `--from: that generator makes pictures of ${start.imageResolution}, the preset is for ${side}`,
    );
  }
  return transferSettings(settings, start);
}

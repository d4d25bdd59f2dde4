/** "Train a generator" in the page: from pictures that the open model makes, or from an EG3D data set of one's own; from scratch, or from the open model. */
import { parseSafetensors } from '../../checkpoints/safetensors';
import type { CameraConfig } from '../../models/config';
import { Generator } from '../../models/generator';
import { PERCEPTUAL_FILE, PerceptualNetwork } from '../../models/perceptual';
import { TrainingDataError } from '../../training/data/errors';
import { generatedPictures } from '../../training/data/generated-pictures';
import { labelOfPicture } from '../../training/data/posed-pictures';
import { decodedPictures, type TrainingPictures } from '../../training/data/training-pictures';
import { cameraOfPictures, GAN_PRESETS, type GanPresetName } from '../../training/gan/settings';
import { createGanLearner, type GanSettings, surveyGan } from '../../training/loops/gan';
import type { Json } from '../../training/loops/run-store';
import { fetchFile } from '../model/model-index';
import { type LearnerInputs, type PageLearner, presetFacts, type ReadData } from './page-learner';
import { decodePicture } from './picture-decoding';

export const PAGE_GAN: PageLearner = {
  presets: presetFacts(GAN_PRESETS),
  intervals: { checkpointEvery: 50, measureEvery: 500, samplesEvery: 100 },

  settings({ preset, seed, extras: { isMirrored } }, data) {
    const whiteBackground = data.kind === 'model' && data.model.config.rendering.whiteBackground;
    const { settings } = GAN_PRESETS[preset as GanPresetName];
    return settings({ seed, whiteBackground, camera: cameraOf(data), isMirrored }) as unknown as Json;
  },

  source({ extras, seed }, { kind, source }) {
    return kind === 'model' ? { ...source, pictures: { count: extras.pictures, seed } } : source;
  },

  describeModel({ name }, { preset, extras }) {
    const { side } = GAN_PRESETS[preset as GanPresetName];
    return {
      name,
      form: 'generated',
      train: extras.pictures,
      heldOut: 0,
      size: { width: side, height: side },
      notes: [],
      thumbnails: [],
      cameras: [],
      spread: undefined,
      boxSide: 1,
      reach: undefined,
      isInBox: true,
      isFitted: false,
    };
  },

  survey: (gpu, settings) => surveyGan(gpu, settings as unknown as GanSettings),

  async create(inputs) {
    const { gpu, page, signal, onProgress } = inputs;
    const settings = inputs.settings as unknown as GanSettings;
    const pictures = await picturesOf(inputs, settings);
    signal.throwIfAborted();
    onProgress('networks', 0);
    const file = await fetchFile(new URL(PERCEPTUAL_FILE, page), PERCEPTUAL_FILE, { signal });
    const perceptual = PerceptualNetwork.create(gpu, parseSafetensors(new Uint8Array(await file.arrayBuffer())));
    try {
      const learner = await createGanLearner(gpu, settings, { pictures, perceptual });
      const destroy = learner.destroy.bind(learner);
      learner.destroy = () => {
        destroy();
        perceptual.destroy();
      };
      return learner;
    } catch (error) {
      perceptual.destroy();
      throw error;
    }
  },
};

function cameraOf(data: ReadData): CameraConfig {
  if (data.kind === 'model') return data.model.config.camera;
  const { pictures } = data.data.posed;
  const picture = (index: number) => ({ rgb: new Float32Array(), label: labelOfPicture(pictures[index]!) });
  return cameraOfPictures({ count: pictures.length, side: 0, picture });
}

async function picturesOf(
  { gpu, data, run, signal, onProgress }: LearnerInputs,
  { generator }: GanSettings,
): Promise<TrainingPictures> {
  const side = generator.imageResolution;
  const progress = (done: number, all: number) => onProgress('data', done / all);
  if (data.kind === 'posed') {
    return decodedPictures(data.data.posed, decodePicture, { side, signal, onProgress: progress });
  }
  const { pictures } = data.source;
  if (!pictures) throw new TrainingDataError('This run does not tell how many pictures it learns from.', 'Begin anew.');
  const maker = Generator.create(gpu, data.model.checkpoint);
  try {
    return await generatedPictures(gpu, maker, { ...pictures, side, signal, onProgress: progress }, run);
  } finally {
    maker.destroy();
  }
}

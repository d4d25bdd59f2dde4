/** "Train a generator" in the page: from pictures that the open model makes, or from an EG3D data set of one's own; from scratch, or from the open model. */
import { parseSafetensors } from '../../checkpoints/safetensors';
import type { CameraConfig } from '../../models/config';
import { Generator } from '../../models/generator';
import { NumpyRandomState } from '../../models/numpy-random';
import { PERCEPTUAL_FILE, PerceptualNetwork } from '../../models/perceptual';
import { TrainingDataError } from '../../training/data/errors';
import { generatedCameras, generatedPictures } from '../../training/data/generated-pictures';
import { labelOfPicture } from '../../training/data/posed-pictures';
import { decodedPictures, expectManyObjects, type TrainingPictures } from '../../training/data/training-pictures';
import type { GanStart } from '../../training/gan/networks';
import { cameraOfPictures, GAN_PRESETS, type GanPresetName, transferSettings } from '../../training/gan/settings';
import { createGanLearner, type GanSettings, surveyGan } from '../../training/loops/gan';
import type { Json } from '../../training/loops/run-store';
import type { MadeFile } from '../export/exports';
import { fetchFile } from '../model/model-index';
import type { OpenedModel } from '../model/open-model';
import { cameraSpread, drawnCamera } from './camera-spread';
import {
  type LearnerInputs,
  modelHash,
  type PageLearner,
  presetFacts,
  type ReadData,
  type RunChoices,
  type TakeAwayContext,
} from './page-learner';
import { decodePicture } from './picture-decoding';

/** Of a zip that is being written, between two looks at the page. */
const PIECES_AT_ONCE = 64;
/** Cameras; more are not told apart. */
const MOST_DRAWN = 200;

export const PAGE_GAN: PageLearner = {
  presets: presetFacts(GAN_PRESETS),
  intervals: { checkpointEvery: 50, measureEvery: 500, samplesEvery: 100 },

  settings(choices, data, model) {
    const { preset, seed, extras } = choices;
    const start = startModel(choices, model);
    const whiteBackground = data.kind === 'model' && data.model.config.rendering.whiteBackground;
    const ofPreset = GAN_PRESETS[preset as GanPresetName].settings({
      seed,
      whiteBackground,
      camera: cameraOf(data),
      isMirrored: extras.isMirrored,
    });
    const fresh = { ...ofPreset, augmentation: extras.augmentation };
    return (start ? transferSettings(fresh, start.config) : fresh) as unknown as Json;
  },

  source(choices, { kind, source }, model) {
    const { extras, seed } = choices;
    const start = startModel(choices, model);
    return {
      ...source,
      ...(start && { start: modelHash(start) }),
      ...(kind === 'model' && { pictures: { count: extras.pictures, seed } }),
    };
  },

  describeModel({ name, config }, { preset, seed, extras }) {
    const { side } = GAN_PRESETS[preset as GanPresetName];
    const labels = generatedCameras(config.camera, extras.pictures, new NumpyRandomState(seed));
    const cameras = labels.slice(0, MOST_DRAWN).map(drawnCamera);
    return {
      name,
      form: 'generated',
      train: extras.pictures,
      heldOut: 0,
      size: { width: side, height: side },
      notes: [],
      thumbnails: [],
      cameras,
      spread: cameraSpread(cameras),
      boxSide: config.rendering.boxWarp,
      reach: undefined,
      isInBox: true,
      isFitted: false,
    };
  },

  check(data) {
    if (data.kind === 'posed') expectManyObjects(data.data.posed);
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
      const start = inputs.data.source.start === undefined ? undefined : startOf(inputs);
      const learner = await createGanLearner(gpu, settings, { pictures, perceptual, start });
      return {
        learner,
        takeAways: {
          torch: async ({ checkpoint }) => {
            const { exportTrainingPth } = await import('../../training/export/export-pth');
            const bytes = exportTrainingPth(await checkpoint(), settings);
            return { name: 'generator.pth', blob: new Blob([bytes]) };
          },
          data: (context) => dataSet(pictures, context),
        },
        destroy: () => perceptual.destroy(),
      };
    } catch (error) {
      perceptual.destroy();
      throw error;
    }
  },
};

/** The model to go on from, if that is wanted and it makes pictures of the preset's size. */
function startModel({ preset, extras }: RunChoices, model: OpenedModel | undefined): OpenedModel | undefined {
  const fits = model?.config.imageResolution === GAN_PRESETS[preset as GanPresetName].side;
  return extras.isTransfer && fits ? model : undefined;
}

/** What a transfer begins with. A run that goes on has all of that in its checkpoint, so another model will do then if it has the same networks. */
function startOf({ model }: LearnerInputs): GanStart | undefined {
  return model && { generator: model.checkpoint };
}

/** The pictures that are learnt from, as EG3D's zip. */
async function dataSet(pictures: TrainingPictures, { signal, onProgress }: TakeAwayContext): Promise<MadeFile> {
  const [{ eg3dZip }, { encode }] = await Promise.all([
    import('../../training/data/write-eg3d-zip'),
    import('fast-png'),
  ]);
  let done = 0;
  const png = (picture: { width: number; height: number; data: Uint8Array }) => {
    onProgress(++done / pictures.count);
    return encode({ ...picture, channels: 3, depth: 8 });
  };
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (const piece of eg3dZip(pictures, png)) {
    pieces.push(piece as Uint8Array<ArrayBuffer>);
    if (pieces.length % PIECES_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
  return { name: 'data-set.zip', blob: new Blob(pieces) };
}

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

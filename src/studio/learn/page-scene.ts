/** "Fit a scene" in the page: from the bundled pictures, or from one's own. */
import { camToWorldOf, intrinsicsOf } from '../../camera/conventions';
import { TrainingDataError } from '../../training/data/errors';
import type { LearntPicture } from '../../training/loops/learner';
import type { Json } from '../../training/loops/run-store';
import {
  createSceneLearner,
  SCENE_PRESETS,
  type SceneLearner,
  type SceneSettings,
  surveyScene,
} from '../../training/loops/scene';
import { decodeScene } from '../../training/scene/scene-pictures';
import type { ScenePresetName } from '../../training/scene/scene-settings';
import { type PageLearner, presetFacts, type ReadData } from './page-learner';
import { decodePicture } from './picture-decoding';
import { normalisationOf } from './posed-data';

/** Sides of the picture on the stage, in pixels, and what one may take: the largest that is quick enough is taken. */
const LIVE_SIDES = [24, 32, 48, 64, 96, 128, 192, 256];
const LIVE_MILLISECONDS = { most: 600, least: 120 };

export const PAGE_SCENE: PageLearner = {
  presets: presetFacts(
    Object.fromEntries(
      Object.entries(SCENE_PRESETS).map(([id, preset]) => {
        const { label, description } = preset;
        return [id, { label, description, steps: preset.settings({ seed: 0 }).steps }];
      }),
    ),
  ),
  intervals: { checkpointEvery: 50, measureEvery: 250, samplesEvery: 100 },

  settings: ({ preset, seed, steps }) => {
    const settings = SCENE_PRESETS[preset as ScenePresetName].settings({ seed });
    return { ...settings, steps } as unknown as Json; // learning rates fall over the steps of the run
  },

  source: (_, { source }) => source,

  describeModel({ name }) {
    throw new TrainingDataError(`“${name}” is a model, and no scene.`, 'Choose pictures of a scene.');
  },

  survey: (gpu, settings) => surveyScene(gpu, settings as unknown as SceneSettings),

  async create({ gpu, settings, data: read, signal, onProgress }) {
    const { data, isFitted } = posedOf(read);
    const pictures = await decodeScene(data.posed, normalisationOf(data, isFitted), decodePicture, {
      signal,
      onProgress: (done, all) => onProgress('data', done / all),
    });
    onProgress('networks', 0);
    const learner = await createSceneLearner(gpu, settings as unknown as SceneSettings, pictures);
    const stage = new StagePictures(learner, pictures);
    return {
      learner,
      takeAways: {
        mesh: async (context) => (await import('./scene-take-aways')).sceneMesh(learner, context),
        video: async (context) => {
          const { sceneVideo } = await import('./scene-take-aways');
          return stage.inFull(() => sceneVideo(learner, context));
        },
      },
    };
  },
};

function posedOf(data: ReadData) {
  if (data.kind === 'posed') return data;
  throw new TrainingDataError(`“${data.model.name}” is a model, and no scene.`, 'Choose pictures of a scene.');
}

/** The stage has small pictures where large ones would keep the hand waiting; files have them in full. */
class StagePictures {
  #at = 0;
  #files = 0;

  constructor(
    learner: SceneLearner,
    private readonly full: { readonly width: number; readonly height: number },
  ) {
    learner.render = async (camera, run): Promise<LearntPicture> => {
      const view = { camToWorld: Float64Array.from(camToWorldOf(camera)), intrinsics: intrinsicsOf(camera) };
      const extents = this.#files > 0 ? full : this.#small();
      const begun = performance.now();
      const rgb = await learner.renderer.picture(view, extents, run);
      if (this.#files === 0) this.#adapt(performance.now() - begun);
      return { ...extents, rgb: rgb.map((value) => 2 * value - 1) };
    };
  }

  async inFull<T>(work: () => Promise<T>): Promise<T> {
    this.#files++;
    try {
      return await work();
    } finally {
      this.#files--;
    }
  }

  /** The stage is square, and so are the pixels of its camera. */
  #small() {
    const side = Math.min(LIVE_SIDES[this.#at]!, Math.max(this.full.width, this.full.height));
    return { width: side, height: side };
  }

  #adapt(milliseconds: number): void {
    if (milliseconds > LIVE_MILLISECONDS.most) this.#at = Math.max(0, this.#at - 1);
    else if (milliseconds < LIVE_MILLISECONDS.least) this.#at = Math.min(LIVE_SIDES.length - 1, this.#at + 1);
  }
}

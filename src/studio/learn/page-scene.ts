/** "Fit a scene" in the page: from the bundled pictures, or from one's own. */
import { TrainingDataError } from '../../training/data/errors';
import type { Json } from '../../training/loops/run-store';
import { createSceneLearner, SCENE_PRESETS, type SceneSettings, surveyScene } from '../../training/loops/scene';
import { decodeScene } from '../../training/scene/scene-pictures';
import type { ScenePresetName } from '../../training/scene/scene-settings';
import { type PageLearner, presetFacts, type ReadData } from './page-learner';
import { decodePicture } from './picture-decoding';
import { normalisationOf } from './posed-data';
import { StagePictures } from './stage-pictures';

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

  check: posedOf,

  survey: (gpu, settings) => surveyScene(gpu, settings as unknown as SceneSettings),

  async create({ gpu, settings, data: read, signal, onProgress }) {
    const { data, isFitted } = posedOf(read);
    const pictures = await decodeScene(data.posed, normalisationOf(data, isFitted), decodePicture, {
      signal,
      onProgress: (done, all) => onProgress('data', done / all),
    });
    onProgress('networks', 0);
    const learner = await createSceneLearner(gpu, settings as unknown as SceneSettings, pictures);
    const stage = new StagePictures(learner.renderer, pictures);
    learner.render = (camera, run) => stage.render(camera, run);
    return {
      learner,
      finer: stage.finer,
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

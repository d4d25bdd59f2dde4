/** `trifold train scene`: a scene from pictures with cameras. */
import { basename } from 'node:path';
import { isInBox, normalisationOf } from '../../src/studio/learn/posed-data';
import { posedFingerprint } from '../../src/training/data/fingerprint';
import { openPosedPictures } from '../../src/training/data/open-posed-pictures';
import { commonSize } from '../../src/training/data/picture-size';
import { sceneExtent } from '../../src/training/data/scene-extent';
import type { Json } from '../../src/training/loops/run-store';
import { createSceneLearner, SCENE_PRESETS, type SceneSettings, surveyScene } from '../../src/training/loops/scene';
import { decodeScene } from '../../src/training/scene/scene-pictures';
import type { ScenePresetName } from '../../src/training/scene/scene-settings';
import { say } from '../standard-error';
import { openTrainingFiles } from '../training-data';
import { BUNDLED_SCENE } from './bundled';
import { decodePicture } from './decode-picture';
import type { TrainableKind } from './kinds';

export const scene: TrainableKind = {
  presets: Object.fromEntries(
    Object.entries(SCENE_PRESETS).map(([id, preset]) => [id, { ...preset, steps: preset.settings({ seed: 0 }).steps }]),
  ),
  intervals: { checkpointEvery: 100, measureEvery: 250, samplesEvery: 250 },
  takes: [],

  async open({ data: path = BUNDLED_SCENE, preset, seed, steps }) {
    const files = await openTrainingFiles(path);
    const posed = await openPosedPictures(files);
    for (const { message } of posed.notes) say(message);
    await commonSize(files, posed.pictures);
    const extent = sceneExtent(posed.pictures);
    const isFitted = !isInBox({ posed, extent });
    if (isFitted) say('The scene lies outside the box, or is lost in it: it is moved and scaled to fit.');
    const normalisation = normalisationOf({ posed, extent }, isFitted);
    return {
      data: { name: basename(path), fingerprint: await posedFingerprint(posed) },
      async prepare(gpu, _, tell, kept) {
        const onProgress = (done: number, all: number) => tell('pictures read', done, all);
        const pictures = await decodeScene(posed, normalisation, decodePicture, { onProgress });
        const fresh = SCENE_PRESETS[preset as ScenePresetName].settings({ seed });
        // Learning rates fall over the steps of the run.
        const settings = kept ?? ({ ...fresh, steps: steps ?? fresh.steps } as unknown as Json);
        return {
          settings,
          survey: (changed) => surveyScene(gpu, changed as unknown as SceneSettings),
          create: async (changed) => ({
            learner: await createSceneLearner(gpu, changed as unknown as SceneSettings, pictures),
          }),
        };
      },
    };
  },
};

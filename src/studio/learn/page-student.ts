/** "Distil a student" in the page: the open generator is the teacher. */
import { orbitLabel } from '../../camera/orbit-pose';
import { parseSafetensors } from '../../checkpoints/safetensors';
import type { CameraConfig } from '../../models/config';
import { PERCEPTUAL_FILE } from '../../models/perceptual';
import { TrainingDataError } from '../../training/data/errors';
import type { Json } from '../../training/loops/run-store';
import { createStudentLearner, surveyStudent } from '../../training/loops/student';
import {
  LOSS_SETS,
  type LossSet,
  STUDENT_PRESETS,
  type StudentPresetName,
  type StudentSettings,
} from '../../training/student/settings';
import { fetchFile } from '../model/model-index';
import { cameraSpread, drawnCamera } from './camera-spread';
import type { DrawnCamera } from './learn-state';
import { type PageLearner, presetFacts, type ReadData } from './page-learner';

export const PAGE_STUDENT: PageLearner = {
  presets: presetFacts(STUDENT_PRESETS),
  intervals: { checkpointEvery: 50, measureEvery: 200, samplesEvery: 100 },

  settings({ preset, seed, extras }) {
    const { settings } = STUDENT_PRESETS[preset as StudentPresetName];
    return settings({ seed, losses: extras.losses as LossSet | undefined }) as unknown as Json;
  },

  source: (_, { source }) => source,

  describeModel({ name, config }, { preset, seed }) {
    const { imageResolution } = config;
    const { views } = STUDENT_PRESETS[preset as StudentPresetName].settings({ seed });
    const cameras = camerasWithin(views, config.camera);
    return {
      name,
      form: 'teacher',
      train: 0,
      heldOut: 0,
      size: { width: imageResolution, height: imageResolution },
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

  check: modelOf,

  survey: (gpu, settings, data) => surveyStudent(gpu, settings as unknown as StudentSettings, modelOf(data).config),

  async create({ gpu, settings, data, page, signal, onProgress }) {
    const { checkpoint: teacher, sha256: teacherSha256 } = modelOf(data);
    onProgress('networks', 0);
    const file = await fetchFile(new URL(PERCEPTUAL_FILE, page), PERCEPTUAL_FILE, { signal });
    const perceptual = parseSafetensors(new Uint8Array(await file.arrayBuffer()));
    signal.throwIfAborted();
    const learner = await createStudentLearner(gpu, settings as unknown as StudentSettings, {
      teacher,
      teacherSha256, // a fingerprint is another hash: the page would take the student for that of another model
      perceptual,
    });
    return { learner, takeAways: {} };
  },
};

/** Loss sets to choose from, as the room lists them: the rows of the paper's Table 3. */
export const LOSS_CHOICES = Object.entries(LOSS_SETS).map(([id, { label, description }]) => ({
  id,
  label,
  about: description,
}));

/** Some of those that are drawn from, as far as they reach. */
function camerasWithin({ yaw, pitch }: StudentSettings['views'], camera: CameraConfig): DrawnCamera[] {
  const spaced = ([from, to]: readonly [number, number], count: number) =>
    Array.from({ length: count }, (_, at) => ((from + ((to - from) * at) / (count - 1)) * Math.PI) / 180);
  return spaced(pitch, 3).flatMap((up) =>
    spaced(yaw, 9).map((aside) => drawnCamera(orbitLabel({ ...camera, yaw: aside, pitch: up }))),
  );
}

function modelOf(data: ReadData) {
  if (data.kind === 'model') return data.model;
  throw new TrainingDataError('A student learns from the open model.', 'Choose the data that work at once.');
}

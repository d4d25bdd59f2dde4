/** `trifold train student`: a convolutional student of a generator. */
import { basename } from 'node:path';
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import { readGeneratorConfig } from '../../src/index';
import { PERCEPTUAL_FILE } from '../../src/models/perceptual';
import type { TrainingPictures } from '../../src/training/data/training-pictures';
import type { Json } from '../../src/training/loops/run-store';
import { createStudentLearner, surveyStudent } from '../../src/training/loops/student';
import { studentConfigOf } from '../../src/training/student/network';
import {
  LOSS_SETS,
  type LossSet,
  STUDENT_PRESETS,
  type StudentPresetName,
  type StudentSettings,
} from '../../src/training/student/settings';
import { readModelFile } from '../checkpoint-file';
import { choiceOption } from '../options';
import { sha256OfFile } from '../student-file';
import { BUNDLED_MODEL, readBundled } from './bundled';
import type { TrainableKind } from './kinds';
import { openPictureSource } from './pictures';

export const student: TrainableKind = {
  presets: STUDENT_PRESETS,
  intervals: { checkpointEvery: 100, measureEvery: 200, samplesEvery: 200 },
  takes: ['teacher', 'loss-set'],

  async open(words) {
    const path = words.teacher ?? BUNDLED_MODEL;
    const losses = words.lossSet === undefined ? undefined : lossSetOption(words.lossSet);
    const teacher = await readModelFile(path);
    const teacherSha256 = await sha256OfFile(path);
    const config = readGeneratorConfig(teacher);
    const source = words.data === undefined ? undefined : await openPictureSource(words);
    return {
      data: source
        ? { ...source.data, fingerprint: `${source.data.fingerprint}-${teacherSha256}` }
        : { name: basename(path), fingerprint: teacherSha256, source: {} },
      async prepare(gpu, run, tell, kept) {
        const preset = STUDENT_PRESETS[words.preset as StudentPresetName];
        const settings = kept ?? (preset.settings({ seed: words.seed, losses }) as unknown as Json);
        return {
          settings,
          survey: (changed) => surveyStudent(gpu, changed as unknown as StudentSettings, config),
          async create(changed) {
            const chosen = changed as unknown as StudentSettings;
            const { imageResolution } = studentConfigOf(chosen, config);
            const pictures: TrainingPictures | undefined = await source?.pictures(gpu, imageResolution, run, tell);
            const perceptual = parseSafetensors(await readBundled(PERCEPTUAL_FILE));
            return {
              learner: await createStudentLearner(gpu, chosen, { teacher, teacherSha256, perceptual, pictures }),
            };
          },
        };
      },
    };
  },
};

function lossSetOption(text: string): LossSet {
  return choiceOption('loss-set', text, Object.keys(LOSS_SETS) as LossSet[]);
}

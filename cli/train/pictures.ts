/** Pictures for a generator or a student: an EG3D data set, or renderings of a generator with exact labels. */
import { basename, resolve } from 'node:path';
import type { Gpu } from '../../src/gpu/device';
import { Generator, readGeneratorConfig } from '../../src/index';
import type { CameraConfig } from '../../src/models/config';
import { posedFingerprint } from '../../src/training/data/fingerprint';
import { generatedPictures } from '../../src/training/data/generated-pictures';
import { openPosedPictures } from '../../src/training/data/open-posed-pictures';
import { labelOfPicture } from '../../src/training/data/posed-pictures';
import { decodedPictures, type TrainingPictures } from '../../src/training/data/training-pictures';
import { cameraOfPictures } from '../../src/training/gan/settings';
import type { RunPlan } from '../../src/training/loops/learner';
import type { RunDescription } from '../../src/training/loops/run-store';
import { readModelFile } from '../checkpoint-file';
import { say } from '../standard-error';
import { sha256OfFile } from '../student-file';
import { openTrainingFiles } from '../training-data';
import { BUNDLED_MODEL } from './bundled';
import { decodePicture } from './decode-picture';
import type { TellPreparing, TrainWords } from './kinds';

/** Pictures that a generator renders for one run. */
const RENDERED = 2000;

export interface PictureSource {
  readonly data: RunDescription['data'];
  readonly camera: CameraConfig;
  readonly whiteBackground: boolean;
  pictures(gpu: Gpu, side: number, run: RunPlan, tell: TellPreparing): Promise<TrainingPictures>;
}

/** @throws UsageError, TrainingDataError and its kinds, ZipError */
export async function openPictureSource({ data, teacher, seed }: TrainWords): Promise<PictureSource> {
  return data === undefined ? renderings(teacher ?? BUNDLED_MODEL, seed) : dataSet(data);
}

async function dataSet(path: string): Promise<PictureSource> {
  const posed = await openPosedPictures(await openTrainingFiles(path));
  for (const { message } of posed.notes) say(message);
  const { pictures } = posed;
  const labels = {
    count: pictures.length,
    side: 0,
    picture: (index: number) => ({ rgb: new Float32Array(), label: labelOfPicture(pictures[index]!) }),
  };
  return {
    data: { name: basename(path), fingerprint: await posedFingerprint(posed), source: { path: resolve(path) } },
    camera: cameraOfPictures(labels),
    whiteBackground: false,
    pictures: (_, side, __, tell) =>
      decodedPictures(posed, decodePicture, { side, onProgress: (done, all) => tell('pictures read', done, all) }),
  };
}

async function renderings(path: string, seed: number): Promise<PictureSource> {
  const checkpoint = await readModelFile(path);
  const { camera, rendering } = readGeneratorConfig(checkpoint);
  const fingerprint = `${await sha256OfFile(path)}-${RENDERED}-${seed}`;
  return {
    data: { name: basename(path), fingerprint, source: {} },
    camera,
    whiteBackground: rendering.whiteBackground,
    async pictures(gpu, side, run, tell) {
      const generator = Generator.create(gpu, checkpoint);
      try {
        const onProgress = (done: number, all: number) => tell('pictures rendered', done, all);
        return await generatedPictures(gpu, generator, { count: RENDERED, side, seed, onProgress }, run);
      } finally {
        generator.destroy();
      }
    },
  };
}

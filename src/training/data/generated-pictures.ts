/**
 * Pictures to learn from that a generator makes on the device, with exact labels: so training works at once, without anybody's data. Each is
 * seen from another camera, four of them the same face, whose planes take most of the time; it is rendered with four rays a pixel, of which the mean
 * is taken.
 */
import { type CameraLabel, makeLabel } from '../../camera/conventions';
import { intrinsicsFromFocal } from '../../camera/intrinsics';
import { gaussianPoses } from '../../camera/pose-distributions';
import type { Gpu } from '../../gpu/device';
import { PlanBuilder } from '../../gpu/plan';
import { buildTogether } from '../../gpu/plans-together';
import { ScratchPool } from '../../gpu/scratch-pool';
import { readTensor, type Tensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import type { CameraConfig } from '../../models/config';
import { type Generator, type RayMarchStage, wireFaceVolume, wireMapping, wireRayMarch } from '../../models/generator';
import { NumpyRandomState } from '../../models/numpy-random';
import { slice } from '../../pipelines/dense/window';
import { averagePool } from '../../pipelines/resampling/pooling';
import type { FaceVolume } from '../../pipelines/volume/volume-render';
import type { RunPlan } from '../loops/learner';
import { pictureBytes, picturesOfBytes, type TrainingPictures } from './training-pictures';

export interface GeneratedPicturesOptions {
  readonly count: number;
  readonly side: number;
  readonly seed: number;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rays along the side of a pixel. */
const RAYS_PER_PIXEL = 2;

/** Pictures, one after the other, of each face. */
const VIEWS = 4;

/** Portraits are seen from in front, with about these deviations in radians (FFHQ's, as pi-GAN and EG3D sample them). */
const POSES = { yawMean: Math.PI / 2, pitchMean: Math.PI / 2, yawSpread: 0.3, pitchSpread: 0.155 };

/** A camera to a picture of the face at hand. */
interface WiredView {
  readonly rays: RayMarchStage;
  /** [1, side, side, 3], -1..1 */
  readonly rgb: Tensor;
}

/**
 * Renders pictures of a generator's faces, without truncation. The same seed gives the same pictures.
 * @param run hands a plan to the device
 * @throws SeedError; the signal's reason; what the device throws
 */
export async function generatedPictures(
  gpu: Gpu,
  generator: Generator,
  { count, side, seed, onProgress = () => {}, signal }: GeneratedPicturesOptions,
  run: RunPlan,
): Promise<TrainingPictures> {
  const { camera, mapping } = generator.config;
  const random = new NumpyRandomState(seed);
  const labels = generatedCameras(camera, count, random);
  const pool = new ScratchPool(gpu);
  const face = new PlanBuilder(gpu, 'face to learn from', { pool });
  const mapped = wireMapping(face, generator, 1);
  const volume = wireFaceVolume(face, generator, mapped.ws);
  face.keep(volume.planes);
  const view = new PlanBuilder(gpu, 'picture to learn from', { pool });
  const wired = wireView(view, generator, volume, side);
  const plans = await buildTogether({ face, view });
  try {
    const bytes = new Uint8Array(count * side * side * 3);
    for (const [index, label] of labels.entries()) {
      signal?.throwIfAborted();
      if (index % VIEWS === 0) {
        mapped.write({ z: Float32Array.from(random.randn(mapping.zDim)), psi: 1 });
        await run(plans.face);
      }
      wired.rays.writeCamera(label);
      await run(plans.view);
      pictureBytes(await readTensor(gpu, wired.rgb), bytes, index * side * side * 3);
      onProgress(index + 1, count);
    }
    return picturesOfBytes(bytes, labels, side);
  } finally {
    plans.face.destroy();
    plans.view.destroy();
  }
}

/** Their cameras, at the model's own distance: what is drawn first of the numbers of a seed. */
export function generatedCameras(
  { radius, pivot, focal }: CameraConfig,
  count: number,
  random: NumpyRandomState,
): CameraLabel[] {
  const intrinsics = intrinsicsFromFocal(focal);
  return gaussianPoses({ ...POSES, radius, pivot }, count, random).map((pose) => makeLabel(pose, intrinsics));
}

function wireView(plan: PlanBuilder, generator: Generator<TensorHost>, volume: FaceVolume, side: number): WiredView {
  const rendering = {
    ...generator.config.rendering,
    neuralResolution: side * RAYS_PER_PIXEL,
    quality: 'fast',
  } as const;
  const rays = wireRayMarch(plan, generator, volume, rendering);
  const colours = slice(plan, rays.feature, 3, 0, 3);
  return { rays, rgb: plan.keep(averagePool(plan, colours, { kernel: RAYS_PER_PIXEL })) };
}

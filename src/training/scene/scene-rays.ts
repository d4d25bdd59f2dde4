/** Rays through the pixels of cameras: those of a picture, and those of a step, drawn from all pictures. */
import type { DrawSource } from '../draws';
import type { SceneCamera, ScenePictures } from './scene-pictures';

/** As `CastRays` of pipelines/volume/packed-rays.ts has them. */
export interface RayArrays {
  /** [R, 4]: origin, and where in its first step the ray begins. */
  readonly origins: Float32Array;
  /** [R, 4]: unit direction, and the radius of the cone at depth 1. */
  readonly directions: Float32Array;
}

export interface RayBatch extends RayArrays {
  /** [R, 3]: what the pictures have there, 0..1. */
  readonly wanted: Float32Array;
}

interface PictureExtents {
  readonly width: number;
  readonly height: number;
}

/** Where a ray begins in its first step when nothing is drawn. */
const MIDDLE = 0.5;

/** All pixels of a picture, row by row. */
export function raysOfPicture(camera: SceneCamera, extents: PictureExtents): RayArrays {
  const count = extents.width * extents.height;
  const rays = { origins: new Float32Array(4 * count), directions: new Float32Array(4 * count) };
  for (let pixel = 0; pixel < count; pixel++) putRay(rays, pixel, camera, extents, pixel, MIDDLE);
  return rays;
}

/** Pixels of all pictures to learn from, each as likely as any other. */
export function drawnRays(pictures: ScenePictures, count: number, source: DrawSource): RayBatch {
  const { train, width, height } = pictures;
  const pixels = width * height;
  const places = source.rand(count);
  const jitter = source.rand(count);
  const batch = {
    origins: new Float32Array(4 * count),
    directions: new Float32Array(4 * count),
    wanted: new Float32Array(3 * count),
  };
  for (let ray = 0; ray < count; ray++) {
    const place = Math.floor(places[ray]! * train.length * pixels);
    const { camera, rgb } = train[Math.floor(place / pixels)]!;
    const pixel = place % pixels;
    putRay(batch, ray, camera, pictures, pixel, jitter[ray]!);
    for (let channel = 0; channel < 3; channel++) batch.wanted[3 * ray + channel] = rgb[3 * pixel + channel]! / 255;
  }
  return batch;
}

/** The ray through the middle of a pixel. */
function putRay(
  { origins, directions }: RayArrays,
  ray: number,
  { camToWorld, intrinsics }: SceneCamera,
  { width, height }: PictureExtents,
  pixel: number,
  jitter: number,
): void {
  const [fx = 1, skew = 0, cx = 0.5, , fy = 1, cy = 0.5] = intrinsics as ArrayLike<number> & Iterable<number>;
  const y = ((Math.floor(pixel / width) + 0.5) / height - cy) / fy;
  const x = (((pixel % width) + 0.5) / width - cx - skew * y) / fx;
  const length = Math.hypot(x, y, 1);
  for (let axis = 0; axis < 3; axis++) {
    const row = 4 * axis;
    const along = camToWorld[row]! * x + camToWorld[row + 1]! * y + camToWorld[row + 2]!;
    directions[4 * ray + axis] = along / length;
    origins[4 * ray + axis] = camToWorld[row + 3]!;
  }
  origins[4 * ray + 3] = jitter;
  directions[4 * ray + 3] = (2 / Math.sqrt(12)) * (1 / (fx * width)); // Mip-NeRF, section 3.1
}

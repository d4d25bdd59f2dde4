/**
 * What both forms of COLMAP's models say (https://colmap.github.io/format.html), and COLMAP's lenses: which parameters each has, in their order.
 * Poses are world-to-camera, in OpenCV axes; pixels are counted from the corner of the picture.
 */
import { pinhole } from './camera-checks';
import { quoted, TrainingDataError } from './errors';
import { type Distortion, leaveDistortionOut, refuseLens } from './lens';
import type { NoteBook } from './notes';

export interface ColmapCamera {
  readonly id: number;
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly params: readonly number[];
}

export interface ColmapImage {
  readonly name: string;
  readonly cameraId: number;
  /** w, x, y, z; world to camera. */
  readonly quaternion: readonly number[];
  readonly translation: readonly number[];
}

export interface ColmapModel {
  readonly cameras: readonly ColmapCamera[];
  readonly images: readonly ColmapImage[];
}

/** By COLMAP's number: name and how many parameters. */
export const COLMAP_LENSES: readonly (readonly [name: string, params: number])[] = [
  ['SIMPLE_PINHOLE', 3],
  ['PINHOLE', 4],
  ['SIMPLE_RADIAL', 4],
  ['RADIAL', 5],
  ['OPENCV', 8],
  ['OPENCV_FISHEYE', 8],
  ['FULL_OPENCV', 12],
  ['FOV', 5],
  ['SIMPLE_RADIAL_FISHEYE', 4],
  ['RADIAL_FISHEYE', 5],
  ['THIN_PRISM_FISHEYE', 12],
];

/** Those with one focal length: f, cx, cy, then the distortion. */
const ONE_FOCAL = ['SIMPLE_PINHOLE', 'SIMPLE_RADIAL', 'RADIAL'];

/**
 * @param source the file, for messages
 * @returns in picture sizes
 * @throws LensError, PictureCameraError, TrainingDataError
 */
export function colmapIntrinsics(camera: ColmapCamera, source: string, notes: NoteBook): Float64Array {
  const { model, width, height, params } = camera;
  const name = `${source}, camera ${camera.id}`;
  const lens = COLMAP_LENSES.find(([known]) => known === model);
  if (!lens) refuseLens(model, name);
  if (params.length !== lens[1]) {
    const message = `${quoted(name)} has ${params.length} parameters; ${model} has ${lens[1]}.`;
    throw new TrainingDataError(message, 'The file is damaged: export the model again.', params.length, lens[1]);
  }
  if (!(width > 0 && height > 0)) {
    const message = `${quoted(name)} is for pictures of ${width} x ${height}.`;
    throw new TrainingDataError(message, 'The file is damaged: export the model again.', width, '> 0');
  }
  const [fx = 0, fy = 0, cx = 0, cy = 0, ...rest] = ONE_FOCAL.includes(model) ? [params[0]!, ...params] : params;
  const distortion = distortionOf(model, rest) ?? refuseLens(model, name);
  const intrinsics = pinhole(fx / width, fy / height, cx / width, cy / height, name);
  leaveDistortionOut(distortion, intrinsics, name, notes);
  return intrinsics;
}

/** @returns undefined for lenses with another formula: fisheyes, prisms */
function distortionOf(model: string, rest: readonly number[]): Distortion | undefined {
  const [a = 0, b = 0, p1 = 0, p2 = 0, k3 = 0, ...denominator] = rest;
  switch (model) {
    case 'SIMPLE_PINHOLE':
    case 'PINHOLE':
      return { radial: [] };
    case 'SIMPLE_RADIAL':
    case 'RADIAL':
      return { radial: [a, b] };
    case 'OPENCV':
    case 'FULL_OPENCV':
      return { radial: [a, b, k3], tangential: [p1, p2], denominator };
    default:
      return undefined;
  }
}

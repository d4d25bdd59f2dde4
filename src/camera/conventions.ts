/**
 * How cameras are written down here.
 *
 * World: y up, a frontal face looks to +z. Camera: OpenCV axes, x right, y down, z forward. `camToWorld` is a 4x4
 * matrix, ROW by row: its first three columns are the camera's axes in the world, the fourth is its position.
 * Intrinsics are a 3x3 matrix row by row, in units of the image's size: [fx, skew, cx, 0, fy, cy, 0, 0, 1], with the
 * principal point at 0.5 for a centred camera, whatever the resolution is.
 *
 * A camera label is both one after the other: 16 + 9 = 25 numbers. It is what EG3D networks are conditioned on and
 * what its data sets store (paper, section 4.1 and supplement).
 */

import { TrifoldError } from '../errors';

/** 25 numbers: camToWorld row by row, then the intrinsics row by row. */
export type CameraLabel = Float32Array;

/** A 4x4 matrix row by row (wgpu-matrix, which this folder calculates with, holds columns: mind the difference). */
export type CamToWorld = Float64Array;

/** x, y, z in the world. */
export type Point = readonly [number, number, number];

export const LABEL_LENGTH = 25;
export const CAM_TO_WORLD_LENGTH = 16;
export const INTRINSICS_LENGTH = 9;

/** Distance of the camera from its pivot where a model does not say another. */
export const DEFAULT_RADIUS = 2.7;
/** Focal length in image sizes where a model does not say another; the one of the official video script (13.4 degrees). */
export const DEFAULT_FOCAL = 4.2647;
export const ORIGIN: Point = [0, 0, 0];

/** A camera that cannot be: a wrong count of numbers, or one that is not finite or out of its range. */
export class CameraError extends TrifoldError {
  override readonly code: string = 'camera';

  constructor(
    message: string,
    readonly value: number,
    readonly limit: number | string,
    remedy = 'Give the numbers that the message asks for; docs/architecture.md has the conventions of cameras.',
  ) {
    super(message, remedy);
  }
}

/** @throws CameraError unless `value` is finite and greater than `above` */
export function requireAbove(above: number, value: number, what: string): void {
  if (Number.isFinite(value) && value > above) return;
  throw new CameraError(`The ${what} is ${value}; it must be a number greater than ${above}.`, value, `> ${above}`);
}

function requireLength(expected: number, numbers: ArrayLike<number>, what: string): void {
  if (numbers.length === expected) return;
  const message = `${what} has ${numbers.length} numbers instead of ${expected}.`;
  throw new CameraError(message, numbers.length, expected);
}

/**
 * @param camToWorld 16 numbers, row by row
 * @param intrinsics 9 numbers, row by row, in image sizes
 * @returns the 25 numbers as F32
 * @throws CameraError if the counts differ
 */
export function makeLabel(camToWorld: ArrayLike<number>, intrinsics: ArrayLike<number>): CameraLabel {
  requireLength(CAM_TO_WORLD_LENGTH, camToWorld, 'The camera-to-world matrix');
  requireLength(INTRINSICS_LENGTH, intrinsics, 'The intrinsics matrix');
  const label = new Float32Array(LABEL_LENGTH);
  label.set(camToWorld, 0);
  label.set(intrinsics, CAM_TO_WORLD_LENGTH);
  return label;
}

/** The label's first 16 numbers, a view. @throws CameraError if the label has not 25 numbers */
export function camToWorldOf(label: CameraLabel): Float32Array {
  requireLength(LABEL_LENGTH, label, 'The camera label');
  return label.subarray(0, CAM_TO_WORLD_LENGTH);
}

/** The label's last 9 numbers, a view. @throws CameraError if the label has not 25 numbers */
export function intrinsicsOf(label: CameraLabel): Float32Array {
  requireLength(LABEL_LENGTH, label, 'The camera label');
  return label.subarray(CAM_TO_WORLD_LENGTH);
}

/** Where the camera is. */
export function positionOf(camToWorld: ArrayLike<number>): Point {
  requireLength(CAM_TO_WORLD_LENGTH, camToWorld, 'The camera-to-world matrix');
  return [camToWorld[3]!, camToWorld[7]!, camToWorld[11]!];
}

/**
 * Cameras out of files, checked: each is a rotation and a place, seen through a lens that has a focal length. A camera that is singular,
 * mirrored or in other units would train for an hour before anybody saw that.
 */
import { vec3d } from 'wgpu-matrix';
import { CAM_TO_WORLD_LENGTH, type CamToWorld, INTRINSICS_LENGTH } from '../../camera/conventions';
import { PictureCameraError, quoted } from './errors';
import type { NoteBook } from './notes';

/** Files with few digits are so far from exact. */
const TOLERANCE = 1e-2;
/** Lengths that are nearer to 1 are left as they are: rounding. */
const ROUNDING = 1e-3;
/** A principal point so many picture sizes away is one in pixels. */
const FARTHEST_CENTRE = 4;
const MATRIX_REMEDY =
  'A camera-to-world matrix has three axes at right angles and of one length, x cross y = z, then the place; its last row is 0, 0, 0, 1. Find the cameras anew, or take this picture out.';
const INTRINSICS_REMEDY =
  'Intrinsics are [fx, skew, cx, 0, fy, cy, 0, 0, 1] in picture sizes: divide pixels by the width and the height of the picture.';

/**
 * @param numbers 16, row by row, OpenCV axes
 * @param name of the picture, for messages
 * @returns the same numbers; axes of another length than 1 (a scaled camera object of Blender) are normalised, with a note
 * @throws PictureCameraError
 */
export function checkedCamToWorld(numbers: ArrayLike<number>, name: string, notes: NoteBook): CamToWorld {
  requireNumbers(numbers, CAM_TO_WORLD_LENGTH, 'camera-to-world matrix', name);
  const matrix = Float64Array.from(numbers);
  const refuse = (problem: string, value: number): never => {
    throw new PictureCameraError(`The camera of ${quoted(name)} ${problem}.`, MATRIX_REMEDY, value);
  };
  for (const at of [12, 13, 14, 15]) {
    const wanted = at === 15 ? 1 : 0;
    if (Math.abs(matrix[at]! - wanted) > ROUNDING) refuse('has another last row than 0, 0, 0, 1', matrix[at]!);
  }
  const axes = [0, 1, 2].map((at) => vec3d.create(matrix[at], matrix[4 + at], matrix[8 + at]));
  const [x, y, z] = axes as [Float64Array, Float64Array, Float64Array];
  const lengths = axes.map((axis) => vec3d.length(axis));
  const longest = Math.max(...lengths);
  const shortest = Math.min(...lengths);
  if (!(shortest > 1e-12)) refuse('is singular: an axis has length 0', shortest);
  if (longest / shortest > 1 + TOLERANCE) refuse('stretches: its axes have different lengths', longest / shortest);
  const volume = vec3d.dot(vec3d.cross(x, y), z) / (lengths[0]! * lengths[1]! * lengths[2]!);
  if (volume < 0) refuse('is mirrored', volume);
  const slant = Math.max(...[vec3d.dot(x, y), vec3d.dot(x, z), vec3d.dot(y, z)].map(Math.abs)) / (longest * longest);
  if (slant > TOLERANCE) refuse('has axes that are not at right angles', slant);
  if (Math.max(longest - 1, 1 - shortest) > ROUNDING) {
    for (const row of [0, 4, 8]) for (const at of [0, 1, 2]) matrix[row + at]! /= lengths[at]!;
    notes.add('scaled', name);
  }
  return matrix;
}

/**
 * @param numbers 9, row by row, in picture sizes
 * @throws PictureCameraError
 */
export function checkedIntrinsics(numbers: ArrayLike<number>, name: string): Float64Array {
  requireNumbers(numbers, INTRINSICS_LENGTH, 'intrinsics', name);
  const intrinsics = Float64Array.from(numbers);
  const [fx = 0, , cx = 0, zero = 0, fy = 0, cy = 0, ...last] = intrinsics;
  const refuse = (problem: string, value: number): never => {
    throw new PictureCameraError(`The camera of ${quoted(name)} ${problem}.`, INTRINSICS_REMEDY, value);
  };
  for (const focal of [fx, fy]) if (!(focal > 0)) refuse(`has the focal length ${focal}`, focal);
  for (const centre of [cx, cy]) {
    if (Math.abs(centre) > FARTHEST_CENTRE) {
      refuse(`has its principal point at ${centre} picture sizes; these are pixels, it seems`, centre);
    }
  }
  for (const [at, value] of [zero, ...last].entries()) {
    const wanted = at === 3 ? 1 : 0;
    if (Math.abs(value - wanted) > ROUNDING) refuse(`has intrinsics with ${value} in the place of a ${wanted}`, value);
  }
  return intrinsics;
}

/** @returns [fx, 0, cx, 0, fy, cy, 0, 0, 1], checked. @throws PictureCameraError */
export function pinhole(fx: number, fy: number, cx: number, cy: number, name: string): Float64Array {
  return checkedIntrinsics([fx, 0, cx, 0, fy, cy, 0, 0, 1], name);
}

function requireNumbers(numbers: ArrayLike<number>, count: number, what: string, name: string): void {
  if (numbers.length !== count) {
    const message = `The ${what} of ${quoted(name)} has ${numbers.length} numbers instead of ${count}.`;
    throw new PictureCameraError(message, MATRIX_REMEDY, numbers.length, count);
  }
  for (let at = 0; at < count; at++) {
    if (Number.isFinite(numbers[at])) continue; // of text, null and objects, too, this is false
    const message = `The ${what} of ${quoted(name)} has ${String(numbers[at]).slice(0, 20)} where a number should be.`;
    throw new PictureCameraError(message, MATRIX_REMEDY, String(numbers[at]).slice(0, 20), 'a finite number');
  }
}

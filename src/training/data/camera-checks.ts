/**
 * Cameras out of files, checked: each is a rotation and a place, seen through a lens that has a focal length. A camera that is singular,
 * mirrored or in other units would train for an hour before anybody saw that.
 */
import { CAM_TO_WORLD_LENGTH, type CamToWorld, INTRINSICS_LENGTH } from '../../camera/conventions';
import { PictureCameraError, quoted } from './errors';
import type { NoteBook } from './notes';

/** Files with few digits are so far from exact. */
const TOLERANCE = 1e-2;
/** Lengths that are nearer to 1 are left as they are: rounding. */
const ROUNDING = 1e-3;
/** Larger ones leave no digits for anything else, and their cubes are not numbers. */
const LARGEST_NUMBER = 1e30;
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
  const matrix = new Float64Array(numbers);
  const refuse = (problem: string, value: number): never => {
    throw new PictureCameraError(`The camera of ${quoted(name)} ${problem}.`, MATRIX_REMEDY, value);
  };
  for (const at of [12, 13, 14, 15]) {
    const wanted = at === 15 ? 1 : 0;
    if (Math.abs(matrix[at]! - wanted) > ROUNDING) refuse('has another last row than 0, 0, 0, 1', matrix[at]!);
  }
  const dot = (a: number, b: number) =>
    matrix[a]! * matrix[b]! + matrix[4 + a]! * matrix[4 + b]! + matrix[8 + a]! * matrix[8 + b]!;
  const lengths = [Math.sqrt(dot(0, 0)), Math.sqrt(dot(1, 1)), Math.sqrt(dot(2, 2))] as const;
  const longest = Math.max(lengths[0], lengths[1], lengths[2]);
  const shortest = Math.min(lengths[0], lengths[1], lengths[2]);
  if (!(shortest > 1e-12)) refuse('is singular: an axis has length 0', shortest);
  if (longest / shortest > 1 + TOLERANCE) refuse('stretches: its axes have different lengths', longest / shortest);
  const slant = Math.max(Math.abs(dot(0, 1)), Math.abs(dot(0, 2)), Math.abs(dot(1, 2))) / (longest * longest);
  if (slant > TOLERANCE) refuse('has axes that are not at right angles', slant);
  const volume = determinant(matrix);
  if (volume < 0) refuse('is mirrored', volume);
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
  const intrinsics = new Float64Array(numbers);
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

/** Of the upper left 3x3 of a 4x4 matrix. */
function determinant(matrix: Float64Array): number {
  const minor = (a: number, b: number) => matrix[4 + a]! * matrix[8 + b]! - matrix[4 + b]! * matrix[8 + a]!;
  return matrix[0]! * minor(1, 2) - matrix[1]! * minor(0, 2) + matrix[2]! * minor(0, 1);
}

function requireNumbers(numbers: ArrayLike<number>, count: number, what: string, name: string): void {
  if (numbers.length !== count) {
    const message = `The ${what} of ${quoted(name)} has ${numbers.length} numbers instead of ${count}.`;
    throw new PictureCameraError(message, MATRIX_REMEDY, numbers.length, count);
  }
  for (let at = 0; at < count; at++) {
    const value: unknown = numbers[at]; // files have text and null in such places
    if (typeof value === 'number' && Math.abs(value) < LARGEST_NUMBER) continue;
    const message = `The ${what} of ${quoted(name)} has ${String(value).slice(0, 20)} where a number should be.`;
    throw new PictureCameraError(message, MATRIX_REMEDY, String(value).slice(0, 20), 'a number');
  }
}

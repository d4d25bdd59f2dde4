/**
 * The pose of the official samplers: a camera on a sphere around the origin that looks at a pivot.
 *
 * Their angles are unusual, but models were trained on such poses, so they are kept as they are. `yaw` is an angle about
 * the y axis with pi/2 in front. `pitch` looks like an angle, too, but it is taken to the polar angle by
 * arccos(1 - 2 pitch / pi), which makes uniform draws uniform on the sphere; only pi/2 (level) is what it says. The
 * pivot steers where the camera looks, and does not move the sphere. (For cameras with plain angles see orbit-pose.ts.)
 */
import { vec3d } from 'wgpu-matrix';
import { type CamToWorld, DEFAULT_RADIUS, ORIGIN, type Point, requireAbove } from './conventions';

/** Keeps the camera off the poles, where "up" has no meaning. */
const POLE_MARGIN = 1e-5;

export interface LookAtPose {
  /** Radians; pi/2 is in front of the face, less is to the face's right (-x), more to its left (+x). */
  yaw: number;
  /** Radians by name; pi/2 is level, less is above, more is below. Clamped to [1e-5, pi - 1e-5]. */
  pitch: number;
  /** Distance from the origin, > 0. */
  radius?: number;
  /** The point to look at. */
  pivot?: Point;
}

/**
 * @returns camToWorld, row by row
 * @throws CameraError for a radius that is not positive
 */
export function lookAtPose({ yaw, pitch, radius = DEFAULT_RADIUS, pivot = ORIGIN }: LookAtPose): CamToWorld {
  requireAbove(0, radius, 'camera radius');
  const clamped = Math.min(Math.max(pitch, POLE_MARGIN), Math.PI - POLE_MARGIN);
  const polar = Math.acos(1 - (2 * clamped) / Math.PI);
  const position = vec3d.create(
    radius * Math.sin(polar) * Math.cos(Math.PI - yaw),
    radius * Math.cos(polar),
    radius * Math.sin(polar) * Math.sin(Math.PI - yaw),
  );
  return lookingAlong(position, vec3d.subtract(vec3d.create(...pivot), position));
}

/**
 * The upright camera at a place that looks in a direction.
 * @param position x, y, z
 * @param direction not zero and not vertical, any length
 * @returns camToWorld, row by row
 */
export function lookingAlong(position: ArrayLike<number>, direction: Float64Array): CamToWorld {
  const forward = vec3d.normalize(direction);
  const right = vec3d.normalize(vec3d.cross(forward, vec3d.create(0, 1, 0)));
  const down = vec3d.normalize(vec3d.cross(forward, right));
  return camToWorldFromAxes(right, down, forward, position);
}

/** Puts three axes and a position into the columns of a matrix that is stored by rows. */
export function camToWorldFromAxes(
  right: ArrayLike<number>,
  down: ArrayLike<number>,
  forward: ArrayLike<number>,
  position: ArrayLike<number>,
): CamToWorld {
  const matrix = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    matrix.set([right[row]!, down[row]!, forward[row]!, position[row]!], 4 * row);
  }
  matrix[15] = 1;
  return matrix;
}

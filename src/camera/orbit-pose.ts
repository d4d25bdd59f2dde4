/**
 * The pose of the orbit control: a camera on a sphere around a pivot, with plain angles.
 *
 * yaw 0, pitch 0 is in front of the face, on the pivot's +z side. Positive yaw takes the camera to the face's own left
 * (+x), positive pitch lifts it. Unlike the official samplers' pose (look-at.ts) both are true angles, and the camera
 * moves with its pivot, which is what a hand expects; models trained all round, like the bundled one, are exact there.
 */
import { vec3d } from 'wgpu-matrix';
import {
  type CameraLabel,
  type CamToWorld,
  DEFAULT_FOCAL,
  DEFAULT_RADIUS,
  makeLabel,
  ORIGIN,
  type Point,
  requireAbove,
} from './conventions';
import { intrinsicsFromFocal } from './intrinsics';
import { camToWorldFromAxes } from './look-at';

export interface OrbitPose {
  /** Radians about the vertical; 0 is in front, +pi/2 at the face's left ear, pi behind. */
  yaw: number;
  /** Radians above the horizon, -pi/2..pi/2 (both included). */
  pitch: number;
  /** Distance from the pivot, > 0. Default 2.7. */
  radius?: number;
  /** What the camera looks at. Default the origin. */
  pivot?: Point;
}

/** The camera's three axes in the world, each of length 1. */
export function orbitAxes(
  yaw: number,
  pitch: number,
): { right: Float64Array; down: Float64Array; forward: Float64Array } {
  // Written out instead of made from cross products with "up", which vanish when the camera looks straight down.
  const right = vec3d.create(Math.cos(yaw), 0, -Math.sin(yaw));
  const forward = vec3d.create(-Math.sin(yaw) * Math.cos(pitch), -Math.sin(pitch), -Math.cos(yaw) * Math.cos(pitch));
  return { right, down: vec3d.cross(forward, right), forward };
}

/**
 * @returns camToWorld, row by row
 * @throws CameraError for a radius that is not positive
 */
export function orbitPose({ yaw, pitch, radius = DEFAULT_RADIUS, pivot = ORIGIN }: OrbitPose): CamToWorld {
  requireAbove(0, radius, 'camera radius');
  const { right, down, forward } = orbitAxes(yaw, pitch);
  const position = vec3d.addScaled(vec3d.create(...pivot), forward, -radius);
  return camToWorldFromAxes(right, down, forward, position);
}

/**
 * The 25-number label of an orbiting camera.
 * @param pose angles in radians; `focal` in image sizes, default 4.2647
 * @throws CameraError
 */
export function orbitLabel(pose: OrbitPose & { focal?: number }): CameraLabel {
  return makeLabel(orbitPose(pose), intrinsicsFromFocal(pose.focal ?? DEFAULT_FOCAL));
}

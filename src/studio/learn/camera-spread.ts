/** How the cameras of some pictures lie around the middle of the box, in numbers that can be said. */
import { type CameraLabel, camToWorldOf, intrinsicsOf } from '../../camera/conventions';
import type { CameraSpread, DrawnCamera } from './learn-state';

const DEGREES = 180 / Math.PI;
/** Degrees to each side of a camera that count as seen from there. */
const REACH = 15;

/** A camera label as it is drawn. */
export function drawnCamera(label: CameraLabel): DrawnCamera {
  const [fx = 1, , , , fy = 1] = intrinsicsOf(label);
  return { camToWorld: Float64Array.from(camToWorldOf(label)), focal: [fx, fy], isHeldOut: false };
}

/** @returns undefined for no cameras */
export function cameraSpread(cameras: readonly DrawnCamera[]): CameraSpread | undefined {
  if (cameras.length === 0) return undefined;
  const seen = new Uint8Array(360);
  const distances: number[] = [];
  const elevations: number[] = [];
  for (const { camToWorld } of cameras) {
    const [x, y, z] = [camToWorld[3]!, camToWorld[7]!, camToWorld[11]!];
    const distance = Math.hypot(x, y, z);
    distances.push(distance);
    elevations.push(Math.asin(distance > 0 ? y / distance : 0) * DEGREES);
    const yaw = Math.round(Math.atan2(x, z) * DEGREES);
    for (let degree = yaw - REACH; degree <= yaw + REACH; degree++) seen[(degree + 720) % 360] = 1;
  }
  return {
    distance: [Math.min(...distances), Math.max(...distances)],
    elevation: [Math.min(...elevations), Math.max(...elevations)],
    around: seen.reduce((sum, has) => sum + has, 0),
  };
}

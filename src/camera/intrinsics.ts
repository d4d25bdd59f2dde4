/**
 * Intrinsics: how wide a camera sees. Everything is in image sizes, so a focal length f means a field of view of
 * 2 atan(1 / 2f), and no number depends on the resolution.
 */
import { DEFAULT_FOCAL, requireAbove } from './conventions';

/** The official helper writes pi and the root of 2 with these digits, and the trained models have seen the result. */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the rounding is the point
const OFFICIAL_PI = 3.14159;
// biome-ignore lint/suspicious/noApproximativeNumericConstant: the rounding is the point
const OFFICIAL_SQRT_2 = 1.414;

/**
 * Intrinsics of a centred camera with square pixels.
 * @param focal in image sizes, > 0
 * @returns [f, 0, 0.5, 0, f, 0.5, 0, 0, 1]
 * @throws CameraError
 */
export function intrinsicsFromFocal(focal: number = DEFAULT_FOCAL): Float64Array {
  requireAbove(0, focal, 'focal length');
  return Float64Array.of(focal, 0, 0.5, 0, focal, 0.5, 0, 0, 1);
}

/**
 * Intrinsics for what the official scripts call a field of view: the angle along the picture's DIAGONAL, with their
 * rounded constants, focal = 1 / (1.414 tan(degrees * 3.14159 / 360)). Their default of 18.837 degrees gives 4.26339.
 * @param degrees 0 < degrees < 180
 * @throws CameraError
 */
export function intrinsicsFromFov(degrees: number): Float64Array {
  requireAbove(0, degrees, 'field of view in degrees');
  return intrinsicsFromFocal(1 / (Math.tan((degrees * OFFICIAL_PI) / 360) * OFFICIAL_SQRT_2));
}

/** The angle that the picture's side spans, in radians: 2 atan(1 / 2f). */
export function fieldOfView(focal: number): number {
  requireAbove(0, focal, 'focal length');
  return 2 * Math.atan(0.5 / focal);
}

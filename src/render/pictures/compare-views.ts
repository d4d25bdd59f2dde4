/**
 * Both renderers from the same cameras: how far the student is from volume rendering, and how that changes with the yaw (NeRF-GAN
 * distillation, section 4.5: 3D consistency).
 */
import type { CameraLabel } from '../../camera/conventions';
import { orbitLabel } from '../../camera/orbit-pose';
import type { Recorder } from '../../gpu/recorder';
import type { CameraConfig } from '../../models/config';
import type { FrameRenderer } from '../frame-renderer';
import type { ChosenQuality } from '../quality';
import { psnr, ssim } from './picture-difference';

/** Pictures of one view, [S, S, 3], about -1 to 1, and how alike they are. */
export interface ComparedView {
  /** Radians. */
  readonly yaw: number;
  readonly volumetric: Float32Array;
  readonly convolutional: Float32Array;
  /** Decibels, of the convolutional picture with respect to the volumetric one. */
  readonly psnr: number;
  /** -1 to 1; 1 for equal pictures. */
  readonly ssim: number;
}

/** The yaws of a consistency strip reach so far to each side, in radians: 75 degrees. */
export const STRIP_YAW = (75 * Math.PI) / 180;
export const STRIP_VIEWS = 11;

/** `count` yaws from -reach to reach, evenly; the front alone for one. */
export function stripYaws(count = STRIP_VIEWS, reach = STRIP_YAW): number[] {
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, index) => ((2 * index) / (count - 1) - 1) * reach);
}

/** The camera of a strip's view: the model's own distance, focal length and pivot, at eye level. */
export function stripCamera(camera: CameraConfig, yaw: number): CameraLabel {
  return orbitLabel({ ...camera, yaw, pitch: 0 });
}

/**
 * Records the full picture of a camera; after a submission, `renderer.readImage` gives it. Await `renderer.prepareQuality` before, unless it is
 * the renderer's own quality.
 * @throws PictureNotPreparedError
 */
export function encodePicture(
  renderer: FrameRenderer,
  camera: CameraLabel,
  recorder: Recorder,
  quality: ChosenQuality = 'exact',
): Recorder {
  renderer.setWanted('image');
  renderer.setDetail(quality);
  renderer.setCamera(camera);
  renderer.encode(recorder);
  return recorder;
}

/** How alike two pictures [S, S, 3] of one view are. */
export function compareView(yaw: number, volumetric: Float32Array, convolutional: Float32Array): ComparedView {
  const side = Math.sqrt(volumetric.length / 3);
  return {
    yaw,
    volumetric,
    convolutional,
    psnr: psnr(volumetric, convolutional),
    ssim: ssim(volumetric, convolutional, side),
  };
}

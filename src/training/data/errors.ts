/** What can be wrong with pictures to learn from, before the first step. Each error names the file or the row, and says how to go on. */
import { TrifoldError } from '../../errors';

/** How cameras are made for pictures that have none. */
export const WAYS_TO_LABELS =
  'Find the cameras first, and open the folder that this writes: COLMAP ("colmap automatic_reconstructor") or nerfstudio ("ns-process-data images") for photographs of ' +
  'one scene; "dataset_preprocessing" of the official EG3D code for portraits and animals.';

/** The base: data that cannot be learned from. */
export class TrainingDataError extends TrifoldError {
  override readonly code: string = 'training-data';

  /**
   * @param message names the file, and the row or picture in it
   * @param value what the data say, where it is a number or a short text
   * @param limit what they should say
   */
  constructor(
    message: string,
    remedy: string,
    readonly value?: number | string,
    readonly limit?: number | string,
    options?: ErrorOptions,
  ) {
    super(message, remedy, options);
  }
}

/** Pictures without cameras, some or all. */
export class MissingLabelsError extends TrainingDataError {
  override readonly code = 'missing-labels';

  constructor(message: string, value?: number | string, limit?: number | string) {
    super(message, WAYS_TO_LABELS, value, limit);
  }
}

/** A matrix or intrinsics that no camera has. */
export class PictureCameraError extends TrainingDataError {
  override readonly code = 'picture-camera';
}

/** A lens that is not a pinhole, nor near enough to one. */
export class LensError extends TrainingDataError {
  override readonly code = 'lens';

  constructor(message: string, value: number | string, limit: number | string) {
    const remedy =
      'Undistort the pictures first ("colmap image_undistorter" writes pictures and a model with PINHOLE cameras), and open what that writes.';
    super(message, remedy, value, limit);
  }
}

/** One name for two things. */
export class NameClashError extends TrainingDataError {
  override readonly code = 'name-clash';
}

/** Pictures that are not of one size, or not of the size that their cameras are for. */
export class TrainingSizeError extends TrainingDataError {
  override readonly code = 'training-size';
}

/** A name out of somebody's file, for a message: such names can be of any length. */
export function quoted(name: string): string {
  return `“${name.length > 80 ? `…${name.slice(-79)}` : name}”`;
}

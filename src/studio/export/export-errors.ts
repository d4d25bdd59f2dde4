/** What can go wrong when pictures and videos are written; each says what to do instead. A cancelled export throws its signal's reason. */

import { TrifoldError } from '../../errors';

/** Base of the errors of an export. */
export abstract class ExportError extends TrifoldError {}

/** The browser has no encoder for the wanted kind of video at the wanted size. */
export class NoVideoEncoderError extends ExportError {
  override readonly code = 'no-video-encoder';

  constructor(
    readonly format: string,
    /** The codecs that were asked for, in the order of preference. */
    readonly codecs: readonly string[],
    readonly side: number,
  ) {
    super(
      `This browser has no encoder for ${format} at ${side} x ${side} pixels (tried ${codecs.join(', ')}).`,
      'Choose the other kind of video or a smaller size, or save the frames as PNG pictures in a zip.',
    );
  }
}

/** An encoder began and then gave up. */
export class VideoEncodingError extends ExportError {
  override readonly code = 'video-encoding';

  constructor(
    readonly codec: string,
    /** The frame that was being encoded, from 0. */
    readonly frame: number,
    cause: unknown,
  ) {
    super(
      `The browser's ${codec} encoder failed at frame ${frame + 1}: ${cause instanceof Error ? cause.message : cause}`,
      'Choose the other kind of video or a smaller size, or save the frames as PNG pictures in a zip.',
      { cause },
    );
  }
}

/** Memory or disk is full. */
export class OutOfRoomError extends ExportError {
  override readonly code = 'out-of-room';

  constructor(
    /** What was written so far, in bytes. */
    readonly bytes: number,
    cause: unknown,
  ) {
    super(
      `There is no room left for the file: memory or disk is full after ${(bytes / 1e6).toFixed(1)} MB.`,
      'Free some space on the disk or close other tabs, or choose a smaller size, fewer seconds or fewer frames a second.',
      { cause },
    );
  }
}

/** A transparent background was asked for of a student that was not taught alpha. */
export class NoAlphaError extends ExportError {
  override readonly code = 'no-alpha';

  constructor() {
    super(
      'This student does not know where the head ends: its picture has no transparent background.',
      'Switch to volume rendering, or save the picture with its background.',
    );
  }
}

/** How browsers say that memory or disk is full. */
export function isOutOfRoom(error: unknown): boolean {
  if (error instanceof RangeError) return true; // "Array buffer allocation failed"
  return error instanceof DOMException && ['QuotaExceededError', 'NotReadableError'].includes(error.name);
}

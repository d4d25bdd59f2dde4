/**
 * Rendered arrays as a PNG file. PNG is written in plain code (`fast-png`) and not by a canvas, which would premultiply: faint pixels of a
 * transparent picture would lose their colour. It takes some 50 ms for 512 x 512 pixels.
 */
import { encode } from 'fast-png';
import { type PictureRgba, rgbaCutOut, rgbaPicture } from '../../render/pictures/picture-rgba';
import { NoAlphaError } from './export-errors';
import { readableBlob } from './readable-blob';
import type { ExportedFile } from './video-file';

/** What a renderer made of one view. */
export interface RenderedPicture {
  /** [S, S, 3], about -1 to 1 */
  readonly image: Float32Array;
  /** Without its background, [S, S, 4] premultiplied (`FrameRenderer.readCutOut`); undefined from a student that was not taught alpha. */
  readonly cutOut?: Float32Array | undefined;
}

export interface PictureChoice {
  /** Pixels, 16..4096; the model's own side needs no resampling. */
  readonly side: number;
  /** Cut out of the background. */
  readonly isTransparent: boolean;
}

/** A rendering as RGBA. @throws ChosenSizeError; NoAlphaError where a transparent background cannot be had */
export function exportedPicture({ image, cutOut }: RenderedPicture, choice: PictureChoice): PictureRgba {
  if (!choice.isTransparent) return rgbaPicture(image, choice.side);
  if (!cutOut) throw new NoAlphaError();
  return rgbaCutOut(cutOut, choice.side);
}

/** A rendering as a PNG file. @throws as {@link exportedPicture}; OutOfRoomError */
export async function exportPicture(rendered: RenderedPicture, choice: PictureChoice): Promise<ExportedFile> {
  const blob = await pngBlob(exportedPicture(rendered, choice));
  return { blob, mimeType: blob.type, extension: 'png' };
}

/** @throws OutOfRoomError */
export function pngBlob(picture: PictureRgba): Promise<Blob> {
  return readableBlob([pngBytes(picture)], 'image/png');
}

/** The PNG of a picture; without alpha, and a quarter smaller, if it is opaque. */
export function pngBytes({ width, height, data }: PictureRgba): Uint8Array<ArrayBuffer> {
  let isOpaque = true;
  for (let at = 3; isOpaque && at < data.length; at += 4) isOpaque = data[at] === 255;
  const bytes = isOpaque
    ? encode({ width, height, data: data.filter((_, at) => at % 4 < 3), channels: 3, depth: 8 })
    : encode({ width, height, data, channels: 4, depth: 8 });
  return new Uint8Array(bytes);
}

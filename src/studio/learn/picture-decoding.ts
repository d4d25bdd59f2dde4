/** Decodes pictures as the browser does, into numbers that training takes: the pixels as they are in the file, without the colours of a screen. */
import type { DecodePicture } from '../../training/data/training-pictures';

export const decodePicture: DecodePicture = async (bytes) => {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
};

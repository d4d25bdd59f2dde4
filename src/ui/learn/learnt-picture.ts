/** A picture that training hands out, as a canvas takes it. */
import type { LearntPicture } from '../../studio/learn/learn-state';

/** @returns RGBA, opaque; what is not a number is black */
export function pixelsOf({ width, height, rgb }: LearntPicture): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels[pixel * 4 + channel] = (rgb[pixel * 3 + channel]! + 1) * 127.5;
    }
    pixels[pixel * 4 + 3] = 255;
  }
  return pixels;
}

/**
 * Width and height of encoded pictures, from their first bytes: for data that do not say them, and to find pictures of mixed sizes
 * before the first step instead of in the middle of a run.
 */
import { quoted, TrainingDataError, TrainingSizeError } from './errors';
import type { FileSet } from './file-set';
import type { PosedPicture } from './posed-pictures';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Where cameras and colour profiles have filled more than this, the whole file is read. */
const HEAD_BYTES = 64 << 10;
/** Smaller copies of a picture differ so much in their shape by rounding, at 100 pixels. */
const SAME_SHAPE = 0.02;

/** @throws TrainingDataError for a file that is no PNG, JPEG or WebP picture, or a damaged one */
export async function pictureSize(files: FileSet, name: string): Promise<PictureSize> {
  const head = await files.read(name, HEAD_BYTES);
  const size = sizeIn(head) ?? (head.byteLength < HEAD_BYTES ? undefined : sizeIn(await files.read(name)));
  if (size) return size;
  throw new TrainingDataError(
    head.byteLength === 0 ? `${quoted(name)} is empty.` : `${quoted(name)} is no PNG, JPEG or WebP picture.`,
    'The file is damaged or of another kind: write it again as PNG.',
    head.byteLength,
  );
}

/**
 * Reads the head of every picture.
 * @param onPicture is told how many have been looked at; throw there to stop
 * @returns the size that all have
 * @throws TrainingSizeError for mixed sizes, or for a shape that the camera is not for; TrainingDataError for what is no picture
 */
export async function commonSize(
  files: FileSet,
  pictures: readonly PosedPicture[],
  onPicture: (count: number) => void = () => {},
): Promise<PictureSize> {
  let first: PictureSize | undefined;
  for (const [at, { name, width, height }] of pictures.entries()) {
    const size = await pictureSize(files, name);
    first ??= size;
    const sizes = `${size.width} x ${size.height}`;
    expectSameSize({ name, ...size }, { name: pictures[0]!.name, ...first });
    const shape = width && height ? (size.width * height) / (size.height * width) : 1;
    if (Math.abs(shape - 1) > SAME_SHAPE) {
      const wanted = `${width} x ${height}`;
      const message = `${quoted(name)} is ${sizes}, but its camera is for ${wanted}: it was cropped or turned.`;
      throw new TrainingSizeError(message, 'Use the pictures that the cameras were found with.', sizes, wanted);
    }
    onPicture(at + 1);
  }
  if (!first) throw new TrainingDataError('There are no pictures.', 'Open a folder with pictures in it.', 0, 2);
  return first;
}

interface NamedSize extends PictureSize {
  readonly name: string;
}

/** @throws TrainingSizeError for a picture that has another size than the first */
export function expectSameSize({ name, width, height }: NamedSize, first: NamedSize): void {
  if (width === first.width && height === first.height) return;
  const [own, others] = [`${width} x ${height}`, `${first.width} x ${first.height}`];
  const message = `${quoted(name)} is ${own}, ${quoted(first.name)} is ${others}: all pictures must have one size.`;
  throw new TrainingSizeError(message, 'Resize them, or take out those that differ.', own, others);
}

/** The size that the head of a PNG, JPEG or WebP picture tells. @returns undefined if it is of no known kind, or ends before it says */
export function sizeIn(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 30) return undefined;
  const size = view.getUint32(0) === 0x89504e47 ? pngSize(view) : (jpegSize(view) ?? webpSize(view));
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

function pngSize(view: DataView): PictureSize {
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Goes from marker to marker to the frame header, which is one of SOF0 to SOF15 without DHT, JPG and DAC. */
function jpegSize(view: DataView): PictureSize | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= view.byteLength; ) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) return undefined;
    if (marker === 0xff) {
      at++; // a fill byte
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Lossy ("VP8 "), lossless ("VP8L") and extended ("VP8X"). */
function webpSize(view: DataView): PictureSize | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
  switch (view.getUint32(12)) {
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: {
      const wide = (at: number) => 1 + view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
      return { width: wide(24), height: wide(27) };
    }
    default:
      return undefined;
  }
}

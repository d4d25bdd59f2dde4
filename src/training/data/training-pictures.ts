/**
 * Pictures to train a generator or a student with: square, all of one side, each with the 25 numbers of its camera. They are kept as bytes, which
 * is what files and screens have, and handed out as -1..1, as EG3D's networks see them.
 */
import { type CameraLabel, camToWorldOf, intrinsicsOf, makeLabel } from '../../camera/conventions';
import { TrifoldError } from '../../errors';
import { quoted, TrainingDataError, TrainingSizeError } from './errors';
import { expectSameSize, type PictureSize, sizeIn } from './picture-size';
import { labelOfPicture, type PosedPictures } from './posed-pictures';

/** One picture to learn from. */
export interface TrainingPicture {
  /** [side, side, 3], row by row, -1..1. */
  readonly rgb: Float32Array;
  readonly label: CameraLabel;
}

export interface TrainingPictures {
  readonly count: number;
  /** In pixels. */
  readonly side: number;
  /** @param index 0 to count - 1 */
  picture(index: number): TrainingPicture;
}

/** A picture out of its file, row by row, 8 bits a number. */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], or [height, width, 4] with alpha that is not premultiplied. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Decodes a picture. Pages and Node have different decoders. @throws anything for a damaged file */
export type DecodePicture = (bytes: Uint8Array) => Promise<DecodedPicture>;

export interface DecodingOptions {
  /** To which the pictures are reduced. */
  readonly side: number;
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More than this, and a page is likely to be closed by its browser. */
const MOST_BYTES = 2 ** 30;
/** Larger pictures take more memory to decode than a page has. */
export const LARGEST_SIDE = 8192;

const BYTE_SCALE = 127.5;

/** @param bytes [count, side, side, 3] @param labels one for each picture */
export function picturesOfBytes(bytes: Uint8Array, labels: readonly CameraLabel[], side: number): TrainingPictures {
  const length = side * side * 3;
  return {
    count: labels.length,
    side,
    picture(index) {
      const own = bytes.subarray(index * length, (index + 1) * length);
      return { rgb: Float32Array.from(own, (byte) => byte / BYTE_SCALE - 1), label: labels[index]! };
    },
  };
}

/** -1..1 to bytes, rounded. */
export function pictureBytes(rgb: ArrayLike<number>, to: Uint8Array, at = 0): void {
  for (let i = 0; i < rgb.length; i++) to[at + i] = Math.min(255, Math.max(0, Math.round((rgb[i]! + 1) * BYTE_SCALE)));
}

/**
 * Each picture and, behind all of them, each in the mirror, with the camera in the mirror: twice as many, for objects that look as likely one way round
 * as the other (the official `--mirror`, and the script that mirrors its data sets).
 */
export function withMirrored(pictures: TrainingPictures): TrainingPictures {
  const { count, side } = pictures;
  return {
    count: 2 * count,
    side,
    picture(index) {
      if (index < count) return pictures.picture(index);
      const { rgb, label } = pictures.picture(index - count);
      return { rgb: mirroredPicture(rgb, side), label: mirroredLabel(label) };
    },
  };
}

/** The camera that sees a mirrored world in a mirrored picture: M camToWorld M with M = diag(-1, 1, 1, 1), and the principal point from the other side. */
export function mirroredLabel(label: CameraLabel): CameraLabel {
  const camToWorld = camToWorldOf(label).map((value, at) => {
    const [row, column] = [Math.floor(at / 4), at % 4];
    return (row === 0) !== (column === 0) ? negated(value) : value;
  });
  const intrinsics = intrinsicsOf(label).slice();
  intrinsics[1] = negated(intrinsics[1]!);
  intrinsics[2] = 1 - intrinsics[2]!;
  return makeLabel(camToWorld, intrinsics);
}

/** Without making a -0 of a 0. */
const negated = (value: number) => (value === 0 ? 0 : -value);

function mirroredPicture(rgb: Float32Array, side: number): Float32Array {
  const mirrored = new Float32Array(rgb.length);
  for (let from = 0; from < rgb.length; from += 3) {
    const pixel = from / 3;
    const column = pixel % side;
    mirrored.set(rgb.subarray(from, from + 3), 3 * (pixel - column + (side - 1 - column)));
  }
  return mirrored;
}

/** @throws TrainingDataError for cameras in a world of their own */
export function expectManyObjects({ kind }: Pick<PosedPictures, 'kind'>): void {
  if (kind === 'eg3d') return;
  const remedy =
    'A generator learns from many objects, each seen from cameras in the world of the box: open an EG3D data set (dataset.json), or fit a scene to these.';
  throw new TrainingDataError('These are views of one scene.', remedy, kind, 'eg3d');
}

/**
 * Decodes all pictures of an EG3D data set and reduces them to one side, each pixel as the mean of the area that it covers. Transparent pixels are
 * laid on white. All pictures count, also those that others would hold out.
 * @throws TrainingDataError for cameras in a world of their own, too many pictures, or a damaged one; TrainingSizeError for mixed sizes, one that is not square, or
 * smaller than the side; the signal's reason
 */
export async function decodedPictures(
  posed: PosedPictures,
  decode: DecodePicture,
  { side, onProgress = () => {}, signal }: DecodingOptions,
): Promise<TrainingPictures> {
  expectManyObjects(posed);
  const { pictures } = posed;
  const length = side * side * 3;
  const bytes = pictures.length * length;
  if (bytes > MOST_BYTES) {
    const message = `${pictures.length} pictures of ${side} x ${side} need ${Math.ceil(bytes / 1e6)} MB; ${Math.floor(MOST_BYTES / 1e6)} MB is the most.`;
    throw new TrainingDataError(message, 'Take a smaller resolution, or fewer pictures.', bytes, MOST_BYTES);
  }
  const data = new Uint8Array(bytes);
  let first: (PictureSize & { readonly name: string }) | undefined;
  for (const [at, { name, bytes: read }] of pictures.entries()) {
    signal?.throwIfAborted();
    const encoded = await read();
    const told = sizeIn(encoded);
    if (told) expectLearnable(told, side, name); // before memory is taken for what is no use
    const decoded = await decode(encoded).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw undecoded(error, name);
    });
    const { width, height } = decoded;
    expectLearnable(decoded, side, name);
    first ??= { name, width, height };
    expectSameSize({ name, width, height }, first);
    data.set(reducedPicture(decoded, side, name), at * length);
    onProgress(at + 1, pictures.length);
  }
  return picturesOfBytes(data, pictures.map(labelOfPicture), side);
}

/** What a decoder's error is to somebody with many files. */
function undecoded(error: unknown, name: string): TrainingDataError {
  if (error instanceof TrifoldError) {
    return new TrainingDataError(`${quoted(name)}: ${error.message}`, error.remedy, name, undefined, { cause: error });
  }
  const message = `${quoted(name)} is damaged, or no picture that can be decoded here.`;
  return new TrainingDataError(message, 'Write it again as PNG, or take it out.', name, undefined, { cause: error });
}

/** @throws TrainingSizeError for what cannot be reduced to a square of a side */
function expectLearnable({ width, height }: PictureSize, side: number, name: string): void {
  const size = `${width} x ${height}`;
  if (width !== height) {
    const message = `${quoted(name)} is ${size}, not square.`;
    throw new TrainingSizeError(message, 'Crop the pictures to squares.', size, '1:1');
  }
  if (width < side) {
    const message = `${quoted(name)} is ${size}, smaller than the ${side} x ${side} to be learnt.`;
    throw new TrainingSizeError(message, 'Choose a smaller resolution.', size, `${side} x ${side}`);
  }
  if (width > LARGEST_SIDE) {
    const message = `${quoted(name)} is ${size}; ${LARGEST_SIDE} pixels a side are the most.`;
    throw new TrainingSizeError(message, 'Resize the pictures.', width, LARGEST_SIDE);
  }
}

/** [side, side, 3]: the mean of the area that each pixel covers. @throws TrainingDataError for a picture with other than 3 or 4 numbers a pixel */
function reducedPicture({ width, height, data }: DecodedPicture, side: number, name: string): Uint8Array {
  const channels = data.length / (width * height);
  if (channels !== 3 && channels !== 4) throw undecoded(undefined, name);
  const rows = areaWeights(width, side);
  const reduced = new Float32Array(side * side * 3);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of rows.entries()) {
      for (const [fromY, weightY] of row) {
        for (const [fromX, weightX] of column) {
          const from = (fromY * width + fromX) * channels;
          const alpha = channels === 4 ? data[from + 3]! / 255 : 1;
          for (let channel = 0; channel < 3; channel++) {
            const laidOnWhite = 255 + alpha * (data[from + channel]! - 255);
            reduced[(y * side + x) * 3 + channel]! += weightY * weightX * laidOnWhite;
          }
        }
      }
    }
  }
  return Uint8Array.from(reduced, (value) => Math.round(value));
}

/** For each of `side` pixels along an axis the source pixels that it covers, with their shares. */
function areaWeights(size: number, side: number): (readonly [number, number])[][] {
  const scale = size / side;
  return Array.from({ length: side }, (_, at) => {
    const [start, end] = [at * scale, (at + 1) * scale];
    const weights: [number, number][] = [];
    for (let from = Math.floor(start); from < Math.min(size, Math.ceil(end)); from++) {
      weights.push([from, (Math.min(from + 1, end) - Math.max(from, start)) / scale]);
    }
    return weights;
  });
}

/**
 * Pictures and their cameras as EG3D's data set, a zip that the official code and this project open (eg3d-labels.ts):
 *
 *   00000/img00000000.png, ..., 00001/img00001000.png, ...
 *   dataset.json            { "labels": [["00000/img00000000.png", [25 numbers]], ...] }
 */
import { StoredZip } from '../../checkpoints/zip/write-stored';
import { pictureBytes, type TrainingPictures } from './training-pictures';

/** A picture as bytes, row by row: [height, width, 3]. */
export interface PictureToEncode {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Makes a PNG file. */
export type EncodePng = (picture: PictureToEncode) => Uint8Array;

const PICTURES_A_FOLDER = 1000;
/** Digits after which a decimal number is the F32 that it was made of. */
const EXACT_DIGITS = 9;

/** @returns the file in pieces, in order: each picture is encoded when its piece is asked for */
export function* eg3dZip(
  { count, side, picture }: TrainingPictures,
  encodePng: EncodePng,
): Generator<Uint8Array, void, void> {
  const zip = new StoredZip();
  const labels: [name: string, label: number[]][] = [];
  const data = new Uint8Array(side * side * 3);
  for (let index = 0; index < count; index++) {
    const { rgb, label } = picture(index);
    pictureBytes(rgb, data);
    const name = pictureName(index);
    labels.push([name, Array.from(label, (value) => Number(value.toPrecision(EXACT_DIGITS)))]);
    yield* zip.entry(name, encodePng({ width: side, height: side, data }));
  }
  yield* zip.entry('dataset.json', new TextEncoder().encode(JSON.stringify({ labels })));
  yield zip.end();
}

function pictureName(index: number): string {
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  return `${digits(Math.floor(index / PICTURES_A_FOLDER), 5)}/img${digits(index, 8)}.png`;
}

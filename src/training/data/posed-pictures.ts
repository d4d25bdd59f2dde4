/**
 * Pictures with the cameras that took them: what scenes, generators and students learn from. Whatever format they came in, cameras are in
 * the conventions of src/camera/conventions.ts, as doubles, in the world of the data (scene-normalisation.ts brings that into EG3D's box).
 */
import { type CameraLabel, type CamToWorld, makeLabel, type Point } from '../../camera/conventions';
import { NameClashError, quoted, TrainingDataError } from './errors';
import type { FileSet } from './file-set';
import type { DataNote, NoteBook } from './notes';

export type Split = 'train' | 'test';

export interface PictureCamera {
  /** OpenCV axes, row by row. */
  readonly camToWorld: CamToWorld;
  /** 3x3, row by row, in picture sizes: x in widths, y in heights. */
  readonly intrinsics: Float64Array;
}

export interface PosedPicture {
  /** Path of the file. */
  readonly name: string;
  /** The encoded picture, read anew each time. */
  bytes(): Promise<Uint8Array>;
  /** In pixels, where the data say so; smaller copies of the pictures have the same cameras. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly camera: PictureCamera;
  readonly split: Split;
}

export interface SceneBox {
  readonly centre: Point;
  readonly side: number;
}

export type DataKind = 'transforms' | 'colmap' | 'eg3d';

export interface PosedPictures {
  readonly kind: DataKind;
  /** At least two, at least one of them to train with; by name. */
  readonly pictures: readonly PosedPicture[];
  /** Where "up" is in the world of the data, where the format says so. */
  readonly up?: Point | undefined;
  /** The cube that the scene is in, in the world of the data, where the data say so. */
  readonly box?: SceneBox | undefined;
  /** What a person should know about how the data were read. */
  readonly notes: readonly DataNote[];
}

/** The 25 numbers that EG3D's networks are conditioned on, as F32. */
export function labelOfPicture(picture: PosedPicture): CameraLabel {
  return makeLabel(picture.camera.camToWorld, picture.camera.intrinsics);
}

/** A picture that a reader has found, before pictures are held out. */
export interface FoundPicture {
  readonly name: string;
  readonly camera: PictureCamera;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Where the data say it. */
  readonly split?: Split | undefined;
}

/** Which share is held out where the data do not say: each so-and-so-many-th by name, from the first on, as LLFF and Mip-NeRF 360 do. */
const HELD_OUT_EACH = 8;

/**
 * Sorts what was found by name, and holds pictures out if the data do not.
 * @param source the file with the cameras, for messages
 * @param notes with the pictures that are not there
 * @throws NameClashError for one picture with two cameras; TrainingDataError for fewer than two pictures, or none to train with
 */
export function finishPictures(
  files: FileSet,
  found: readonly FoundPicture[],
  source: string,
  notes: NoteBook,
): PosedPicture[] {
  const missing = notes.firstOf('missing');
  if (found.length === 0 && missing !== undefined) {
    const message = `None of the pictures of ${quoted(source)} is there; the first is ${quoted(missing)}.`;
    throw new TrainingDataError(message, 'Open the folder that has both the pictures and their cameras.', missing);
  }
  const byName = new Map<string, FoundPicture>();
  for (const picture of found) {
    const other = byName.get(picture.name);
    if (other && !isSame(other, picture)) {
      throw new NameClashError(
        `${quoted(source)} has two cameras or two uses for one picture, ${quoted(picture.name)}.`,
        'Give each picture one camera, and either train with it or hold it out.',
        picture.name,
      );
    }
    byName.set(picture.name, picture);
  }
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (sorted.length < 2) {
    const count = sorted.length === 0 ? 'no picture' : 'one picture';
    const remedy = 'Depth is learned from several views: give pictures from at least two places, better fifty.';
    throw new TrainingDataError(`${quoted(source)} has ${count} to learn from.`, remedy, sorted.length, 2);
  }
  const saysSplit = sorted.some(({ split }) => split === 'test');
  const pictures = sorted.map(({ name, camera, width, height, split }, at): PosedPicture => {
    const own = saysSplit ? (split ?? 'train') : at % HELD_OUT_EACH === 0 ? 'test' : 'train';
    return { name, camera, width, height, split: own, bytes: () => files.read(name) };
  });
  if (pictures.every(({ split }) => split === 'test')) {
    const remedy = 'Put pictures into its training part (transforms_train.json, train_filenames).';
    throw new TrainingDataError(`${quoted(source)} holds all its pictures out.`, remedy, 0, 1);
  }
  return pictures;
}

function isSame(a: FoundPicture, b: FoundPicture): boolean {
  const numbers = ({ camera }: FoundPicture) => [...camera.camToWorld, ...camera.intrinsics];
  const others = numbers(b);
  return a.split === b.split && numbers(a).every((value, at) => value === others[at]);
}

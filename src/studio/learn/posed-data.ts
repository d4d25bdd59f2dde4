/**
 * Pictures with cameras, for the room Learn: opened, looked through, and described. All that can be wrong with them is found here, before the first
 * step; what can be mended is said with how.
 */
import { ORIGIN, positionOf } from '../../camera/conventions';
import { homeOf, type OrbitHome } from '../../camera/orbit';
import { type FileSet, filesOfFolder, filesOfZip } from '../../training/data/file-set';
import { openPosedPictures } from '../../training/data/open-posed-pictures';
import { commonSize } from '../../training/data/picture-size';
import type { PosedPicture, PosedPictures } from '../../training/data/posed-pictures';
import { type SceneExtent, sceneExtent } from '../../training/data/scene-extent';
import {
  cameraToBox,
  DEFAULT_BOX_SIDE,
  NO_NORMALISATION,
  proposedNormalisation,
  reachInBox,
  type SceneNormalisation,
} from '../../training/data/scene-normalisation';
import { cameraSpread } from './camera-spread';
import type { DataFacts, DrawnCamera, OpenedFiles } from './learn-state';

/** Data that can be learnt from. */
export interface PosedData {
  readonly name: string;
  readonly posed: PosedPictures;
  readonly extent: SceneExtent;
  readonly size: { readonly width: number; readonly height: number };
  readonly thumbnails: readonly ImageBitmap[];
}

export interface Reading {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

const THUMBNAILS = 12;
/** Pixels. */
const THUMBNAIL_SIDE = 96;
/** Pictures whose heads are read between two looks at whether somebody still wants them. */
const PROGRESS_EACH = 16;
/** More cameras are not told apart. */
const MOST_DRAWN = 400;
/**
 * Pictures see more than what they are of, so what they see may reach so far beyond the box, in halves of its side, before the scene is taken to be
 * outside; and a scene that is smaller than this is lost in it.
 */
const INSIDE = { least: 0.35, most: 1.35 };

/** @throws TrainingDataError and its kinds, CheckpointError; the signal's reason */
export async function readPosedData(opened: OpenedFiles, { signal, onProgress }: Reading): Promise<PosedData> {
  const files: FileSet = 'zip' in opened ? await filesOfZip(opened.zip) : filesOfFolder(opened.folder);
  signal.throwIfAborted();
  const posed = await openPosedPictures(files);
  const { pictures } = posed;
  const size = await commonSize(files, pictures, (count) => {
    signal.throwIfAborted();
    if (count % PROGRESS_EACH === 0) onProgress(count / pictures.length);
  });
  const thumbnails = await Promise.all(some(pictures, THUMBNAILS).map(thumbnailOf));
  signal.throwIfAborted();
  return { name: opened.name, posed, extent: sceneExtent(pictures), size, thumbnails: thumbnails.filter(isThere) };
}

/** Whether the scene of the data is in the box as it is. Nobody can tell of cameras that look at no one point, unless the data say where it is. */
export function isInBox({ extent, posed }: Pick<PosedData, 'extent' | 'posed'>): boolean {
  const { box } = posed;
  if (box) return box.side === DEFAULT_BOX_SIDE && box.centre.every((value) => value === 0);
  const reach = reachInBox(extent, NO_NORMALISATION);
  return posed.kind === 'eg3d' || (reach !== undefined && reach >= INSIDE.least && reach <= INSIDE.most);
}

/** How the data come into the box: upright in any case. @param isFitted whether they are moved and scaled, too, as is done where the data name their box */
export function normalisationOf(
  { posed, extent }: Pick<PosedData, 'extent' | 'posed'>,
  isFitted: boolean,
): SceneNormalisation {
  const proposed = proposedNormalisation(posed, extent);
  return isFitted || posed.box ? proposed : { ...proposed, scale: 1, centre: ORIGIN };
}

/** @param isFitted as in {@link normalisationOf} */
export function describePosedData(data: PosedData, isFitted: boolean): DataFacts {
  const { name, posed, extent, size, thumbnails } = data;
  const { pictures, kind, notes } = posed;
  const normalisation = normalisationOf(data, isFitted);
  const cameras = some(pictures, MOST_DRAWN).map(
    ({ camera, split }): DrawnCamera => ({
      camToWorld: cameraToBox(normalisation, camera.camToWorld),
      focal: [camera.intrinsics[0]!, camera.intrinsics[4]!],
      isHeldOut: split === 'test',
    }),
  );
  const heldOut = pictures.filter(({ split }) => split === 'test').length;
  return {
    name,
    form: kind,
    train: pictures.length - heldOut,
    heldOut,
    size,
    notes: notes.map(({ message }) => message),
    thumbnails,
    cameras,
    spread: cameraSpread(cameras),
    boxSide: DEFAULT_BOX_SIDE,
    reach: kind === 'eg3d' ? undefined : reachInBox(extent, normalisation),
    isInBox: isInBox(data),
    isFitted,
  };
}

/** A picture that cannot be decoded has none: training says which it is, and that would be too late for no one but its thumbnail. */
async function thumbnailOf(picture: PosedPicture): Promise<ImageBitmap | undefined> {
  try {
    const bytes = await picture.bytes();
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
    return await createImageBitmap(blob, { resizeWidth: THUMBNAIL_SIDE, resizeQuality: 'medium' });
  } catch {
    return undefined;
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** So many of a list, at equal distances, from the first on. */
function some<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, index) => all[Math.floor((index * all.length) / most)]!);
}

/** Where a camera begins that looks at what these see: at their usual distance, height and lens, in front. */
export function homeOfCameras(data: PosedData, isFitted: boolean): OrbitHome {
  const normalisation = normalisationOf(data, isFitted);
  const cameras = data.posed.pictures.map(({ camera }) => camera);
  const places = cameras.map(({ camToWorld }) => positionOf(cameraToBox(normalisation, camToWorld)));
  const radius = median(places.map((place) => Math.hypot(...place)));
  const pitch = median(places.map(([x, y, z]) => Math.atan2(y, Math.hypot(x, z))));
  const focal = median(cameras.map(({ intrinsics }) => intrinsics[0]!));
  return { ...homeOf({ radius, focal }), pitch };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

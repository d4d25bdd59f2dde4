/**
 * Saved faces as values that were kept and as a JSON file for other people: `{ format: 'trifold-faces', version: 1, faces: [...] }`, where a
 * face has the fields of {@link SavedFace}, its recipe under short names (models/faces/recipe-json.ts) and its thumbnail as a data address,
 * so that the file is complete. Whatever is read here comes from outside, and is bounded before it is believed.
 */

import type { Point } from '../../camera/conventions';
import { TrifoldError } from '../../errors';
import type { FaceRecipe } from '../../models/faces/recipe';
import { readFaceRecipe, shortName } from '../../models/faces/recipe-check';
import { faceRecipeJson, type RecipeModel } from '../../models/faces/recipe-json';

/** The model that a face was made with. */
export interface SavedFaceModel extends RecipeModel {
  /** SHA-256 or fingerprint of its file: 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly name: string;
}

/** Where the camera was. */
export interface SavedView {
  /** Degrees. */
  readonly yaw: number;
  readonly pitch: number;
  /** In radii of the model's own radius. */
  readonly distance: number;
  /** What it looked at, in scene units; the model's own where it is left out, as older versions did. */
  readonly pivot?: Point;
  /** In image sizes; likewise. */
  readonly focal?: number;
}

export interface SavedFace {
  readonly id: string;
  readonly name: string;
  readonly model: SavedFaceModel;
  /** Fits that model; `readFaceRecipe` makes it fit another. */
  readonly recipe: FaceRecipe;
  readonly view: SavedView;
  /** PNG or WebP. */
  readonly thumbnail: Blob;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

export const FACES_FORMAT = 'trifold-faces';
export const FACES_VERSION = 1;
/** Faces on a device, and in a file. */
export const MOST_FACES = 200;
export const LARGEST_THUMBNAIL_BYTES = 256 << 10;
/** Room for as many faces with the largest thumbnails, and long recipes. */
export const LARGEST_FACES_FILE_BYTES = 128 << 20;

const MOST_LAYERS = 64;
const LARGEST_LATENT = 65_536;
const THUMBNAIL_TYPE = /^image\/(png|webp)$/;
const THUMBNAIL_ADDRESS = /^data:(image\/(?:png|webp));base64,/;
const HASH = /^[0-9a-f]{64}$/;
const ID = /^[0-9a-zA-Z-]{1,64}$/;

/** Facts that the error carries besides its words. */
interface FacesFileFacts {
  readonly value?: number;
  readonly limit?: number;
  readonly cause?: unknown;
}

/** A file of faces that cannot be used, or a face that could not go into one. */
export class FacesFileError extends TrifoldError {
  override readonly code = 'faces-file';

  readonly value: number | undefined;
  readonly limit: number | undefined;

  constructor(message: string, remedy: string, { value, limit, cause }: FacesFileFacts = {}) {
    super(message, remedy, { cause });
    this.value = value;
    this.limit = limit;
  }
}

const ANOTHER_FILE = 'Choose a file of faces that this page has exported.';

/** The file of some faces. */
export async function writeFacesFile(faces: readonly SavedFace[]): Promise<Blob> {
  const written = faces.map(async (face) => ({
    ...face,
    recipe: faceRecipeJson(face.recipe, face.model),
    thumbnail: await dataAddress(face.thumbnail),
  }));
  const file = { format: FACES_FORMAT, version: FACES_VERSION, faces: await Promise.all(written) };
  return new Blob([JSON.stringify(file)], { type: 'application/json' });
}

/** @throws FacesFileError */
export async function readFacesFile(file: Blob): Promise<SavedFace[]> {
  if (file.size > LARGEST_FACES_FILE_BYTES) {
    const message = `The file has ${megabytes(file.size)} MB; a file of faces has at most ${megabytes(LARGEST_FACES_FILE_BYTES)} MB.`;
    throw new FacesFileError(message, ANOTHER_FILE, { value: file.size, limit: LARGEST_FACES_FILE_BYTES });
  }
  const { format, version, faces } = readObject(parseJson(await readText(file)), 'The file');
  if (format !== FACES_FORMAT) throw new FacesFileError('The file holds no faces of Trifold.', ANOTHER_FILE);
  if (typeof version !== 'number' || !(version >= 1)) throw wrong('version', 'is no version');
  if (version > FACES_VERSION) {
    const message = `The file was written by a newer Trifold (version ${version} of the format; this one knows ${FACES_VERSION}).`;
    throw new FacesFileError(message, 'Reload the page, so that it is the newest, and try again.', {
      value: version,
      limit: FACES_VERSION,
    });
  }
  if (!Array.isArray(faces)) throw wrong('faces', 'is no list');
  if (faces.length > MOST_FACES) {
    const message = `The file holds ${faces.length} faces; the most is ${MOST_FACES}.`;
    throw new FacesFileError(message, 'Export fewer faces at a time.', { value: faces.length, limit: MOST_FACES });
  }
  return faces.map((face, index) => {
    const name = `faces[${index}]`;
    return readFace(face, name, (thumbnail) => thumbnailOfAddress(thumbnail, `${name}.thumbnail`));
  });
}

/** A face out of the browser's storage. @throws FacesFileError */
export function readKeptFace(value: unknown): SavedFace {
  return readFace(value, 'the kept face', (thumbnail) => {
    if (!(thumbnail instanceof Blob)) throw wrong('thumbnail', 'is no picture');
    checkThumbnail(thumbnail);
    return thumbnail;
  });
}

/** A thumbnail that may be kept. @throws FacesFileError */
export function checkThumbnail(thumbnail: Blob): void {
  if (!THUMBNAIL_TYPE.test(thumbnail.type)) {
    throw new FacesFileError(
      `The thumbnail is ${thumbnail.type || 'of no known type'}.`,
      'Make it a PNG or WebP picture.',
    );
  }
  if (thumbnail.size <= LARGEST_THUMBNAIL_BYTES) return;
  const message = `The thumbnail has ${thumbnail.size} bytes; the most is ${LARGEST_THUMBNAIL_BYTES}.`;
  throw new FacesFileError(message, 'Make a smaller picture of the face.', {
    value: thumbnail.size,
    limit: LARGEST_THUMBNAIL_BYTES,
  });
}

function readFace(value: unknown, what: string, readThumbnail: (thumbnail: unknown) => Blob): SavedFace {
  const { id, name, model: givenModel, recipe, view, thumbnail, savedAt } = readObject(value, what);
  if (typeof id !== 'string' || !ID.test(id)) throw wrong(`${what}.id`, 'is no name of a face');
  const model = readModel(readObject(givenModel, `${what}.model`), `${what}.model`);
  return {
    id,
    name: readName(name, `${what}.name`),
    model,
    recipe: readRecipe(recipe, model, `${what}.recipe`),
    view: readView(view, `${what}.view`),
    thumbnail: readThumbnail(thumbnail),
    savedAt: readNumber(savedAt, [0, 8.64e15], `${what}.savedAt`), // the last moment that a Date can name
  };
}

function readView(value: unknown, what: string): SavedView {
  const { yaw, pitch, distance, pivot, focal } = readObject(value, what);
  return {
    yaw: readNumber(yaw, [-180, 180], `${what}.yaw`),
    pitch: readNumber(pitch, [-90, 90], `${what}.pitch`),
    distance: readNumber(distance, [0.01, 100], `${what}.distance`),
    ...(pivot === undefined ? {} : { pivot: readPoint(pivot, `${what}.pivot`) }),
    ...(focal === undefined ? {} : { focal: readNumber(focal, [0.1, 100], `${what}.focal`) }),
  };
}

function readPoint(value: unknown, what: string): Point {
  if (!Array.isArray(value) || value.length !== 3) throw wrong(what, 'is no point');
  const coordinate = (axis: number) => readNumber(value[axis], [-100, 100], `${what}[${axis}]`);
  return [coordinate(0), coordinate(1), coordinate(2)];
}

function readRecipe(value: unknown, model: RecipeModel, what: string): FaceRecipe {
  try {
    return readFaceRecipe(value, model);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new FacesFileError(`The file of faces is damaged at ${what}. ${message}`, ANOTHER_FILE, { cause });
  }
}

function readModel({ fingerprint, name, numWs, zDim }: Readonly<Record<string, unknown>>, what: string) {
  if (typeof fingerprint !== 'string' || !HASH.test(fingerprint)) throw wrong(`${what}.fingerprint`, 'is no hash');
  return {
    fingerprint,
    name: readName(name, `${what}.name`),
    numWs: readWhole(numWs, MOST_LAYERS, `${what}.numWs`),
    zDim: readWhole(zDim, LARGEST_LATENT, `${what}.zDim`),
  };
}

function readName(value: unknown, what: string): string {
  if (typeof value !== 'string') throw wrong(what, 'is no text');
  return shortName(value);
}

/** A number brought into its range. */
function readNumber(value: unknown, [low, high]: readonly [number, number], what: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw wrong(what, 'is no number');
  return Math.min(high, Math.max(low, value));
}

function readWhole(value: unknown, most: number, what: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw wrong(what, `is no whole number from 1 to ${most}`);
}

function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'is no object');
  return Object.fromEntries(Object.entries(value));
}

function thumbnailOfAddress(value: unknown, what: string): Blob {
  const type = typeof value === 'string' ? THUMBNAIL_ADDRESS.exec(value)?.[1] : undefined;
  if (typeof value !== 'string' || !type) throw wrong(what, 'is no PNG or WebP picture');
  const base64 = value.slice(value.indexOf(',') + 1);
  if (base64.length > 4 * Math.ceil(LARGEST_THUMBNAIL_BYTES / 3)) {
    throw wrong(what, `is larger than ${LARGEST_THUMBNAIL_BYTES} bytes`);
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw wrong(what, 'is no base64');
  }
  if (!beginsAs(type, bytes)) throw wrong(what, `says that it is ${type} and is not`);
  return new Blob([bytes], { type });
}

function beginsAs(type: string, bytes: Uint8Array): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  return type === 'image/png' ? text(0, 8) === '\x89PNG\r\n\x1a\n' : text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP';
}

async function dataAddress(picture: Blob): Promise<string> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return `data:${picture.type};base64,${btoa(characters.join(''))}`;
}

async function readText(file: Blob): Promise<string> {
  try {
    return await file.text();
  } catch (cause) {
    const remedy = 'It was moved, changed or locked since it was chosen: choose it again.';
    throw new FacesFileError('The file cannot be read.', remedy, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FacesFileError('The file is no JSON, or only a part of it.', ANOTHER_FILE, { cause });
  }
}

function wrong(what: string, problem: string): FacesFileError {
  return new FacesFileError(`The file of faces is damaged: ${what} ${problem}.`, ANOTHER_FILE);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

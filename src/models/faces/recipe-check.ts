/**
 * Recipes that come from outside (an address, a file, what an older version kept, a recipe for another model) made fit for a model. A number
 * out of its range is brought into it, and one that is no number becomes the usual one; a thing of another kind than expected is an error
 * that names it, since nobody knows what face was meant.
 */

import { TrifoldError } from '../../errors';
import { LARGEST_SEED } from '../numpy-random';
import {
  DEEPEST_FACE,
  type DirectionStep,
  FACE_MODES,
  type FaceRecipe,
  type FaceSource,
  faceOfSeed,
  LARGEST_PSI,
  MOST_SOURCES,
  type PoseConditioning,
} from './recipe';
import { POSE_KEYS, RECIPE_KEYS, type RecipeModel, SOURCE_KEYS, STEP_KEYS, UNNAMED_PSI } from './recipe-json';

/** Standard deviations of z: beyond 5, hardly any seed has a value. */
export const LARGEST_EDIT = 5;
/** Standard deviations of w along a direction. */
export const LARGEST_STRENGTH = 10;
/** Places of the map to each side: as far as rows of 100 seeds stay within numpy's. */
export const MAP_REACH = 1e7;
/** Steps along directions in one face. */
export const MOST_STEPS = 64;
/** Sources of a face with all faces in it: each is a run of the mapping network. */
export const MOST_SOURCES_IN_ALL = 256;
/** Characters of a saved face's name. */
export const LONGEST_NAME = 80;
/** A number beyond this is no direction of any model; the composition says how many are known. */
const LARGEST_DIRECTION = 9999;

/** A recipe of another shape than this version knows. */
export class FaceRecipeError extends TrifoldError {
  override readonly code = 'face-recipe';

  constructor(
    /** Where in the recipe, for example "sources[1].seed". */
    readonly path: string,
    readonly value: unknown,
    problem: string,
    readonly limit?: number,
  ) {
    super(
      `The recipe of the face makes no sense: ${path || 'as a whole'} is ${quoted(value)}, ${problem}.`,
      limit === undefined
        ? 'Copy the whole link, or choose the file again; what a newer version has made, only that can open.'
        : 'Leave out some of the sources or steps, or use a face with fewer faces in it.',
    );
  }
}

/**
 * Reads a recipe from JSON, by its long or its short names (recipe-json.ts), and makes it fit a model. A recipe that fits comes out as
 * it is.
 * @throws FaceRecipeError
 */
export function readFaceRecipe(value: unknown, model: RecipeModel): FaceRecipe {
  return readRecipe(value, { model, path: '', depth: 0, count: { sources: 0 } });
}

/** Where the reader is. */
interface Place {
  readonly model: RecipeModel;
  readonly path: string;
  /** Faces around this one. */
  readonly depth: number;
  /** Of the whole recipe, so far. */
  readonly count: { sources: number };
}

function readRecipe(value: unknown, place: Place): FaceRecipe {
  const { numWs } = place.model;
  const usual = faceOfSeed(0, numWs);
  const field = fieldsOf(value, RECIPE_KEYS, place);
  const sources = field('sources', readSources) ?? usual.sources;
  const share = rangeOf(0, 1, 0.5);
  return {
    mode: field('mode', oneOf(FACE_MODES)) ?? usual.mode,
    sources,
    mixLayers: field('mixLayers', readLayers) ?? usual.mixLayers,
    mixSuperResolution: field('mixSuperResolution', share) ?? usual.mixSuperResolution,
    walkPosition: field('walkPosition', (given, at) => onLoop(readNumber(given, at) ?? 0, sources.length)) ?? 0,
    walkPath: field('walkPath', oneOf(['linear', 'smooth'])) ?? usual.walkPath,
    mapX: field('mapX', rangeOf(-MAP_REACH, MAP_REACH, 0)) ?? usual.mapX,
    mapY: field('mapY', rangeOf(-MAP_REACH, MAP_REACH, 0)) ?? usual.mapY,
    psi: field('psi', rangeOf(0, LARGEST_PSI, UNNAMED_PSI)) ?? UNNAMED_PSI,
    psiCutoff: field('psiCutoff', rangeOf(0, numWs, undefined, 'whole')),
    conditioning: field('conditioning', readConditioning) ?? usual.conditioning,
    directions: field('directions', readSteps) ?? usual.directions,
  };
}

function readSources(value: unknown, place: Place): FaceSource[] {
  const given = readList(value, place, MOST_SOURCES);
  if (given.length === 0) throw new FaceRecipeError(place.path, value, 'expected at least one source', 1);
  place.count.sources += given.length;
  if (place.count.sources > MOST_SOURCES_IN_ALL) {
    const problem = `and with it there are more than ${MOST_SOURCES_IN_ALL} sources in all`;
    throw new FaceRecipeError(place.path, value, problem, MOST_SOURCES_IN_ALL);
  }
  return given.map((source, index) => readSource(source, within(place, `[${index}]`)));
}

function readSource(value: unknown, place: Place): FaceSource {
  const readSeed = rangeOf(0, LARGEST_SEED, 0, 'whole');
  if (typeof value === 'number' || value === null) return { kind: 'seed', seed: readSeed(value, place), edits: {} };
  const field = fieldsOf(value, SOURCE_KEYS, place);
  const face = field('face', readInnerFace);
  if (face) return { kind: 'face', name: field('name', readName) ?? '', face };
  return { kind: 'seed', seed: field('seed', readSeed) ?? 0, edits: field('edits', readEdits) ?? {} };
}

function readInnerFace(value: unknown, place: Place): FaceRecipe {
  const depth = place.depth + 1;
  if (depth > DEEPEST_FACE) {
    throw new FaceRecipeError(place.path, value, `a face within more than ${DEEPEST_FACE} others`, DEEPEST_FACE);
  }
  return readRecipe(value, { ...place, depth });
}

/** Edits of dimensions that the model does not have are left out: they would change nothing. */
function readEdits(value: unknown, place: Place): Record<number, number> {
  const edits: Record<number, number> = {};
  for (const [key, given] of Object.entries(readObject(value, place))) {
    const at = within(place, `[${quoted(key)}]`);
    if (!/^(0|[1-9]\d{0,8})$/.test(key)) throw new FaceRecipeError(at.path, given, 'not under a whole number');
    const edit = rangeOf(-LARGEST_EDIT, LARGEST_EDIT, undefined)(given, at);
    if (Number(key) < place.model.zDim && edit !== undefined) edits[Number(key)] = edit;
  }
  return edits;
}

/** Layers of a model with more or fewer take the share of the nearest place. */
function readLayers(value: unknown, place: Place): number[] {
  const { numWs } = place.model;
  const shares = (Array.isArray(value) ? value : [value]).map((share, index) =>
    rangeOf(0, 1, 0.5)(share, within(place, `[${index}]`)),
  );
  const scale = numWs > 1 ? (shares.length - 1) / (numWs - 1) : 0;
  return Array.from({ length: numWs }, (_, layer) => shares[Math.round(layer * scale)] ?? 0.5);
}

function readConditioning(value: unknown, place: Place): PoseConditioning {
  if (typeof value === 'string') return { kind: oneOf(['frontal', 'follow'])(value, place) };
  const { kind = 'fixed' } = readObject(value, place);
  const known = oneOf(['frontal', 'follow', 'fixed'])(kind, within(place, '.kind'));
  if (known !== 'fixed') return { kind: known };
  const field = fieldsOf(value, POSE_KEYS, place);
  const yaw = field('yaw', rangeOf(-Math.PI, Math.PI, 0)) ?? 0;
  const pitch = field('pitch', rangeOf(-Math.PI / 2, Math.PI / 2, 0)) ?? 0;
  return { kind: 'fixed', yaw, pitch };
}

function readSteps(value: unknown, place: Place): DirectionStep[] {
  return readList(value, place, MOST_STEPS).map((step, index) => readStep(step, within(place, `[${index}]`)));
}

function readStep(value: unknown, place: Place): DirectionStep {
  const last = place.model.numWs - 1;
  const field = fieldsOf(value, STEP_KEYS, place);
  const from = field('from', rangeOf(0, last, 0, 'whole')) ?? 0;
  const to = field('to', rangeOf(0, last, last, 'whole')) ?? last;
  return {
    direction: field('direction', rangeOf(0, LARGEST_DIRECTION, 0, 'whole')) ?? 0,
    strength: field('strength', rangeOf(-LARGEST_STRENGTH, LARGEST_STRENGTH, 0)) ?? 0,
    from: Math.min(from, to),
    to: Math.max(from, to),
  };
}

type Reader<T> = (value: unknown, place: Place) => T;

/** Access to an object's fields by their long or short names; a missing field is undefined. */
function fieldsOf<Name extends string>(value: unknown, keys: Readonly<Record<Name, string>>, place: Place) {
  const object = readObject(value, place);
  return <T>(name: Name, read: Reader<T>): T | undefined => {
    const given = object[keys[name]] ?? object[name];
    return given === undefined || given === null ? undefined : read(given, within(place, `.${name}`));
  };
}

function readObject(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FaceRecipeError(place.path, value, 'expected an object');
  }
  return Object.fromEntries(Object.entries(value));
}

function readList(value: unknown, place: Place, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new FaceRecipeError(place.path, value, 'expected a list');
  if (value.length > most) {
    throw new FaceRecipeError(place.path, value, `a list of ${value.length}; the most is ${most}`, most);
  }
  return value;
}

/** @returns undefined for NaN, and for null, which JSON writes in its place */
function readNumber(value: unknown, place: Place): number | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'number') throw new FaceRecipeError(place.path, value, 'expected a number');
  return Number.isNaN(value) ? undefined : value;
}

/** A reader of numbers that brings them into a range. */
function rangeOf<T extends number | undefined>(low: number, high: number, fallback: T, kind?: 'whole') {
  return (value: unknown, place: Place): number | T => {
    const given = readNumber(value, place);
    if (given === undefined) return fallback;
    const inside = Math.min(high, Math.max(low, given));
    return (kind === 'whole' ? Math.round(inside) : inside) + 0; // -0 becomes 0
  };
}

/** The same place on a closed walk, from 0 to below the number of its sources. */
function onLoop(position: number, count: number): number {
  if (!Number.isFinite(position)) return 0;
  return (position < 0 ? ((position % count) + count) % count : position % count) + 0;
}

function oneOf<T extends string>(known: readonly T[]): Reader<T> {
  return (value, place) => {
    const found = known.find((name) => name === value);
    if (found === undefined) throw new FaceRecipeError(place.path, value, `expected one of ${known.join(', ')}`);
    return found;
  };
}

function readName(value: unknown, place: Place): string {
  if (typeof value !== 'string') throw new FaceRecipeError(place.path, value, 'expected a text');
  return shortName(value);
}

/** A name without what is too much of it; no character is cut in half. */
export function shortName(name: string): string {
  return [...name.slice(0, 2 * LONGEST_NAME)].slice(0, LONGEST_NAME).join('');
}

function within(place: Place, step: string): Place {
  return { ...place, path: place.path === '' ? step.replace(/^\./, '') : `${place.path}${step}` };
}

/** A value for a message; a hostile one can be of any length. */
function quoted(value: unknown): string {
  const text = Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'an object' : undefined;
  return text ?? JSON.stringify(typeof value === 'string' ? value.slice(0, 40) : value) ?? String(value);
}

/**
 * The studio's state as the fragment of the page's address, so that a reload, a bookmark or a link brings back the same face, view and
 * settings: `#seed=12&psi=0.5&yaw=-35`. The face is always written, of all else what differs from the model's defaults. A face that is more
 * than a seed is one packed field, `face`; a walk may also be typed, as `seed=0-3`. `model` names the model's file by the first digits of its hash.
 *
 * Addresses of older versions go on working: fields are only ever added. What a newer version has written and this one cannot read is told,
 * not guessed.
 */
import { lookFrom, type OrbitState, orbitAt } from '../../camera/orbit';
import type { GeneratorConfig } from '../../models/config';
import { DEFAULT_PSI, type FaceRecipe, faceOfSeed, MOST_SOURCES, seedSource } from '../../models/faces/recipe';
import { FaceRecipeError, readFaceRecipe } from '../../models/faces/recipe-check';
import { faceRecipeJson, type RecipeModel } from '../../models/faces/recipe-json';
import { ifReadable, readAngle, readNumberOrSeeds } from '../../numbers/written';
import type { FirstView } from '../model/model-index';
import { PackedJsonError, packJson, unpackJson } from './packed-json';
import {
  type Against,
  carrySettings,
  defaultSettings,
  LAYOUTS,
  PICTURE_KINDS,
  type PictureSettings,
  RENDER_QUALITIES,
  RENDERER_KINDS,
  readBackdrop,
  sanitiseSettings,
} from './settings';

/** What an address asks for; everything may be missing. */
export interface SavedStudio {
  /** First digits of the hash of the model's file; missing for whatever model is there. */
  readonly model?: string;
  /** Name of that file, where it is known. */
  readonly modelName?: string;
  readonly settings: Partial<PictureSettings>;
  readonly face: SavedFace;
  readonly view: SavedView;
}

/** A face as an address has it: a seed, or a whole recipe that is read when the model is known. */
export interface SavedFace {
  readonly seed?: number;
  /** More than one make a walk. */
  readonly seeds?: readonly number[];
  readonly psi?: number;
  /** Packed JSON (packed-json.ts). */
  readonly packed?: string;
}

export interface SavedView {
  /** Degrees. */
  readonly yaw?: number;
  readonly pitch?: number;
  /** In the model's own radii. */
  readonly distance?: number;
  /** The point that the camera looks at, in scene units. */
  readonly pivot?: readonly [number, number, number];
  /** In image sizes. */
  readonly focal?: number;
}

/** What the studio keeps: a value that undo, an address and a saved face bring back. */
export interface KeptState {
  readonly settings: PictureSettings;
  readonly face: FaceRecipe;
  readonly view: OrbitState;
}

/** A part of an address that this version cannot read; the rest of it counts. */
export interface UnreadableLink {
  readonly message: string;
  readonly remedy: string;
}

const DEGREES = 180 / Math.PI;
const HASH = /^[0-9a-f]{16,64}$/;
const MODEL_DIGITS = 16;

/** What a recipe needs to know of the model. */
export function recipeModelOf({ mapping }: GeneratorConfig): RecipeModel {
  return { numWs: mapping.numWs ?? 1, zDim: mapping.zDim };
}

/** The face of a model where nobody names another. */
export function defaultFace(config: GeneratorConfig): FaceRecipe {
  return faceOfSeed(0, recipeModelOf(config).numWs);
}

/** A fragment, without "#". @param hash of the model's file, to name it; undefined for the model that is there anyway */
export function encodeStudio(config: GeneratorConfig, { settings, face, view }: KeptState, hash?: string): string {
  const defaults = defaultSettings(config);
  const { home } = view;
  const fragment = new URLSearchParams();
  const write = (name: string, value: number | string | boolean, usual: number | string | boolean) => {
    if (value !== usual) fragment.set(name, String(value));
  };
  if (hash) fragment.set('model', hash.slice(0, MODEL_DIGITS));
  writeFace(fragment, config, face);
  write('picture', settings.picture, defaults.picture);
  write('renderer', settings.renderer, defaults.renderer);
  write('layout', settings.layout, defaults.layout);
  write('against', settings.against, defaults.against);
  write('wipe', rounded(settings.wipe, 3), defaults.wipe);
  write('slice', rounded(settings.slice, 3), defaults.slice);
  write('backdrop', settings.backdrop.replace('#', ''), defaults.backdrop);
  write('rotate', settings.autoRotate, defaults.autoRotate);
  write('rays', settings.neuralResolution, defaults.neuralResolution);
  write('samples', settings.depthSamples, defaults.depthSamples);
  write('quality', settings.quality, defaults.quality);
  write('adapt', settings.adapts, defaults.adapts);
  write('yaw', rounded(view.yaw * DEGREES, 2), rounded(home.yaw * DEGREES, 2));
  write('pitch', rounded(view.pitch * DEGREES, 2), rounded(home.pitch * DEGREES, 2));
  write('distance', rounded(view.radius / home.radius, 4), 1);
  write('pivot', listed(view.pivot), listed(home.pivot));
  write('focal', rounded(view.focal, 4), rounded(home.focal, 4));
  return fragment.toString();
}

/** A seed and a truncation are written for people to read, anything more as one packed field. */
function writeFace(fragment: URLSearchParams, config: GeneratorConfig, face: FaceRecipe): void {
  const model = recipeModelOf(config);
  const json = faceRecipeJson(face, model);
  const { s: sources = [0], t: _, ...others } = json;
  const [first] = sources;
  if (sources.length > 1 || typeof first !== 'number' || Object.keys(others).length > 0) {
    fragment.set('face', packJson(json));
    return;
  }
  fragment.set('seed', String(first)); // always: an address without a face stands for the model's first view
  if (face.psi !== DEFAULT_PSI) fragment.set('psi', String(rounded(face.psi, 2)));
}

/** Reads a fragment (with or without "#"). What is missing or no number is left out; ranges are the receiver's business. */
export function decodeStudio(fragment: string): SavedStudio {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const numberIn = (text: string | null | undefined) => {
    return ifReadable(() => readAngle(text ?? '')); // more than a number: nobody minds a degree sign
  };
  const number = (name: string) => numberIn(fields.get(name));
  const oneOf = <T extends string>(name: string, known: readonly T[]) => known.find((one) => one === fields.get(name));
  const [x, y, z] = (fields.get('pivot') ?? '').split(',').map(numberIn);
  const model = fields.get('model') ?? '';
  return {
    ...(HASH.test(model) ? { model } : {}),
    settings: withoutGaps({
      picture: oneOf('picture', PICTURE_KINDS),
      renderer: oneOf('renderer', RENDERER_KINDS),
      layout: oneOf('layout', LAYOUTS),
      against: oneOf<Against>('against', ['convolutional', ...PICTURE_KINDS]),
      wipe: number('wipe'),
      slice: number('slice'),
      backdrop: readBackdrop(fields.get('backdrop') ?? ''),
      autoRotate: fields.get('rotate') === 'true' ? true : undefined,
      neuralResolution: number('rays'),
      depthSamples: number('samples'),
      quality: oneOf('quality', RENDER_QUALITIES),
      adapts: fields.get('adapt') === 'false' ? false : undefined,
    }),
    face: {
      ...seedsIn(fields.get('seed') ?? ''),
      ...withoutGaps({ psi: number('psi'), packed: fields.get('face') ?? undefined }),
    },
    view: withoutGaps({
      yaw: number('yaw'),
      pitch: number('pitch'),
      distance: number('distance'),
      pivot: x === undefined || y === undefined || z === undefined ? undefined : ([x, y, z] as const),
      focal: number('focal'),
    }),
  };
}

/** `seed=7`, or several; a number that is no seed is brought into range later. */
function seedsIn(text: string): Pick<SavedFace, 'seed' | 'seeds'> {
  const seeds = ifReadable(() => readNumberOrSeeds(text, MOST_SOURCES)) ?? [];
  return seeds.length > 1 ? { seeds } : withoutGaps({ seed: seeds[0] });
}

/** What an address asks for, or where it names neither face nor camera the view that flatters the model. */
export function withFirstView(saved: SavedStudio, first: FirstView | undefined): SavedStudio {
  const isEmpty = Object.keys(saved.face).length === 0 && Object.keys(saved.view).length === 0;
  if (!first || !isEmpty) return saved;
  const { seed, yaw, pitch } = first;
  return { ...saved, face: { seed }, view: { yaw, pitch } };
}

/**
 * What an address asks for, made possible for a model.
 * @param tell is told of a face that cannot be read; the model's first face is taken then
 */
export function restoreStudio(
  config: GeneratorConfig,
  saved: SavedStudio,
  tell: (unreadable: UnreadableLink) => void = () => {},
): KeptState {
  const { radius, pivot, focal } = config.camera;
  const home = { yaw: 0, pitch: 0, radius, pivot, focal };
  const { yaw, pitch, distance, ...place } = saved.view;
  const view = lookFrom(orbitAt(home), {
    ...place,
    ...withoutGaps({
      yaw: yaw === undefined ? undefined : yaw / DEGREES,
      pitch: pitch === undefined ? undefined : pitch / DEGREES,
      radius: distance === undefined ? undefined : distance * radius,
    }),
  });
  return { settings: sanitiseSettings(config, saved.settings), face: restoreFace(config, saved.face, tell), view };
}

function restoreFace(
  config: GeneratorConfig,
  { seed = 0, seeds = [seed], psi, packed }: SavedFace,
  tell: (unreadable: UnreadableLink) => void,
): FaceRecipe {
  const model = recipeModelOf(config);
  if (packed !== undefined) {
    try {
      return readFaceRecipe(unpackJson(packed), model);
    } catch (error) {
      if (!(error instanceof FaceRecipeError || error instanceof PackedJsonError)) throw error;
      tell({ message: error.message, remedy: error.remedy });
    }
  }
  const face = defaultFace(config);
  const mode = seeds.length > 1 ? 'walk' : face.mode;
  const sources = seeds.map((one) => seedSource(one));
  return readFaceRecipe({ ...face, mode, sources, psi: psi ?? face.psi }, model);
}

/** Face and view that a person keeps when another model takes the place of the one on screen, made possible for that model. */
export function carryStudio(config: GeneratorConfig, former: GeneratorConfig, kept: KeptState): KeptState {
  const { view } = kept;
  const arrived = restoreStudio(config, {
    settings: carrySettings(former, kept.settings),
    face: {},
    view: { yaw: view.yaw * DEGREES, pitch: view.pitch * DEGREES, distance: view.radius / view.home.radius },
  });
  return { ...arrived, face: carryFace(config, kept.face) };
}

/** A face of another model, made possible: directions are that model's own, and edits of z mean something else here. */
export function carryFace(config: GeneratorConfig, face: FaceRecipe): FaceRecipe {
  return readFaceRecipe({ ...withoutEdits(face), directions: [] }, recipeModelOf(config));
}

function withoutEdits(face: FaceRecipe): FaceRecipe {
  const sources = face.sources.map((source) =>
    source.kind === 'seed'
      ? seedSource(source.seed)
      : { ...source, face: { ...withoutEdits(source.face), directions: [] } },
  );
  return { ...face, sources };
}

function listed(point: readonly number[]): string {
  return point.map((value) => rounded(value, 4)).join(',');
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0; // -0 becomes 0
}

function withoutGaps<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

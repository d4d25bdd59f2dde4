/**
 * A face's recipe as JSON, as short as it can be: it travels in addresses. Only what differs from the face of seed 0 is there, under keys of
 * one letter. `readFaceRecipe` in recipe-check.ts is the way back; it knows the fields by both names.
 */
import { type DirectionStep, type FaceRecipe, type FaceSource, faceOfSeed } from './recipe';

/** What a recipe needs to know of the model that it is for. */
export interface RecipeModel {
  /** Layers of the backbone. */
  readonly numWs: number;
  readonly zDim: number;
}

/** Truncation of a recipe that names none: it was the default when the first recipes were saved, and theirs must stay what they were. */
export const UNNAMED_PSI = 1;

/** The short names of a recipe's fields; what is left out is as in `faceOfSeed(0, numWs)`, and `psi` is {@link UNNAMED_PSI}. */
export const RECIPE_KEYS = {
  mode: 'm',
  sources: 's',
  mixLayers: 'l',
  mixSuperResolution: 'r',
  walkPosition: 'w',
  walkPath: 'p',
  mapX: 'x',
  mapY: 'y',
  psi: 't',
  psiCutoff: 'c',
  conditioning: 'o',
  directions: 'd',
} as const satisfies Record<keyof FaceRecipe, string>;

/** Of a source with edits or of a saved face; a seed alone is a number. */
export const SOURCE_KEYS = { seed: 's', edits: 'e', name: 'n', face: 'f' } as const;
/** `from` is 0 and `to` the last layer where they are left out. */
export const STEP_KEYS = { direction: 'd', strength: 's', from: 'f', to: 't' } as const satisfies Record<
  keyof DirectionStep,
  string
>;
/** Of a pose that is set by hand, in radians; the others are the name of their kind. */
export const POSE_KEYS = { yaw: 'y', pitch: 'p' } as const;

/** A recipe by its short names. */
export interface FaceRecipeJson {
  readonly m?: FaceRecipe['mode'];
  readonly s?: readonly SourceJson[];
  /** One number where all layers have the same share of B. */
  readonly l?: number | readonly number[];
  readonly r?: number;
  readonly w?: number;
  readonly p?: FaceRecipe['walkPath'];
  readonly x?: number;
  readonly y?: number;
  readonly t?: number;
  readonly c?: number | undefined;
  readonly o?: 'frontal' | 'follow' | { readonly y: number; readonly p: number };
  readonly d?: readonly { readonly d: number; readonly s: number; readonly f?: number; readonly t?: number }[];
}

type SourceJson =
  | number
  | { readonly s: number; readonly e: Readonly<Record<number, number>> }
  | { readonly n: string; readonly f: FaceRecipeJson };

/** @param model the one whose recipe this is */
export function faceRecipeJson(recipe: FaceRecipe, model: RecipeModel): FaceRecipeJson {
  const full = shortened(recipe, model);
  const unnamed = { ...faceOfSeed(0, model.numWs), psi: UNNAMED_PSI };
  const usual = new Map<string, unknown>(Object.entries(shortened(unnamed, model)));
  const differs = ([key, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(usual.get(key));
  return Object.fromEntries(Object.entries(full).filter(differs));
}

function shortened(recipe: FaceRecipe, model: RecipeModel): FaceRecipeJson {
  const { conditioning, mixLayers } = recipe;
  const [first = 0] = mixLayers;
  return {
    m: recipe.mode,
    s: recipe.sources.map((source) => sourceJson(source, model)),
    l: mixLayers.every((share) => share === first) ? first : mixLayers,
    r: recipe.mixSuperResolution,
    w: recipe.walkPosition,
    p: recipe.walkPath,
    x: recipe.mapX,
    y: recipe.mapY,
    t: recipe.psi,
    c: recipe.psiCutoff,
    o: conditioning.kind === 'fixed' ? { y: conditioning.yaw, p: conditioning.pitch } : conditioning.kind,
    d: recipe.directions.map(({ direction, strength, from, to }) => ({
      d: direction,
      s: strength,
      ...(from === 0 ? {} : { f: from }),
      ...(to === model.numWs - 1 ? {} : { t: to }),
    })),
  };
}

function sourceJson(source: FaceSource, model: RecipeModel): SourceJson {
  if (source.kind === 'face') return { n: source.name, f: faceRecipeJson(source.face, model) };
  const { seed, edits } = source;
  return Object.keys(edits).length === 0 ? seed : { s: seed, e: edits };
}

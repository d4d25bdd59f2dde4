/**
 * A face in an address. What is made of seeds alone can be read and typed: `seed=7`, `mix=7,12&share=0.5`, `seed=0,3,7&at=1.5` or `seed=0-3` for
 * a walk, `map=3.5,2`; any other face is one packed field, `face` (packed-json.ts). What the present mode does not show, such as the second
 * face after a mix is left, is not in the address.
 */
import type { GeneratorConfig } from '../../models/config';
import {
  DEFAULT_PSI,
  type FaceRecipe,
  type FaceSource,
  faceOfSeed,
  MOST_SOURCES,
  seedSource,
} from '../../models/faces/recipe';
import { FaceRecipeError, readFaceRecipe } from '../../models/faces/recipe-check';
import { faceRecipeJson, type RecipeModel } from '../../models/faces/recipe-json';
import { readSeed, readSeedOrSeeds, WrittenNumberError } from '../../numbers/written';
import { sourcesInUse } from '../face/face-actions';
import { listed, numberIn, numbersIn, oneOf, rounded, withoutGaps } from './address-fields';
import { PackedJsonError, packJson, unpackJson } from './packed-json';

/** A face as an address has it: by its seeds, or a whole recipe that is read when the model is known. */
export interface SavedFace {
  readonly seed?: number;
  /** More than one make a walk. */
  readonly seeds?: readonly number[];
  /** Of a walk: where it is, and whether it goes straight. */
  readonly at?: number;
  readonly path?: FaceRecipe['walkPath'];
  /** The two seeds of a mix, and the share of the second in all layers. */
  readonly mix?: readonly [number, number];
  readonly share?: number;
  /** A place on the map of seeds. */
  readonly map?: readonly [number, number];
  readonly psi?: number;
  /** Packed JSON (packed-json.ts). */
  readonly packed?: string;
}

/** A part of an address that this version cannot read; the rest of it counts. */
export interface UnreadableLink {
  readonly message: string;
  readonly remedy: string;
}

/** What a recipe needs to know of the model. */
export function recipeModelOf({ mapping }: GeneratorConfig): RecipeModel {
  return { numWs: mapping.numWs ?? 1, zDim: mapping.zDim };
}

/** The face of a model where nobody names another. */
export function defaultFace(config: GeneratorConfig): FaceRecipe {
  return faceOfSeed(0, recipeModelOf(config).numWs);
}

/** Writes a face: what people can read for them, anything more as one packed field. */
export function writeFace(fragment: URLSearchParams, config: GeneratorConfig, face: FaceRecipe): void {
  const plain = plainFace(face);
  if (!plain) {
    fragment.set('face', packJson(faceRecipeJson(face, recipeModelOf(config))));
    return;
  }
  for (const [name, value] of Object.entries(plain)) fragment.set(name, value);
  if (face.psi !== DEFAULT_PSI) fragment.set('psi', String(rounded(face.psi, 2)));
}

/** The fields of a face that is made of seeds alone; undefined for one that has more to it. */
function plainFace(face: FaceRecipe): Readonly<Record<string, string>> | undefined {
  const { mode, psiCutoff, conditioning, directions, mapX, mapY } = face;
  if (psiCutoff !== undefined || conditioning.kind !== 'frontal' || directions.length > 0) return undefined;
  if (mode === 'map') return { map: listed([mapX, mapY]) };
  const seeds = sourcesInUse(face).map(plainSeed);
  if (!seeds.every((seed) => seed !== undefined)) return undefined;
  switch (mode) {
    case 'single':
      return { seed: String(seeds[0]) }; // always: an address without a face stands for the model's first view
    case 'mix': {
      const share = shareOfAll(face);
      return share === undefined || seeds.length < 2 ? undefined : { mix: listed(seeds), share: String(share) };
    }
    case 'walk': {
      if (new Set(seeds).size < Math.max(2, seeds.length)) return undefined; // a list names each seed once
      const at = rounded(face.walkPosition, 3);
      return {
        seed: listed(seeds),
        ...(at !== 0 && { at: String(at) }),
        ...(face.walkPath !== 'smooth' && { path: face.walkPath }),
      };
    }
  }
}

/** The seed of a source that is nothing else. */
function plainSeed(source: FaceSource): number | undefined {
  return source.kind === 'seed' && Object.keys(source.edits).length === 0 ? source.seed : undefined;
}

/** The share of B where all layers have the same; undefined if they differ, or it takes too many digits. */
function shareOfAll({ mixLayers, mixSuperResolution: share }: FaceRecipe): number | undefined {
  return mixLayers.every((other) => other === share) && rounded(share, 3) === share ? share : undefined;
}

/** Reads what {@link writeFace} writes, and what people type; what makes no sense is left out, and told where it was to be a seed. */
export function readFaceFields(fields: URLSearchParams): {
  readonly face: SavedFace;
  readonly unreadable?: UnreadableLink;
} {
  const { seeds, mix, unreadable } = seedsIn(fields);
  const [mapX, mapY] = numbersIn(fields, 'map');
  const face = withoutGaps({
    ...(seeds && seeds.length > 1 ? { seeds } : { seed: seeds?.[0] }),
    mix,
    share: numberIn(fields, 'share'),
    at: numberIn(fields, 'at'),
    path: oneOf(fields, 'path', ['linear', 'smooth'] as const),
    map: mapX === undefined || mapY === undefined ? undefined : ([mapX, mapY] as const),
    psi: numberIn(fields, 'psi'),
    packed: fields.get('face') ?? undefined,
  });
  return { face, ...(unreadable && { unreadable }) };
}

/** `seed=7`, or several, or the two of a mix; what is no seed is told rather than made one. */
function seedsIn(fields: URLSearchParams): {
  readonly seeds?: readonly number[];
  readonly mix?: readonly [number, number];
  readonly unreadable?: UnreadableLink;
} {
  const [seed, mix] = [fields.get('seed'), fields.get('mix')];
  try {
    const mixed = mix === null ? [] : mix.split(',').map(readSeed);
    const [a, b = a] = mixed;
    return {
      ...(seed !== null && { seeds: readSeedOrSeeds(seed, MOST_SOURCES) }),
      ...(a !== undefined && b !== undefined && { mix: [a, b] as const }),
    };
  } catch (error) {
    if (!(error instanceof WrittenNumberError)) throw error;
    return { unreadable: { message: `In the link, ${error.message}.`, remedy: error.remedy } };
  }
}

/** A face that fits a model. @param tell is told of one that cannot be read; the model's first face is taken then */
export function restoreFace(
  config: GeneratorConfig,
  { seed = 0, seeds = [seed], mix, share, at, path, map, psi, packed }: SavedFace,
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
  const face = { ...defaultFace(config), ...withoutGaps({ psi, walkPosition: at, walkPath: path }) };
  const sources = (mix ?? seeds).map((one) => seedSource(one));
  const plain = (): FaceRecipe => {
    if (map) return { ...face, mode: 'map', sources, mapX: map[0], mapY: map[1] };
    if (!mix) return { ...face, mode: seeds.length > 1 ? 'walk' : 'single', sources };
    const ofB = share ?? face.mixSuperResolution;
    return { ...face, mode: 'mix', sources, mixLayers: face.mixLayers.map(() => ofB), mixSuperResolution: ofB };
  };
  return readFaceRecipe(plain(), model);
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

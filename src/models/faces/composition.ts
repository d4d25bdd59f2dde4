/**
 * From a face's recipe to its ws: plain arithmetic on the CPU over a few thousand numbers, so that a slider that moves costs one upload and
 * no run of the mapping network. What the mapping network gives for a source is asked for through a function, whose owner keeps it.
 */

import { TrifoldError } from '../../errors';
import { loopThroughKeyframes } from './path';
import { type FaceRecipe, type FaceSource, MAP_ROW, seedSource } from './recipe';

/** What a composition needs to know of the model. */
export interface LatentSpace {
  readonly wDim: number;
  /** Layers of the backbone: copies of w in ws. */
  readonly numWs: number;
  /** The average w that truncation draws towards, [wDim]. */
  readonly average: Float32Array;
  /** Directions of w, each [wDim] and as long as one standard deviation; absent until they are known. */
  readonly directions?: readonly Float32Array[] | undefined;
}

/** The mapping network's w of a source that is a seed, [wDim], without truncation. */
export type SourceMapper = (source: Extract<FaceSource, { kind: 'seed' }>, recipe: FaceRecipe) => Promise<Float32Array>;

export interface ComposedFace {
  /** [numWs * wDim] */
  readonly ws: Float32Array;
  /** The w of the super-resolution, [wDim]. */
  readonly superResolutionW: Float32Array;
}

/** A recipe asks for directions of w that are not known. */
export class UnknownDirectionError extends TrifoldError {
  override readonly code = 'unknown-direction';

  constructor(
    readonly direction: number,
    readonly known: number,
  ) {
    super(
      `The face uses direction ${direction + 1} of w; ${known} are known of this model.`,
      'Find the directions of this model first, or remove the step.',
    );
  }
}

/** Carries out a recipe. @throws UnknownDirectionError; what `map` throws */
export async function composeFace(recipe: FaceRecipe, space: LatentSpace, map: SourceMapper): Promise<ComposedFace> {
  const faceOf = (source: FaceSource) => composeSource(source, recipe, space, map);
  const face = await blended(recipe, faceOf);
  const ws = face.ws.slice();
  for (const { direction, strength, from, to } of recipe.directions) {
    const step = space.directions?.[direction];
    if (!step) throw new UnknownDirectionError(direction, space.directions?.length ?? 0);
    addDirection(ws, step, strength, from, to);
  }
  return { ws, superResolutionW: face.superResolutionW };
}

async function composeSource(
  source: FaceSource,
  recipe: FaceRecipe,
  space: LatentSpace,
  map: SourceMapper,
): Promise<ComposedFace> {
  if (source.kind === 'face') return composeFace(source.face, space, map);
  const ws = truncated(await map(source, recipe), space, recipe.psi, recipe.psiCutoff);
  return { ws, superResolutionW: ws.slice(-space.wDim) };
}

async function blended(
  recipe: FaceRecipe,
  faceOf: (source: FaceSource) => Promise<ComposedFace>,
): Promise<ComposedFace> {
  const { sources } = recipe;
  switch (recipe.mode) {
    case 'single':
      return faceOf(sources[0]!);
    case 'mix': {
      const [a, b] = await Promise.all([faceOf(sources[0]!), faceOf(sources[1] ?? sources[0]!)]);
      return {
        ws: mixedByLayer(a.ws, b.ws, recipe.mixLayers),
        superResolutionW: interpolated(a.superResolutionW, b.superResolutionW, recipe.mixSuperResolution),
      };
    }
    case 'walk': {
      const faces = await Promise.all(sources.map(faceOf));
      const at = (pick: (face: ComposedFace) => Float32Array) =>
        walked(faces.map(pick), recipe.walkPosition, recipe.walkPath);
      return { ws: at(({ ws }) => ws), superResolutionW: at(({ superResolutionW }) => superResolutionW) };
    }
    case 'map': {
      const corners = mapCorners(recipe.mapX, recipe.mapY);
      const faces = await Promise.all(corners.map(({ seed }) => faceOf(seedSource(seed))));
      const at = (pick: (face: ComposedFace) => Float32Array) =>
        weighted(
          faces.map(pick),
          corners.map(({ weight }) => weight),
        );
      return { ws: at(({ ws }) => ws), superResolutionW: at(({ superResolutionW }) => superResolutionW) };
    }
  }
}

/** average + psi (w - average) on the first `cutoff` layers, w on the others; [numWs * wDim]. */
export function truncated(
  w: Float32Array,
  { average, numWs, wDim }: LatentSpace,
  psi: number,
  cutoff = numWs,
): Float32Array {
  // psi = 1 returns w itself, free of the rounding of a sum and a difference.
  const drawn = psi === 1 ? w : w.map((value, index) => average[index]! + psi * (value - average[index]!));
  const ws = new Float32Array(numWs * wDim);
  for (let layer = 0; layer < numWs; layer++) ws.set(layer < cutoff ? drawn : w, layer * wDim);
  return ws;
}

/** (1 - t) a + t b. */
export function interpolated(a: Float32Array, b: Float32Array, t: number): Float32Array {
  if (t === 0) return a;
  return t === 1 ? b : a.map((value, index) => value + t * (b[index]! - value));
}

/** Style mixing: in every layer its own share of b (StyleGAN, section 3.1; EG3D, Fig. 8). @param shares one for each layer, 0..1 */
export function mixedByLayer(a: Float32Array, b: Float32Array, shares: readonly number[]): Float32Array {
  const width = a.length / shares.length;
  const mixed = new Float32Array(a.length);
  shares.forEach((share, layer) => {
    const row = (ws: Float32Array) => ws.subarray(layer * width, (layer + 1) * width);
    mixed.set(interpolated(row(a), row(b), share), layer * width);
  });
  return mixed;
}

/** The sum of vectors times their weights. */
export function weighted(vectors: readonly Float32Array[], weights: readonly number[]): Float32Array {
  const sum = new Float64Array(vectors[0]!.length);
  vectors.forEach((vector, index) => {
    const weight = weights[index]!;
    for (let at = 0; at < sum.length; at++) sum[at]! += weight * vector[at]!;
  });
  return Float32Array.from(sum);
}

/** The point of a closed walk: source k is at k. A smooth walk is the spline of the official video script. */
export function walked(points: readonly Float32Array[], position: number, path: FaceRecipe['walkPath']): Float32Array {
  const count = points.length;
  if (count === 1) return points[0]!;
  if (path === 'smooth') return loopThroughKeyframes(points)(position);
  const place = ((position % count) + count) % count;
  const before = Math.min(Math.floor(place), count - 1);
  return interpolated(points[before]!, points[(before + 1) % count]!, place - before);
}

/** The seeds around a place on the map, with their weights; they sum to 1. */
export function mapCorners(x: number, y: number): { readonly seed: number; readonly weight: number }[] {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const corners = [0, 1].flatMap((dy) =>
    [0, 1].map((dx) => ({
      seed: seedOnMap(column + dx, row + dy),
      weight: (1 - Math.abs(x - column - dx)) * (1 - Math.abs(y - row - dy)),
    })),
  );
  return corners.filter(({ weight }) => weight > 0);
}

/** The seed at a whole place; the map goes on for ever in all directions. */
export function seedOnMap(column: number, row: number): number {
  return (column + row * MAP_ROW) >>> 0;
}

/** Adds strength times a direction to the layers from..to of ws, in place. */
function addDirection(ws: Float32Array, direction: Float32Array, strength: number, from: number, to: number): void {
  const width = direction.length;
  for (let layer = Math.max(0, from); layer <= to && (layer + 1) * width <= ws.length; layer++) {
    for (let at = 0; at < width; at++) ws[layer * width + at]! += strength * direction[at]!;
  }
}

/** Layers by what they decide (StyleGAN, section 3.1): sides 4 and 8, sides 16 and 32, and all above. */
export const LAYER_GROUPS = ['coarse', 'middle', 'fine'] as const;
export type LayerGroup = (typeof LAYER_GROUPS)[number];

/** First and last layer of a group, both included; undefined if a model of so many layers has none in it. */
export function layersOfGroup(group: LayerGroup, numWs: number): readonly [number, number] | undefined {
  const [first, end] = { coarse: [0, 4], middle: [4, 8], fine: [8, numWs] }[group] as [number, number];
  const last = Math.min(end, numWs) - 1;
  return first <= last ? [first, last] : undefined;
}

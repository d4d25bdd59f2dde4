/**
 * What a person does to a face, as functions from recipe to recipe. Numbers may be anything that a control can give: the studio brings every
 * new recipe into the model's ranges (`readFaceRecipe`).
 */
import { LAYER_GROUPS, type LayerGroup, layersOfGroup, seedOnMap } from '../../models/faces/composition';
import {
  DEFAULT_PSI,
  type DirectionStep,
  FACE_MODES,
  type FaceMode,
  type FaceRecipe,
  type FaceSource,
  LARGEST_PSI,
  MAP_ROW,
  MOST_SOURCES,
  type PoseConditioning,
  seedSource,
} from '../../models/faces/recipe';

export {
  DEFAULT_PSI,
  type DirectionStep,
  FACE_MODES,
  type FaceMode,
  type FaceRecipe,
  type FaceSource,
  LARGEST_PSI,
  LAYER_GROUPS,
  type LayerGroup,
  layersOfGroup,
  MOST_SOURCES,
  type PoseConditioning,
  seedOnMap,
  seedSource,
};

export type FaceChange = (face: FaceRecipe) => FaceRecipe;

/** A choice is sure of its win with so much more than all others have (see {@link withChoice}). */
export const WINNING_MARGIN = 2.5;

/** What is made of the sources. A mix or a walk needs two, and gets the next seed as its second. */
export function withMode(mode: FaceMode): FaceChange {
  return (face) => {
    const needsTwo = (mode === 'mix' || mode === 'walk') && face.sources.length < 2;
    return { ...face, mode, sources: needsTwo ? [...face.sources, nextSource(face)] : face.sources };
  };
}

/** Puts a source in the place of another. */
export function withSource(index: number, source: FaceSource): FaceChange {
  return (face) => ({ ...face, sources: face.sources.map((former, at) => (at === index ? source : former)) });
}

/** Another seed for a source; its edits stay. A saved face gives way to the seed. */
export function withSeed(index: number, seed: number): FaceChange {
  return (face) => withSource(index, seedSource(seed, editsOf(face.sources[index])))(face);
}

/** Several seeds make a walk: they come into the place of a source of one, or are the whole of it. One is as {@link withSeed}. */
export function withSeeds(index: number, seeds: readonly number[]): FaceChange {
  return (face) => {
    const [first, ...others] = seeds;
    if (first === undefined) return face;
    if (others.length === 0) return withSeed(index, first)(face);
    const arrived = seeds.map((seed) => seedSource(seed));
    if (face.mode !== 'walk') return { ...face, mode: 'walk', sources: arrived };
    return { ...face, sources: face.sources.toSpliced(index, 1, ...arrived) };
  };
}

/** One source more, at the end; nothing happens when there are as many as may be. */
export function withAnotherSource(source?: FaceSource): FaceChange {
  return (face) =>
    face.sources.length >= MOST_SOURCES ? face : { ...face, sources: [...face.sources, source ?? nextSource(face)] };
}

/** A source less; the last one stays. */
export function withoutSource(index: number): FaceChange {
  return (face) => {
    const sources = face.sources.filter((_, at) => at !== index);
    if (sources.length === 0) return face;
    const mode = sources.length < 2 && face.mode !== 'map' ? 'single' : face.mode;
    return { ...face, mode, sources };
  };
}

/** A source goes to another place among the others. */
export function withSourceMoved(from: number, to: number): FaceChange {
  return (face) => {
    const source = face.sources[from];
    if (!source || to < 0 || to >= face.sources.length) return face;
    const others = face.sources.filter((_, at) => at !== from);
    return { ...face, sources: [...others.slice(0, to), source, ...others.slice(to)] };
  };
}

/** A becomes B, and B becomes A. */
export const withSourcesSwapped: FaceChange = (face) => {
  const [a, b, ...others] = face.sources;
  return b ? { ...face, sources: [b, a!, ...others] } : face;
};

/** A value in the place of the seed's own for a dimension of z; undefined gives the seed's own back. */
export function withEdit(index: number, dimension: number, value: number | undefined): FaceChange {
  return (face) => {
    const source = face.sources[index];
    if (source?.kind !== 'seed') return face;
    const { [dimension]: _, ...others } = source.edits;
    const edits = value === undefined ? others : { ...others, [dimension]: value };
    return withSource(index, seedSource(source.seed, edits))(face);
  };
}

/**
 * One of several dimensions of z of which the largest number wins: it gets a number that wins, the others their own back. What else a model may
 * add to them before it compares them (the bundled one: a term for gender, and how frequent a style is) is up to 2.5 in the bundled model:
 * with so much more than the largest other, 98 % of choices are what comes.
 * @param own the seed's values, [zDim]; undefined gives all their own back
 */
export function withChoice(
  index: number,
  group: readonly number[],
  chosen: number | undefined,
  own: ArrayLike<number>,
): FaceChange {
  return (face) => {
    const source = face.sources[index];
    if (source?.kind !== 'seed') return face;
    const others = Object.entries(source.edits).filter(([dimension]) => !group.includes(Number(dimension)));
    const kept: Record<number, number> = Object.fromEntries(others);
    if (chosen !== undefined) {
      const rivals = group.filter((dimension) => dimension !== chosen).map((dimension) => own[dimension] ?? 0);
      const wins = Math.ceil((Math.max(...rivals) + WINNING_MARGIN) * 100) / 100; // few digits: it travels in links
      if ((own[chosen] ?? 0) < wins) kept[chosen] = wins;
    }
    return withSource(index, seedSource(source.seed, kept))(face);
  };
}

/** The seed's own values for all dimensions. */
export function withoutEdits(index: number): FaceChange {
  return (face) => {
    const source = face.sources[index];
    return source?.kind === 'seed' ? withSource(index, seedSource(source.seed))(face) : face;
  };
}

/** The share of B in layers from..to, both included. */
export function withMixLayers(from: number, to: number, share: number): FaceChange {
  return (face) => ({
    ...face,
    mixLayers: face.mixLayers.map((former, layer) => (layer >= from && layer <= to ? share : former)),
  });
}

/** The share of B in a group of layers. */
export function withMixGroup(group: LayerGroup, share: number): FaceChange {
  return (face) => {
    const layers = layersOfGroup(group, face.mixLayers.length);
    return layers ? withMixLayers(...layers, share)(face) : face;
  };
}

/** The share of B in a group, averaged over its layers; undefined if the model has no such layers. */
export function mixOfGroup(face: FaceRecipe, group: LayerGroup): number | undefined {
  const layers = layersOfGroup(group, face.mixLayers.length);
  if (!layers) return undefined;
  const shares = face.mixLayers.slice(layers[0], layers[1] + 1);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** A up to the crossing point, B from that layer on (EG3D, Fig. 8). @param layer 0: all B; as many as there are layers: all A */
export function withCrossing(layer: number): FaceChange {
  return (face) => ({
    ...face,
    mixLayers: face.mixLayers.map((_, at) => (at < layer ? 0 : 1)),
    mixSuperResolution: layer < face.mixLayers.length ? 1 : 0,
  });
}

/** Ready-made mixes. */
export const MIX_PRESETS = ['all-a', 'half', 'all-b', 'geometry-a-colours-b', 'geometry-b-colours-a'] as const;
export type MixPreset = (typeof MIX_PRESETS)[number];

/** Geometry is decided by coarse and middle layers, colours by the fine ones and the super-resolution. */
export function withMixPreset(preset: MixPreset): FaceChange {
  const [geometry, colours] = {
    half: [0.5, 0.5],
    'geometry-a-colours-b': [0, 1],
    'geometry-b-colours-a': [1, 0],
    'all-a': [0, 0],
    'all-b': [1, 1],
  }[preset] as [number, number];
  return (face) => {
    const [, lastOfGeometry] = layersOfGroup('middle', face.mixLayers.length) ?? [0, face.mixLayers.length - 1];
    return {
      ...face,
      mixLayers: face.mixLayers.map((_, layer) => (layer <= lastOfGeometry ? geometry : colours)),
      mixSuperResolution: colours,
    };
  };
}

/** Changes the step along a direction, or adds it; a strength of 0 takes it away. */
export function withDirection(step: DirectionStep): FaceChange {
  return (face) => {
    const others = face.directions.filter(({ direction }) => direction !== step.direction);
    const directions = step.strength === 0 ? others : [...others, step].sort((a, b) => a.direction - b.direction);
    return { ...face, directions };
  };
}

/** A place on the map; whole numbers are seeds. */
export function withPlace(mapX: number, mapY: number): FaceChange {
  return (face) => ({ ...face, mapX, mapY });
}

/** The place of a seed on the map. */
export function withPlaceOf(seed: number): FaceChange {
  return withPlace(seed % MAP_ROW, Math.floor(seed / MAP_ROW));
}

/** The seed that is nearest to the present place on the map. */
export function nearestSeed({ mapX, mapY }: FaceRecipe): number {
  return seedOnMap(Math.round(mapX), Math.round(mapY));
}

/** Seconds from one source of a walk to the next. */
const WALK_SECONDS = 2;

/** A walk some time later; it begins again after the last source. */
export function walkedOn(face: FaceRecipe, seconds: number): FaceRecipe {
  return { ...face, walkPosition: (face.walkPosition + seconds / WALK_SECONDS) % face.sources.length };
}

/** The sources that the face is made of, as it is now; a place on the map has none. */
export function sourcesInUse({ mode, sources }: FaceRecipe): readonly FaceSource[] {
  const count = { single: 1, mix: 2, walk: sources.length, map: 0 }[mode];
  return sources.slice(0, count);
}

/** One of the sources as the face that it is by itself, truncated, posed and moved along directions as the whole is. */
export function faceOfSource(face: FaceRecipe, source: FaceSource): FaceRecipe {
  return { ...face, mode: 'single', sources: [source] };
}

/** The seed of a source; undefined for a saved face. */
export function seedOf(source: FaceSource | undefined): number | undefined {
  return source?.kind === 'seed' ? source.seed : undefined;
}

export function editsOf(source: FaceSource | undefined): Readonly<Record<number, number>> {
  return source?.kind === 'seed' ? source.edits : {};
}

/** The seed after the highest one, for a source that nobody has chosen yet. */
function nextSource({ sources }: FaceRecipe): FaceSource {
  return seedSource(Math.max(...sources.map((source) => seedOf(source) ?? 0)) + 1);
}

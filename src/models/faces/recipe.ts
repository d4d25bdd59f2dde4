/**
 * A face as a recipe: everything that decides its w, as plain data that fits in an address or a JSON file. From seeds to ws:
 *
 *   source (seed, edits of z) --mapping--> w of each source
 *   one source | A and B mixed layer by layer | a walk through all sources | a place on the map of seeds
 *   truncation towards the average, then steps along directions of w in some layers
 *
 * `composeFace` in composition.ts carries it out. Names: style mixing as in EG3D Fig. 8 and StyleGAN section 3.1, truncation as in
 * StyleGAN's appendix B, directions as in GANSpace (Härkönen et al. 2020).
 */

/** A face to start from. */
export type FaceSource =
  | {
      readonly kind: 'seed';
      /** Whole number, 0..2^32-1; numpy's `RandomState(seed).randn(1, z_dim)` is the latent code. */
      readonly seed: number;
      /** Values that take the place of the seed's own, by the index of the latent dimension. */
      readonly edits: Readonly<Record<number, number>>;
    }
  /** A saved face, taken as it is: its own truncation and edits are in it. */
  | { readonly kind: 'face'; readonly name: string; readonly face: FaceRecipe };

/** What is made of the sources. */
export type FaceMode = 'single' | 'mix' | 'walk' | 'map';
export const FACE_MODES: readonly FaceMode[] = ['single', 'mix', 'walk', 'map'];

/** A step along a direction of w. */
export interface DirectionStep {
  /** Number of the direction, 0 for the one along which w varies most. */
  readonly direction: number;
  /** In standard deviations of w along the direction. */
  readonly strength: number;
  /** First and last layer that it acts on, both included. */
  readonly from: number;
  readonly to: number;
}

/** Which camera the mapping network is told (generator pose conditioning, EG3D section 4.4). */
export type PoseConditioning =
  /** The model's own frontal camera. */
  | { readonly kind: 'frontal' }
  /** The camera that looks: the face then changes a little as it turns. */
  | { readonly kind: 'follow' }
  /** Radians. */
  | { readonly kind: 'fixed'; readonly yaw: number; readonly pitch: number };

export interface FaceRecipe {
  readonly mode: FaceMode;
  /** At least one. The first is A, the second B; a walk goes through all. */
  readonly sources: readonly FaceSource[];
  /** Of a mix: for every layer of the backbone the share of B, 0..1. */
  readonly mixLayers: readonly number[];
  /** Of a mix: the share of B in the w of the super-resolution, 0..1. */
  readonly mixSuperResolution: number;
  /** Of a walk: where it is; source k is at k, and after the last comes the first again. */
  readonly walkPosition: number;
  /** Straight from source to source, or a smooth curve through them. */
  readonly walkPath: 'linear' | 'smooth';
  /** Of the map: whole numbers are seeds (x + 100 y), in between faces blend. */
  readonly mapX: number;
  readonly mapY: number;
  /** Truncation: 0 is the average face, 1 the face as sampled; at most {@link LARGEST_PSI}. */
  readonly psi: number;
  /** Number of leading layers that psi acts on; undefined for all. */
  readonly psiCutoff: number | undefined;
  readonly conditioning: PoseConditioning;
  readonly directions: readonly DirectionStep[];
}

/** Truncation of new faces: most are well formed there, and still unlike each other. */
export const DEFAULT_PSI = 0.7;
/** Beyond 1 a face is further from the average than it was sampled: stranger, and sooner or later broken. */
export const LARGEST_PSI = 1.5;
/** Seeds in a row of the map, as in the official visualizer. */
export const MAP_ROW = 100;
/** Saved faces may have saved faces as sources, but not without end. */
export const DEEPEST_FACE = 4;
/** As many faces a walk may go through. */
export const MOST_SOURCES = 16;

/** The face of a seed, for a model of so many layers. */
export function faceOfSeed(seed: number, layers: number): FaceRecipe {
  return {
    mode: 'single',
    sources: [seedSource(seed)],
    mixLayers: new Array<number>(layers).fill(0.5),
    mixSuperResolution: 0.5,
    walkPosition: 0,
    walkPath: 'smooth',
    mapX: 0,
    mapY: 0,
    psi: DEFAULT_PSI,
    psiCutoff: undefined,
    conditioning: { kind: 'frontal' },
    directions: [],
  };
}

export function seedSource(
  seed: number,
  edits: Readonly<Record<number, number>> = {},
): Extract<FaceSource, { kind: 'seed' }> {
  return { kind: 'seed', seed, edits };
}

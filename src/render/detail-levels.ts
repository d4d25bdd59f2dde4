/**
 * The quality ladder: ways of drawing a frame of the same view, from the full picture down to a few rays without super-resolution. While the
 * camera moves, a device takes the best that it can draw in time (quality-control.ts).
 */
import type { MarchSettings, RenderSettings } from './render-settings';

/** A number of `FrameRenderer.levels`, 0 for the full picture; or the full picture by the reference's arithmetic, for files and figures. */
export type Detail = number | 'exact';

/** One way of drawing a frame. */
export interface FrameLevel {
  /** Side of the feature image. */
  readonly side: number;
  /** Whether super-resolution follows. */
  readonly isEnlarged: boolean;
  /** How rays are marched; undefined where a network makes the feature image. */
  readonly settings: MarchSettings | undefined;
}

/** Fewer rays than this a side show no head any more. */
const LEAST_SIDE = 16;
/** Below the raw picture: shares of the rays along one side. */
const REDUCED = [3 / 4, 1 / 2, 3 / 8, 1 / 4];

/** The ladder of the volumetric renderer. @param settings of the full picture; the reduced ones are drafts */
export function volumetricLevels(settings: RenderSettings): readonly (FrameLevel & { settings: MarchSettings })[] {
  const { neuralResolution: side } = settings;
  const draft: MarchSettings = { ...settings, quality: 'draft' };
  // The raw picture has the rays of the full one, unless those take much longer.
  const raw = settings.quality === 'fast' ? settings : draft;
  const reduced = REDUCED.map((share): MarchSettings => {
    return { ...draft, neuralResolution: Math.max(LEAST_SIDE, Math.ceil(side * share)) };
  }).filter(({ neuralResolution }, index, all) => {
    return neuralResolution < (index === 0 ? side : all[index - 1]!.neuralResolution);
  });
  const levels = [raw, ...reduced].map((wanted) => ({
    side: wanted.neuralResolution,
    isEnlarged: false,
    settings: wanted,
  }));
  return [{ side, isEnlarged: true, settings }, ...levels];
}

/** Of the work of a full picture, about so much is the feature image; the rest is the super-resolution. */
const FEATURE_SHARE = 0.5;

/**
 * How much work a level is, 1 for the final picture in full: a first guess, until it has been measured.
 * @param full the first level of the same ladder
 * @param isFinal whether it is the final picture, which super-resolution makes
 */
export function workOf(level: FrameLevel, full: FrameLevel, isFinal: boolean): number {
  const feature = (marchWork(level) / marchWork(full)) * FEATURE_SHARE;
  return isFinal && level.isEnlarged ? feature + 1 - FEATURE_SHARE : feature;
}

/** About what a ray takes, in samples of an exact one. */
const RAY_WORK = { fast: 18, draft: 12 } as const;

function marchWork({ side, settings }: FrameLevel): number {
  if (!settings) return side * side;
  const { quality, depthSamples, importanceSamples } = settings;
  return side * side * (quality === 'exact' ? depthSamples + importanceSamples : RAY_WORK[quality]);
}

/**
 * The quality ladder: ways of drawing a frame of the same view, from the full picture down to a few rays without super-resolution. While the
 * camera moves, a device takes the best that it can draw in time (quality-control.ts).
 */
import type { RenderSettings } from './render-settings';

/** A number of `FrameRenderer.levels`, 0 for the full picture; or the full picture by the reference's arithmetic, for files and figures. */
export type Detail = number | 'exact';

/** One way of drawing a frame. */
export interface FrameLevel {
  /** Side of the feature image. */
  readonly side: number;
  /** Whether super-resolution follows. */
  readonly isEnlarged: boolean;
  /** How rays are marched; undefined where a network makes the feature image. */
  readonly settings: RenderSettings | undefined;
}

/** Fewer rays than this a side show no head any more. */
const LEAST_SIDE = 16;
/** Fewer samples leave importance sampling no intervals to choose from. */
const LEAST_SAMPLES = 4;
/** Below the raw picture: shares of the rays along one side, and of the samples of a ray. */
const REDUCED = [
  { rays: 3 / 4, samples: 1 },
  { rays: 1 / 2, samples: 1 / 2 },
  { rays: 3 / 8, samples: 1 / 2 },
  { rays: 1 / 4, samples: 1 / 2 },
] as const;

/** The ladder of the volumetric renderer. @param settings of the full picture; all below it are `fast` */
export function volumetricLevels(settings: RenderSettings): readonly (FrameLevel & { settings: RenderSettings })[] {
  const { neuralResolution: side, depthSamples, importanceSamples } = settings;
  const raw: RenderSettings = { ...settings, quality: 'fast' };
  const reduced = REDUCED.map(({ rays, samples }): RenderSettings => {
    return {
      neuralResolution: Math.max(LEAST_SIDE, Math.ceil(side * rays)),
      depthSamples: Math.min(depthSamples, Math.max(LEAST_SAMPLES, Math.ceil(depthSamples * samples))),
      importanceSamples: Math.ceil(importanceSamples * samples),
      quality: 'fast',
    };
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

function marchWork({ side, settings }: FrameLevel): number {
  return side * side * (settings ? settings.depthSamples + settings.importanceSamples : 1);
}

/**
 * What the volume rendering pipelines need to know about a model. `RenderingConfig` of models/config.ts has all of these fields and can
 * be passed as it is; they are repeated here because pipelines do not import from models.
 */
import { GpuError } from '../../gpu/errors';

/** Coordinates (0 = x, 1 = y, 2 = z) that address each plane's width and height. */
export type TriPlaneAxes = readonly (readonly [u: 0 | 1 | 2, v: 0 | 1 | 2])[];

/** How a point's features are found in the planes. */
export interface TriPlaneOptions {
  readonly planeAxes: TriPlaneAxes;
  /** Channels of one plane, a multiple of four. */
  readonly planeChannels: number;
  /** Side of the box that the planes cover, in scene units. */
  readonly boxWarp: number;
}

/** Extents of the decoder. All are multiples of four. */
export interface DecoderExtents {
  readonly planeChannels: number;
  readonly decoderHiddenWidth: number;
  /** Colour features, beside the density. */
  readonly decoderOutputs: number;
}

/**
 * - `exact`: the reference's arithmetic, sample by sample.
 * - `fast`: a sketch of the density, made once a face, tells where a ray meets something, and only there is the model asked: a picture that
 *   looks the same (docs/performance.md has the decibels) at a fraction of the cost. Sample counts mean nothing to it.
 * - `draft`: the same with fewer questions and no more than the raw picture's colours, for pictures that move and no network enlarges.
 */
export type RenderQuality = 'exact' | 'fast' | 'draft';

/** How rays are cut into samples and what is behind them. */
export interface MarchOptions {
  /** Default: 'exact'. */
  readonly quality?: RenderQuality | undefined;
  /** Distances along the unit direction, or 'auto' for the entry into and the exit from the box. */
  readonly rayLimits: 'auto' | { readonly start: number; readonly end: number };
  /** Samples of the first pass: 2 or more, 4 or more with importance samples. */
  readonly depthSamples: number;
  /** Samples of the second pass, placed where the first found something; 0 for none. */
  readonly importanceSamples: number;
  /** Spread the first samples evenly over 1 / depth; all depths must then be positive. */
  readonly disparitySampling: boolean;
  readonly whiteBackground: boolean;
}

export interface RenderingOptions extends TriPlaneOptions, DecoderExtents, MarchOptions {}

/** The rendering options cannot work. */
export class RenderingOptionError extends GpuError {
  override readonly code = 'rendering-option';

  constructor(
    readonly option: string,
    readonly value: unknown,
    requirement: string,
  ) {
    super(
      `The rendering option "${option}" is ${JSON.stringify(value)}; ${requirement}.`,
      `Change "${option}", or check the configuration that the model file carries.`,
    );
  }
}

/** @throws RenderingOptionError for sample counts or limits that leave nothing to integrate */
export function checkMarchOptions(options: MarchOptions): void {
  const { depthSamples, importanceSamples, rayLimits, disparitySampling } = options;
  const least = importanceSamples > 0 ? 4 : 2;
  if (!Number.isInteger(depthSamples) || depthSamples < least) {
    const reason = importanceSamples > 0 ? ' to place importance samples' : '';
    throw new RenderingOptionError('depthSamples', depthSamples, `it takes at least ${least} samples${reason}`);
  }
  if (!Number.isInteger(importanceSamples) || importanceSamples < 0) {
    throw new RenderingOptionError('importanceSamples', importanceSamples, 'it must be an integer of 0 or more');
  }
  if (rayLimits === 'auto') return;
  if (!(rayLimits.end > rayLimits.start)) {
    throw new RenderingOptionError('rayLimits', rayLimits, 'the end must lie behind the start');
  }
  if (disparitySampling && !(rayLimits.start > 0)) {
    throw new RenderingOptionError('rayLimits', rayLimits, 'disparity sampling needs a start above 0');
  }
}

/** Where the jitter of the stratified depths and the u of importance sampling come from. */
import { ShapeError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { padToFour, type Tensor } from '../gpu/tensor';
import randomSource from '../shaders/common/random.wgsl?raw';
import samplingModeSource from '../shaders/common/sampling-mode.wgsl?raw';

/** In the order of the shader's SAMPLING constant. */
const SAMPLING_MODES = ['even', 'det', 'recorded', 'random'] as const;

/**
 * - `even` (the default at inference): jitter 0.5, u_k = (k + 0.5) / F.
 * - `det`: jitter 0.5, u_k = k / (F - 1), ends included.
 * - `recorded`: jitter [N, R, S] in [0, 1) and u [N * R, F] in [0, 1]; u may be left out where there are no importance samples.
 * - `random`: both from a hash of the seed (an integer below 2^32), the ray and the sample; the same seed gives the same picture.
 */
export type RaySampling =
  | { readonly mode: 'even' }
  | { readonly mode: 'det' }
  | { readonly mode: 'recorded'; readonly jitter: Tensor; readonly u?: Tensor | undefined }
  | { readonly mode: 'random'; readonly seed: number };

/** Source texts for a kernel with `jitter` and `uniforms` bindings. */
export const SAMPLING_SOURCES = [samplingModeSource, randomSource] as const;

/** Number of values of which a sampling makes or takes one each. */
export interface SamplingExtents {
  readonly batch: number;
  /** Rays of one image. */
  readonly rays: number;
  readonly coarseSamples: number;
  readonly fineSamples: number;
}

/**
 * Bindings, parameters and constants for a kernel that includes {@link SAMPLING_SOURCES}.
 * @throws ShapeError when recorded draws have other extents
 */
export function samplingSettings(plan: PlanBuilder, sampling: RaySampling, extents: SamplingExtents) {
  const { batch, rays, coarseSamples, fineSamples } = extents;
  const recorded = sampling.mode === 'recorded' ? sampling : undefined;
  if (recorded) {
    expectRows(recorded.jitter, batch * rays, coarseSamples, 'jitter');
    if (recorded.u) expectRows(recorded.u, batch * rays, fineSamples, 'u');
    else if (fineSamples > 0) throw new ShapeError('recorded sampling with importance samples takes a tensor u');
  }
  const unused = recorded?.u ? undefined : plan.tensor('no recorded draws', [4]);
  return {
    bindings: { jitter: recorded?.jitter ?? unused!, uniforms: recorded?.u ?? unused! },
    params: {
      jitterStride: recorded?.jitter.stride ?? padToFour(coarseSamples),
      uniformStride: recorded?.u?.stride ?? padToFour(Math.max(1, fineSamples)),
      seed: sampling.mode === 'random' ? sampling.seed >>> 0 : 0,
    },
    constants: { SAMPLING: SAMPLING_MODES.indexOf(sampling.mode) },
  };
}

function expectRows(tensor: Tensor, rows: number, columns: number, name: string): void {
  const actualRows = tensor.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  if (actualRows !== rows || tensor.shape[tensor.shape.length - 1] !== columns) {
    throw new ShapeError(`recorded ${name}: "${tensor.label}" is [${tensor.shape}], expected ${rows} rows of ${columns}`);
  }
}

/** Where the jitter of the stratified depths and the u of importance sampling come from. */
import { ShapeError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, padToFour, type Tensor } from '../../gpu/tensor';

/** In the order of the shader's SAMPLING constant. */
const SAMPLING_MODES = ['even', 'det', 'recorded', 'random'] as const;

/**
 * - `even` (the default at inference): jitter 0.5, u_k = (k + 0.5) / F.
 * - `det`: jitter 0.5, u_k = k / (F - 1), ends included.
 * - `recorded`: jitter [N, R, S] in [0, 1) and u [N * R, F] in [0, 1]; either may be left out where it is not used.
 * - `random`: both from a hash of the seed (an integer below 2^32), the ray and the sample; the same seed gives the same picture.
 */
export type RaySampling =
  | { readonly mode: 'even' }
  | { readonly mode: 'det' }
  | { readonly mode: 'recorded'; readonly jitter?: Tensor | undefined; readonly u?: Tensor | undefined }
  | { readonly mode: 'random'; readonly seed: number };

/** Bindings, parameters and constants for a kernel that draws. */
interface DrawSettings {
  readonly draws: Tensor;
  /** Floats from one ray's draws to the next. */
  readonly stride: number;
  readonly seed: number;
  readonly constants: { readonly SAMPLING: number };
}

/**
 * The draws of the stratified samples, one for each of `rows` rays and `samples`.
 * @throws ShapeError when recorded draws are missing or have other extents
 */
export function jitterSettings(plan: PlanBuilder, sampling: RaySampling, rows: number, samples: number): DrawSettings {
  return drawSettings(
    plan,
    sampling,
    sampling.mode === 'recorded' ? sampling.jitter : undefined,
    'jitter',
    rows,
    samples,
  );
}

/** The draws of the importance samples; `samples` may be 0. @throws ShapeError as {@link jitterSettings} */
export function uniformSettings(plan: PlanBuilder, sampling: RaySampling, rows: number, samples: number): DrawSettings {
  return drawSettings(plan, sampling, sampling.mode === 'recorded' ? sampling.u : undefined, 'u', rows, samples);
}

function drawSettings(
  plan: PlanBuilder,
  sampling: RaySampling,
  recorded: Tensor | undefined,
  name: string,
  rows: number,
  samples: number,
): DrawSettings {
  if (sampling.mode === 'recorded' && samples > 0) {
    if (!recorded) throw new ShapeError(`recorded sampling takes a tensor "${name}" of ${rows} rows of ${samples}`);
    const { shape, label } = recorded;
    if (elementCount(shape.slice(0, -1)) !== rows || shape[shape.length - 1] !== samples) {
      throw new ShapeError(`recorded ${name}: "${label}" is [${shape}], expected ${rows} rows of ${samples}`);
    }
  }
  return {
    draws: recorded ?? plan.tensor(`no recorded ${name}`, [4]),
    stride: padToFour(samples),
    seed: sampling.mode === 'random' ? sampling.seed >>> 0 : 0,
    constants: { SAMPLING: SAMPLING_MODES.indexOf(sampling.mode) },
  };
}

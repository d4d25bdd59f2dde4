/** StyleGAN3's input (section 3.2): plane waves that w turns and moves. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import fourierFeaturesShader from '../../shaders/resampling/fourier-features.wgsl';

const KERNEL = defineKernel(fourierFeaturesShader);

export interface FourierFeaturesOptions {
  /** [N, 4]: rotation (cosine, sine) and translation (x, y) as the affine layer gives them, not normalised. */
  readonly motion: Tensor;
  /** [3, 3]: what the user does to the picture, row by row, in units of its side. */
  readonly transform: Tensor;
  /** [C, 3]: frequency x and y in cycles per side of the picture, phase in cycles. */
  readonly waves: Tensor;
  /** Side of the result in pixels. */
  readonly size: number;
  /** Pixels per side of the picture. */
  readonly samplingRate: number;
  /** Frequency from which on waves are damped. */
  readonly bandwidth: number;
}

/** @returns [N, size, size, C], -1..1 @throws ShapeError */
export function fourierFeatures(plan: PlanBuilder, options: FourierFeaturesOptions): Tensor {
  const { motion, transform, waves, size, samplingRate, bandwidth } = options;
  const batch = motion.shape[0]!;
  const channels = waves.shape[0]!;
  expectShape(motion, [batch, 4], 'fourierFeatures motion');
  expectShape(transform, [3, 3], 'fourierFeatures transform');
  expectShape(waves, [channels, 3], 'fourierFeatures waves');
  const output = plan.scratch('fourier features', [batch, size, size, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { motion, transform, waves, output },
    params: { batch, size, channels, samplingRate, bandwidth },
    workgroups: linearGrid((batch * size * size * output.stride) / 4),
  });
  return output;
}

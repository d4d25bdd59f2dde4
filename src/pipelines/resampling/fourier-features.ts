/** StyleGAN3's input (section 3.2): plane waves that w turns and moves. */

import { linearGrid, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import fourierFeaturesShader from '../../shaders/resampling/fourier-features.wgsl';
import fourierFeaturesGradientShader from '../../shaders/resampling/fourier-features-gradient.wgsl';
import { sumLeading } from '../reduction/sum-rows';

const KERNEL = defineKernel(fourierFeaturesShader);
const GRADIENT = defineKernel(fourierFeaturesGradientShader);

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

/**
 * The picture's gradient reaches the motion; transform and waves are taken as given.
 * @returns [N, size, size, C], -1..1
 * @throws ShapeError
 */
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
  plan.record({
    inputs: [motion],
    outputs: [output],
    backward: ([gradient]) => [motionGradient(plan, gradient, options)],
  });
  return output;
}

/** The gradient with respect to the motion, [N, 4]. It cannot be differentiated any further. */
function motionGradient(plan: PlanBuilder, gradient: Tensor, options: FourierFeaturesOptions): Tensor {
  const { motion, transform, waves, size, samplingRate, bandwidth } = options;
  const batch = motion.shape[0]!;
  const output = plan.scratch(`${motion.label} gradient of rows`, [size, batch, 4]);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { motion, transform, waves, gradient, output },
    params: { batch, size, channels: waves.shape[0]!, samplingRate, bandwidth },
    workgroups: workgroupGrid(size * batch),
  });
  return sumLeading(plan, output, 1);
}

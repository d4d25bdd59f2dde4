/**
 * Batch normalisation (Ioffe and Szegedy 2015) of a trained network is an affine map of each channel, and so is what a convolution before it
 * does with its weights and bias: the two become one convolution, at no cost when it runs (algorithm 2 there, line 11). On the processor, for
 * parameters that are frozen.
 */
import { ShapeError } from '../../../gpu/errors';

/** Of one layer, as a file has it: C numbers each, one for a channel. */
export interface BatchNorm {
  /** Factor after normalisation. */
  readonly gamma: ArrayLike<number>;
  /** Addend after it. */
  readonly beta: ArrayLike<number>;
  /** Running mean of the training. */
  readonly mean: ArrayLike<number>;
  /** Running variance of the training, 0 or more. */
  readonly variance: ArrayLike<number>;
  /** Added to the variance. Default: 1e-5 (as torch has it). */
  readonly epsilon?: number | undefined;
}

/**
 * Weights and bias of the convolution that gives what convolution and batch normalisation give one after the other:
 *
 *   scale = gamma / sqrt(variance + epsilon),   weight' = weight * scale,   bias' = (bias - mean) * scale + beta.
 *
 * Computed in double precision and rounded once. Gradients can be asked of the folded numbers, not of what they are made of.
 * @param weight stored weights of C output channels, the outermost axis: [C, inChannels, height, width], or [C, 1, height, width] if depthwise
 * @param bias of the convolution, C numbers; undefined where it has none
 * @returns the weights in the same order, and the bias, C numbers
 * @throws ShapeError for lengths that do not fit
 */
export function foldBatchNorm(
  weight: ArrayLike<number>,
  bias: ArrayLike<number> | undefined,
  norm: BatchNorm,
): { weight: Float32Array; bias: Float32Array } {
  const { gamma, beta, mean, variance, epsilon = 1e-5 } = norm;
  const channels = gamma.length;
  for (const [name, values] of Object.entries({ beta, mean, variance, bias })) {
    if (values && values.length !== channels) {
      throw new ShapeError(`foldBatchNorm: ${values.length} numbers of ${name} for ${channels} channels`);
    }
  }
  if (channels === 0 || weight.length % channels !== 0) {
    throw new ShapeError(`foldBatchNorm: ${weight.length} weights cannot be those of ${channels} output channels`);
  }
  const scales = Float64Array.from(variance, (value, channel) => gamma[channel]! / Math.sqrt(value + epsilon));
  const weightsPerChannel = weight.length / channels;
  return {
    weight: Float32Array.from(weight, (value, at) => value * scales[Math.floor(at / weightsPerChannel)]!),
    bias: Float32Array.from(
      scales,
      (scale, channel) => ((bias?.[channel] ?? 0) - mean[channel]!) * scale + beta[channel]!,
    ),
  };
}

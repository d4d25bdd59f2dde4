/**
 * Convolutions with FIR resampling, and the layer of StyleGAN2's discriminator that is made of them. Compositions of operations, so their gradients
 * are those of the parts. Used by training (issue 14).
 */

import { WiringError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import { type ActivationOptions, defaultGain } from '../dense/activation';
import { biasAct } from '../dense/bias-act';
import {
  addPadding,
  BINOMIAL_FILTER,
  type FirFilter,
  type Padding,
  paddingForDownsampling,
  paddingForUpsampling,
  upfirdn2d,
} from '../resampling/upfirdn2d';
import { conv2d } from './conv2d';

export interface Conv2dResampleOptions {
  /** Factor by which the picture grows before the convolution. Default: 1. */
  readonly up?: number | undefined;
  /** Factor by which it shrinks after. Default: 1. At most one of the two may differ from 1. */
  readonly down?: number | undefined;
  /** In pixels of the enlarged picture. Default: 0. */
  readonly padding?: Padding | undefined;
  /** Low-pass filter of the resampling. Default: {@link BINOMIAL_FILTER}. */
  readonly filter?: FirFilter | undefined;
}

/**
 * Convolution of an enlarged picture, or shrunk convolution of a picture, with a low-pass filter in between.
 * @param weight as for {@link conv2d}; flip it at load for a true convolution
 * @throws WiringError, ShapeError
 */
export function conv2dResample(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  options: Conv2dResampleOptions = {},
): Tensor {
  const { up = 1, down = 1, padding = 0, filter = BINOMIAL_FILTER } = options;
  if (up > 1 && down > 1)
    throw new WiringError(`conv2dResample: up ${up} and down ${down} at once; one of them must be 1`);
  const isPoint = weight.shape[0] === 1 && weight.shape[1] === 1;
  if (up > 1) {
    const enlarged = addPadding(padding, paddingForUpsampling(filter, up));
    // A kernel of one tap commutes with the enlargement, and has fewer pixels to compute before it.
    if (isPoint) return upfirdn2d(plan, conv2d(plan, input, weight), filter, { up, padding: enlarged, gain: up * up });
    return conv2d(plan, upfirdn2d(plan, input, filter, { up, padding: enlarged, gain: up * up }), weight);
  }
  if (down > 1) {
    // Filter and convolution commute, so the filter runs first and the convolution computes only the pixels that are kept.
    const enlarged = addPadding(padding, paddingForDownsampling(filter, down));
    if (isPoint) return conv2d(plan, upfirdn2d(plan, input, filter, { down, padding: enlarged }), weight);
    return conv2d(plan, upfirdn2d(plan, input, filter, { padding: enlarged }), weight, { stride: down });
  }
  return conv2d(plan, input, weight, { padding });
}

export interface Conv2dLayerOptions extends Pick<ActivationOptions, 'activation' | 'clamp'> {
  readonly up?: number | undefined;
  readonly down?: number | undefined;
  /** Factor on the result and on the clamp. Default: 1. */
  readonly gain?: number | undefined;
  /** [outChannels]; none if absent. */
  readonly bias?: Tensor | undefined;
}

/**
 * StyleGAN2's Conv2dLayer: resampling convolution that keeps the picture in place, bias, activation, gain, clamp.
 * @param weight from `prepareConv` with gain {@link convGain}, flipped if `up` is above 1
 */
export function conv2dLayer(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  options: Conv2dLayerOptions = {},
): Tensor {
  const { up, down, activation = 'linear', clamp, gain = 1 } = options;
  const padding = Math.floor(weight.shape[0]! / 2);
  const sum = conv2dResample(plan, input, weight, { up, down, padding });
  const bias = options.bias ?? plan.tensor('no bias', [weight.shape[3]!]);
  return biasAct(plan, sum, bias, {
    activation,
    gain: defaultGain(activation) * gain,
    clamp: clamp === undefined ? undefined : clamp * gain,
  });
}

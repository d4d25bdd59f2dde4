/** The picture of a StyleGAN2 block: a modulated 1x1 convolution added to the picture so far (StyleGAN2, "skip" generator). */
import { ShapeError } from '../gpu/errors';
import { defineKernel } from '../gpu/kernel';
import type { PlanBuilder } from '../gpu/plan';
import { expectShape, imageExtents, padToFour, type Tensor } from '../gpu/tensor';
import activationSource from '../shaders/common/activation.wgsl?raw';
import layerEpilogueSource from '../shaders/common/layer-epilogue.wgsl?raw';
import linearIndexSource from '../shaders/common/linear-index.wgsl?raw';
import toRgbSource from '../shaders/to-rgb.wgsl?raw';
import { linearGrid } from './grid';

const KERNEL = defineKernel('to-rgb', toRgbSource, linearIndexSource, activationSource, layerEpilogueSource);

export interface ToRgbOptions {
  /** [inChannels rounded up to four, outChannels], as `prepareFullyConnected` makes it. */
  readonly weight: Tensor;
  /** [N, inChannels], already times 1 / sqrt(inChannels). There is no demodulation. */
  readonly styles: Tensor;
  /** [outChannels]; none if absent. */
  readonly bias?: Tensor | undefined;
  /** Largest magnitude before the skip is added. Default: none. */
  readonly clamp?: number | undefined;
  /**
   * The picture so far, of the same side (added as it is) or of half the side (doubled by the FIR filter, then added). Of a tensor with more
   * channels the first outChannels are used.
   */
  readonly skip?: Tensor | undefined;
}

/**
 * picture = clamp(styles * input through a 1x1 convolution + bias) + skip.
 * @param input [N, H, W, inChannels]
 * @returns [N, H, W, outChannels]
 * @throws ShapeError
 */
export function toRgb(plan: PlanBuilder, input: Tensor, options: ToRgbOptions): Tensor {
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'toRgb');
  const { weight, styles, skip } = options;
  const channels = weight.shape[1]!;
  expectShape(weight, [input.stride, channels], 'toRgb weight');
  expectShape(styles, [batch, inChannels], 'toRgb styles');
  const bias = options.bias ?? plan.tensor('no bias', [channels]);
  expectShape(bias, [channels], 'toRgb bias');
  const output = plan.scratch(`${weight.label} picture`, [batch, height, width, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { input, weight, styles, bias, skip: skip ?? bias, output },
    params: {
      batch,
      height,
      width,
      inputGroups: input.stride / 4,
      channels,
      skipGroups: skip ? skip.stride / 4 : 0,
      clamp: options.clamp ?? 3e38,
    },
    constants: { SKIP: skip ? skipKind(skip, output) : 0 },
    workgroups: linearGrid((batch * height * Math.ceil(width / 4) * padToFour(channels)) / 4),
  });
  return output;
}

/** 1 for a skip of the output's side, 2 for one of half of it. */
function skipKind(skip: Tensor, output: Tensor): number {
  const from = imageExtents(skip, 'toRgb skip');
  const to = imageExtents(output, 'toRgb');
  const fits = from.batch === to.batch && from.channels >= to.channels;
  if (fits && from.height === to.height && from.width === to.width) return 1;
  if (fits && from.height * 2 === to.height && from.width * 2 === to.width) return 2;
  throw new ShapeError(
    `toRgb: the skip "${skip.label}" [${skip.shape}] fits neither side nor half side of [${output.shape}]`,
  );
}

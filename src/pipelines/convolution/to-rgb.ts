/** The picture of a StyleGAN2 block: a modulated 1x1 convolution added to the picture so far (StyleGAN2, "skip" generator). */

import { linearGrid, workgroupGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, padToFour, type Tensor } from '../../gpu/tensor';
import clampGradientShader from '../../shaders/convolution/clamp-gradient.wgsl';
import skipGradientShader from '../../shaders/convolution/skip-gradient.wgsl';
import toRgbShader from '../../shaders/convolution/to-rgb.wgsl';
import toRgbSampledShader from '../../shaders/convolution/to-rgb-sampled.wgsl';
import { slice } from '../dense/window';
import { sumRows } from '../reduction/sum-rows';
import { type ConvWeights, TAPS_FIRST } from './conv-weights';
import { recordModulatedLayer } from './modulated-conv-gradient';
import { samplesExactly, weightTexels } from './staged-input';

const KERNEL = defineKernel(toRgbShader);
const CLAMP_GRADIENT = defineKernel(clampGradientShader);
const SKIP_GRADIENT = defineKernel(skipGradientShader);

/** Groups of four output channels that a thread of the sampled kernel computes; with fewer than that in all, the other one is as good. */
const SAMPLED_GROUPS = 6;
/** A picture of so few pixels, the first of a network, has too few tiles for it. */
const LEAST_SAMPLED_PIXELS = 64;
const SAMPLED_THREADS = 16;
const SAMPLED = defineKernel(toRgbSampledShader);
const WEIGHT_TEXELS = weightTexels(SAMPLED_GROUPS, 1);

export interface ToRgbOptions {
  /** [outChannels, inChannels, 1, 1] */
  readonly weights: ConvWeights;
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
  const { weights, styles, clamp } = options;
  const [channels, weightChannels] = weights.shape;
  if (weightChannels !== inChannels) {
    throw new ShapeError(`toRgb: "${weights.label}" is [${weights.shape}], expected [${channels},${inChannels},1,1]`);
  }
  expectShape(styles, [batch, inChannels], 'toRgb styles');
  const bias = options.bias ?? plan.tensor('no bias', [channels]);
  expectShape(bias, [channels], 'toRgb bias');
  const output = plan.scratch(`${weights.label} picture`, [batch, height, width, channels]);
  // So that the skip's gradient has as many channels as the picture's; without a tape the kernel leaves the others out.
  const isWide = options.skip && options.skip.shape[3]! > channels;
  const skip = isWide && plan.tape ? slice(plan, options.skip, 3, 0, channels) : options.skip;
  const params = {
    batch,
    height,
    width,
    inputGroups: input.stride / 4,
    channels,
    skipGroups: skip ? skip.stride / 4 : 0,
    clamp: clamp ?? 3e38,
  };
  // What the clamp has changed cannot be told from the output if a skip is added to it.
  const strips = batch * height * Math.ceil(width / STRIP);
  const inside =
    plan.tape && skip && clamp !== undefined
      ? plan.scratch(`${weights.label} inside the clamp`, [(strips * output.stride) / 4])
      : undefined;
  const constants = { SKIP: skip ? skipKind(skip, output) : 0, KEEPS_INSIDE: Number(inside !== undefined) };
  const bindings = { input, styles, bias, skip: skip ?? bias, output, ...(inside && { inside }) };
  const layer = {
    batch,
    height,
    width,
    inChannels,
    outChannels: channels,
    up: 1,
    halfWeights: false,
    trainableWeights: weights.areTrainable,
  } as const;
  const isLarge = channels >= 4 * SAMPLED_GROUPS && height * width >= LEAST_SAMPLED_PIXELS;
  if (isLarge && samplesExactly(WEIGHT_TEXELS)(layer, plan.host)) {
    const weight = weights.asTexture(WEIGHT_TEXELS);
    const tiles = Math.ceil(width / 4) * Math.ceil(height / 4) * Math.ceil(channels / (4 * SAMPLED_GROUPS));
    plan.dispatch({
      kernel: SAMPLED,
      bindings,
      textures: { weight },
      params: { ...params, weightTexelHeight: 1 / weight.height },
      constants: { ...constants, GROUPS: SAMPLED_GROUPS },
      workgroups: workgroupGrid(Math.ceil((batch * tiles) / SAMPLED_THREADS)),
    });
  } else {
    plan.dispatch({
      kernel: KERNEL,
      bindings: { ...bindings, weight: weights.as(TAPS_FIRST) },
      params,
      constants,
      workgroups: linearGrid((batch * height * Math.ceil(width / 4) * padToFour(channels)) / 4),
    });
  }
  if (plan.tape) {
    const weight = weights.as(TAPS_FIRST);
    recordModulatedLayer(plan, {
      ...{ input, weight, styles, output, epilogue: { bias: options.bias, clamp } },
      reference: () => output,
      beforeActivation: inside && ((ofOutput) => clampGradient(plan, ofOutput, inside)),
      skip: skip && { picture: skip, gradient: (ofOutput) => skipGradient(plan, ofOutput, constants.SKIP) },
    });
  }
  return output;
}

/** Pixels of a row whose bits are kept together (common/convolution/inside-bits.wgsl). */
const STRIP = 4;
/** Strips that a thread of its gradient goes through. */
const STRIPS_PER_PIECE = 16;

/** The gradient of the clamp, and its sum over pixels. */
function clampGradient(plan: PlanBuilder, gradient: Tensor, inside: Tensor): { before: Tensor; sum: Tensor } {
  const { batch, height, width, channels } = imageExtents(gradient, 'toRgb clamp');
  const before = plan.scratch(`${gradient.label} before the clamp`, gradient.shape);
  const groups = gradient.stride / 4;
  const strips = batch * height * Math.ceil(width / STRIP);
  const pieces = Math.ceil(strips / STRIPS_PER_PIECE);
  const sums = plan.scratch(`${gradient.label} partial sums`, [pieces, channels]);
  plan.dispatch({
    kernel: CLAMP_GRADIENT,
    bindings: { gradient, inside, output: before, sums },
    params: { width, strips, stripsPerPiece: STRIPS_PER_PIECE, pieces, groups },
    workgroups: linearGrid(pieces * groups),
  });
  return { before, sum: sumRows(plan, sums) };
}

/** Pixels of the skip that a thread computes the gradient of. */
const SKIP_TILE = { rows: 8, columns: 4 };

/** The gradient of the skip. @param kind from {@link skipKind} */
function skipGradient(plan: PlanBuilder, gradient: Tensor, kind: number): Tensor {
  if (kind === 1) return gradient;
  const { batch, channels, ...size } = imageExtents(gradient, 'toRgb skip');
  const [height, width] = [size.height / 2, size.width / 2];
  const output = plan.scratch(`${gradient.label} of the skip`, [batch, height, width, channels]);
  const groups = output.stride / 4;
  const tiles = Math.ceil(height / SKIP_TILE.rows) * Math.ceil(width / SKIP_TILE.columns);
  plan.dispatch({
    kernel: SKIP_GRADIENT,
    bindings: { gradient, output },
    params: { batch, groups, height, width },
    constants: { SKIP_ROWS: SKIP_TILE.rows, SKIP_COLUMNS: SKIP_TILE.columns },
    workgroups: linearGrid(batch * tiles * groups),
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

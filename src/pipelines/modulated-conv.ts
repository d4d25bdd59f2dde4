/**
 * Modulated 3x3 convolution (StyleGAN2, section 2.2): styles scale the input channels, demodulation scales the output channels, so that
 * the weights themselves stay constant and one set serves all faces.
 */
import { defineKernel } from '../gpu/kernel';
import type { PlanBuilder } from '../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../gpu/tensor';
import activationSource from '../shaders/common/activation.wgsl?raw';
import conv3x3OperandsSource from '../shaders/common/conv3x3-operands.wgsl?raw';
import layerEpilogueSource from '../shaders/common/layer-epilogue.wgsl?raw';
import linearIndexSource from '../shaders/common/linear-index.wgsl?raw';
import plainSource from '../shaders/conv3x3-plain.wgsl?raw';
import tiledSource from '../shaders/conv3x3-tiled.wgsl?raw';
import transposedSource from '../shaders/conv3x3-transposed.wgsl?raw';
import demodulationSource from '../shaders/demodulation.wgsl?raw';
import firEpilogueSource from '../shaders/fir-epilogue.wgsl?raw';
import { linearGrid } from './grid';
import { type LayerEpilogue, layerEpilogueSettings } from './layer-epilogue';
import { rowBands } from './row-bands';

const COMMON = [linearIndexSource, activationSource, layerEpilogueSource];
const DEMODULATION = defineKernel('demodulation', demodulationSource, ...COMMON);
const TRANSPOSED = defineKernel('conv3x3-transposed', transposedSource, ...COMMON);
const FIR_EPILOGUE = defineKernel('fir-epilogue', firEpilogueSource, ...COMMON);

/** Implementations of the convolution without upsampling. `tile` is the rows and columns that a thread computes. */
const VARIANTS = {
  plain: { kernel: defineKernel('conv3x3-plain', plainSource, conv3x3OperandsSource, ...COMMON), tile: 1 },
  tiled: { kernel: defineKernel('conv3x3-tiled', tiledSource, conv3x3OperandsSource, ...COMMON), tile: 4 },
} as const;

export type Conv3x3Variant = keyof typeof VARIANTS;

/**
 * Bytes of the unfiltered picture that a layer with up=2 keeps at a time. The whole would be the largest tensor of a network (134.7 MB for
 * 128 channels at 512 x 512, more than one binding of a plain device may have); this much still fills a large graphics card.
 */
const UNFILTERED_BYTES = 32 * 2 ** 20;

/** Rows of the unfiltered picture that the filter needs beyond those of a band: it reaches one row up and two down. */
const FILTER_OVERLAP = 3;

/** How a face steers one layer. */
export interface LayerStyles {
  /** [N, inChannels] */
  readonly styles: Tensor;
  /** [N, outChannels] from {@link demodulationCoefficients}. */
  readonly demodulation: Tensor;
}

/**
 * d[n, o] = 1 / sqrt(sum_i styles[n, i]^2 Q[i, o] + 1e-8).
 * @param styles [N, inChannels]
 * @param squaredWeight [inChannels rounded up to four, outChannels] from `squaredConvWeights`
 * @returns [N, outChannels]
 */
export function demodulationCoefficients(plan: PlanBuilder, styles: Tensor, squaredWeight: Tensor): Tensor {
  const channels = squaredWeight.shape[1]!;
  const batch = styles.shape[0]!;
  expectShape(squaredWeight, [styles.stride, channels], 'demodulation squared weight');
  const output = plan.scratch(`${squaredWeight.label} demodulation`, [batch, channels]);
  plan.dispatch({
    kernel: DEMODULATION,
    bindings: { styles, squaredWeight, output },
    params: { batch, inputGroups: styles.stride / 4, channels },
    workgroups: linearGrid((batch * output.stride) / 4),
  });
  return output;
}

/**
 * Modulated and demodulated 3x3 correlation with zero padding 1, then noise, bias, activation, gain and clamp.
 * @param input [N, H, W, inChannels]
 * @param weight [3, 3, inChannels rounded up to four, outChannels] from `prepareConv`
 * @param variant default: 'tiled'
 * @returns [N, H, W, outChannels]
 * @throws ShapeError
 */
export function modulatedConv3x3(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  { styles, demodulation }: LayerStyles,
  epilogue: LayerEpilogue = {},
  variant: Conv3x3Variant = 'tiled',
): Tensor {
  const { batch, height, width } = imageExtents(input, 'modulatedConv3x3');
  const channels = checkOperands(input, weight, styles, demodulation);
  const output = plan.scratch(`${weight.label} output`, [batch, height, width, channels]);
  const { kernel, tile } = VARIANTS[variant];
  const settings = layerEpilogueSettings(plan, epilogue, { batch, height, width, channels });
  const flopsPerRow = 18 * batch * width * input.stride * output.stride;
  for (const band of rowBands(plan, height, flopsPerRow, tile)) {
    const tiles = Math.ceil(width / tile) * Math.ceil((band.endRow - band.firstRow) / tile);
    plan.dispatch({
      kernel,
      bindings: { input, weight, styles, demodulation, output, ...settings.bindings },
      params: { batch, height, width, inputGroups: input.stride / 4, channels, ...band, ...settings.params },
      constants: settings.constants,
      workgroups: linearGrid((batch * tiles * output.stride) / 4),
    });
  }
  return output;
}

/**
 * The layer that doubles the side: zero insertion, modulated and demodulated true 3x3 convolution, FIR filter [1, 3, 3, 1] with gain 4, then
 * noise, bias, activation, gain and clamp.
 *
 * The picture before the filter, [N, 2H + 1, 2W + 1, outChannels], is never in memory as a whole: convolution and filter take turns on bands
 * of rows, in a ring in which row r has the place r mod ringRows. Nothing is computed twice.
 * @param input [N, H, W, inChannels]
 * @param weight as for {@link modulatedConv3x3}; not flipped
 * @param unfilteredBytes size that the ring may have, though it holds seven rows at least
 * @returns [N, 2H, 2W, outChannels]
 * @throws ShapeError
 */
export function modulatedConv3x3Up2(
  plan: PlanBuilder,
  input: Tensor,
  weight: Tensor,
  { styles, demodulation }: LayerStyles,
  epilogue: LayerEpilogue = {},
  unfilteredBytes = UNFILTERED_BYTES,
): Tensor {
  const { batch, height, width } = imageExtents(input, 'modulatedConv3x3Up2');
  const channels = checkOperands(input, weight, styles, demodulation);
  const size = { batch, height: height * 2, width: width * 2, channels };
  const output = plan.scratch(`${weight.label} output`, [batch, size.height, size.width, channels]);
  const settings = layerEpilogueSettings(plan, epilogue, size);
  const groups = output.stride / 4;
  const quadColumns = 4; // per thread; a quad is two rows by two columns of the unfiltered picture
  const quadRows = 2;

  const bytesPerRow = batch * (size.width + 1) * output.stride * 4;
  const affordableRows = unfilteredBytes / bytesPerRow;
  const mostQuads = affordableRows >= size.height + 1 ? height + 1 : (affordableRows - FILTER_OVERLAP) / 2;
  const flopsPerQuad = 18 * batch * width * input.stride * output.stride;
  const bands = rowBands(plan, height + 1, flopsPerQuad, quadRows, mostQuads);
  const ringRows = Math.min(size.height + 1, 2 * bands[0]!.endRow + FILTER_OVERLAP);
  const unfiltered = plan.scratch(`${weight.label} unfiltered`, [batch, ringRows, size.width + 1, channels]);

  let filteredPairs = 0; // of output rows
  for (const band of bands) {
    const tiles = Math.ceil((width + 1) / quadColumns) * Math.ceil((band.endRow - band.firstRow) / quadRows);
    plan.dispatch({
      kernel: TRANSPOSED,
      bindings: { input, weight, styles, demodulation, output: unfiltered },
      params: { batch, height, width, inputGroups: input.stride / 4, channels, ringRows, ...band },
      workgroups: linearGrid(batch * tiles * groups),
    });
    // A pair of rows of the result needs the pair of the unfiltered picture below it.
    const pairs = { firstPair: filteredPairs, endPair: Math.min(height, band.endRow - 1) };
    filteredPairs = pairs.endPair;
    if (pairs.endPair === pairs.firstPair) continue;
    plan.dispatch({
      kernel: FIR_EPILOGUE,
      bindings: { input: unfiltered, output, ...settings.bindings },
      params: { ...size, ringRows, ...pairs, ...settings.params },
      constants: settings.constants,
      workgroups: linearGrid(batch * (pairs.endPair - pairs.firstPair) * width * groups),
    });
  }
  return output;
}

/** @returns the number of output channels */
function checkOperands(input: Tensor, weight: Tensor, styles: Tensor, demodulation: Tensor): number {
  const [batch, , , inChannels] = input.shape;
  const channels = weight.shape[3]!;
  expectShape(weight, [3, 3, input.stride, channels], 'modulated convolution weight');
  expectShape(styles, [batch!, inChannels!], 'modulated convolution styles');
  expectShape(demodulation, [batch!, channels], 'modulated convolution demodulation');
  return channels;
}

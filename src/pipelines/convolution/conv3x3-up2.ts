/**
 * The layer that doubles the side, in two steps: zero insertion with the true 3x3 convolution (that is, a transposed convolution), then the
 * FIR filter [1, 3, 3, 1] with gain 4.
 *
 * The picture between them, [N, 2H + 1, 2W + 1, outChannels], is never in memory as a whole: convolution and filter take turns on bands of
 * rows, in a ring in which row r has the place r mod ringRows. Nothing is computed twice.
 */

import { linearGrid, type RowBand, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import conv3x3TransposedShader from '../../shaders/convolution/conv3x3-transposed.wgsl';
import firEpilogueShader from '../../shaders/resampling/fir-epilogue.wgsl';
import firEpilogueGradientShader from '../../shaders/resampling/fir-epilogue-gradient.wgsl';
import { TAPS_FIRST } from './conv-weights';
import type { Conv3x3Operands, Conv3x3Variant } from './conv3x3';
import { layerEpilogueSettings } from './layer-epilogue';

const TRANSPOSED = defineKernel(conv3x3TransposedShader);
const FIR_EPILOGUE = defineKernel(firEpilogueShader);
const FIR_EPILOGUE_GRADIENT = defineKernel(firEpilogueGradientShader);

/**
 * Bytes of the unfiltered picture that are kept at a time. The whole would be the largest tensor of a network (134.7 MB for 128 channels at
 * 512 x 512, more than one binding of a plain device may have); this much still fills a large graphics card.
 */
const UNFILTERED_BYTES = 32 * 2 ** 20;

/** Rows of the unfiltered picture that the filter needs beyond those of a band: it reaches one row up and two down. */
const FILTER_OVERLAP = 3;

/** Both steps for one way of keeping the unfiltered picture. A quad is two rows by two columns of it; there are H + 1 rows of quads. */
export interface UpsamplingSteps<Unfiltered> {
  /** Rows of quads that a thread or workgroup computes: bands begin at multiples of it. */
  readonly quadRows: number;
  /** Rows of the result, and bytes of a row of the unfiltered picture. */
  readonly height: number;
  readonly unfilteredRowBytes: number;
  readonly flopsPerQuadRow: number;
  /** Makes place for `ringRows` rows: row r of the 2H + 1 will be at r mod ringRows. */
  allocate(ringRows: number): Unfiltered;
  /** Appends the convolution for some rows of quads. */
  convolve(unfiltered: Unfiltered, quadRows: RowBand): void;
  /** Appends filter and epilogue for some pairs of rows of the result. */
  filter(unfiltered: Unfiltered, pairs: { firstPair: number; endPair: number }): void;
}

/** Lets both steps take turns on bands of rows. @param unfilteredBytes size that the ring may have, though it holds seven rows at least */
export function recordInBands<Unfiltered>(
  plan: PlanBuilder,
  steps: UpsamplingSteps<Unfiltered>,
  unfilteredBytes = UNFILTERED_BYTES,
): void {
  const { height, quadRows } = steps;
  const affordableRows = unfilteredBytes / steps.unfilteredRowBytes;
  const mostQuads = affordableRows >= height + 1 ? height / 2 + 1 : (affordableRows - FILTER_OVERLAP) / 2;
  const bands = rowBands(plan, height / 2 + 1, steps.flopsPerQuadRow, quadRows, mostQuads);
  const unfiltered = steps.allocate(Math.min(height + 1, 2 * bands[0]!.endRow + FILTER_OVERLAP));
  let filteredPairs = 0; // of output rows
  for (const band of bands) {
    steps.convolve(unfiltered, band);
    // A pair of rows of the result needs the pair of the unfiltered picture below it.
    const pairs = { firstPair: filteredPairs, endPair: Math.min(height / 2, band.endRow - 1) };
    filteredPairs = pairs.endPair;
    if (pairs.endPair > pairs.firstPair) steps.filter(unfiltered, pairs);
  }
}

/** A kernel for the first step that keeps the unfiltered picture in a tensor. */
export interface UnfilteredConvolution {
  readonly name: string;
  /** As in {@link UpsamplingSteps}. */
  readonly quadRows: number;
  supports: Conv3x3Variant['supports'];
  /**
   * Appends the dispatch for some rows of quads.
   * @param unfiltered [N, ringRows, 2W + 1, outChannels]. To be written with its padding, demodulated
   */
  record(plan: PlanBuilder, operands: Conv3x3Operands, unfiltered: Tensor, quadRows: RowBand): void;
}

/** Four quad columns by two quad rows of four output channels a thread. */
const TILED_TRANSPOSED: UnfilteredConvolution = {
  name: 'banded',
  quadRows: 2,
  supports: () => true,
  record(plan, { input, weights, styles, demodulation }, unfiltered, band) {
    const { batch, height, width } = imageExtents(input, 'up=2');
    const [, ringRows, , channels] = unfiltered.shape;
    const tiles = Math.ceil((width + 1) / 4) * Math.ceil((band.endRow - band.firstRow) / 2);
    plan.dispatch({
      kernel: TRANSPOSED,
      bindings: { input, weight: weights.as(TAPS_FIRST), styles, demodulation, output: unfiltered },
      params: {
        batch,
        height,
        width,
        inputGroups: input.stride / 4,
        channels: channels!,
        ringRows: ringRows!,
        ...band,
      },
      workgroups: linearGrid((batch * tiles * unfiltered.stride) / 4),
    });
  },
};

/** The portable way to double the side. */
export const BANDED = filteredInBands(TILED_TRANSPOSED);

/** A variant from a kernel for its first step. @param unfilteredBytes as for {@link recordInBands} */
export function filteredInBands(
  convolution: UnfilteredConvolution = TILED_TRANSPOSED,
  unfilteredBytes = UNFILTERED_BYTES,
): Conv3x3Variant {
  return {
    name: convolution.name,
    up: 2,
    supports: convolution.supports,
    record(plan, operands) {
      const { input, weights, epilogue, output } = operands;
      const size = imageExtents(output, convolution.name);
      const { batch, height, width, channels } = size;
      const settings = layerEpilogueSettings(plan, epilogue, size);
      const steps: UpsamplingSteps<Tensor> = {
        quadRows: convolution.quadRows,
        height,
        unfilteredRowBytes: batch * (width + 1) * output.stride * 4,
        flopsPerQuadRow: 9 * batch * width * input.stride * output.stride,
        allocate: (rows) => plan.scratch(`${weights.label} unfiltered`, [batch, rows, width + 1, channels]),
        convolve: (unfiltered, band) => convolution.record(plan, operands, unfiltered, band),
        filter: (unfiltered, pairs) =>
          plan.dispatch({
            kernel: FIR_EPILOGUE,
            bindings: { input: unfiltered, output, ...settings.bindings },
            params: { ...size, ringRows: unfiltered.shape[1]!, ...pairs, ...settings.params },
            constants: settings.constants,
            workgroups: linearGrid((batch * (pairs.endPair - pairs.firstPair) * width * output.stride) / 8),
          }),
      };
      recordInBands(plan, steps, unfilteredBytes);
    },
  };
}

/**
 * The gradient of the unfiltered picture, as a whole.
 * @param gradient of the filtered one, [N, 2H, 2W, C]
 * @returns [N, 2H + 1, 2W + 1, C]
 */
export function unfilteredGradient(plan: PlanBuilder, gradient: Tensor): Tensor {
  const { batch, height, width, channels } = imageExtents(gradient, 'up=2 gradient');
  const output = plan.scratch(`${gradient.label} unfiltered`, [batch, height + 1, width + 1, channels]);
  const groups = output.stride / 4;
  const tiles = Math.ceil((height + 1) / 4) * Math.ceil((width + 1) / 4);
  plan.dispatch({
    kernel: FIR_EPILOGUE_GRADIENT,
    bindings: { gradient, output },
    params: { batch, groups, height, width },
    workgroups: linearGrid(batch * tiles * groups),
  });
  return output;
}

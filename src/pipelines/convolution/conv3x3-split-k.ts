/**
 * Split-K: the product of conv3x3-gemm.ts with the input channels divided among workgroups. Each division writes its sums to scratch memory,
 * and a second kernel adds them up and finishes the layer. For pictures so small that their tiles alone would leave a graphics card idle.
 */

import { linearGrid, type RowBand, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, padToFour, type Tensor } from '../../gpu/tensor';
import conv3x3ReduceShader from '../../shaders/convolution/conv3x3-reduce.wgsl';
import type { Conv3x3Shape, Conv3x3Variant } from './conv3x3';
import { type ChannelSplit, gemmTiles, recordGemm, recordGemmUp2, TALLEST_TILE } from './conv3x3-gemm';
import { filteredInBands, type UnfilteredConvolution } from './conv3x3-up2';
import { type LayerEpilogue, layerEpilogueSettings } from './layer-epilogue';

const REDUCE = defineKernel(conv3x3ReduceShader);

/** Workgroups of 64 threads that keep a large graphics card busy. */
const ENOUGH_WORKGROUPS = 512;

/** Size that the partial sums may have. */
const PARTIAL_SUMS_BYTES = 32 * 2 ** 20;

/** The divisions of a layer; one where there is nothing to gain. */
function channelSplit({ batch, height, width, inChannels, outChannels, up }: Conv3x3Shape): ChannelSplit {
  const groups = padToFour(inChannels) / 4;
  const workgroups =
    batch * (up === 1 ? gemmTiles(height, width, outChannels) : 4 * gemmTiles(height + 1, width + 1, outChannels));
  const pixels = up === 1 ? height * width : (2 * height + 1) * (2 * width + 1);
  const affordable = PARTIAL_SUMS_BYTES / (batch * pixels * padToFour(outChannels) * 4);
  const wanted = Math.min(Math.ceil(ENOUGH_WORKGROUPS / workgroups), groups, affordable);
  const groupsPerSplit = Math.ceil(groups / Math.max(1, Math.floor(wanted)));
  return { splits: Math.ceil(groups / groupsPerSplit), groupsPerSplit };
}

const supports = (layer: Conv3x3Shape): boolean => channelSplit(layer).splits > 1;

export const SPLIT_K: Conv3x3Variant = {
  name: 'split-k',
  up: 1,
  supports,
  record(plan, operands) {
    const { input, weights, demodulation, epilogue, output } = operands;
    const { batch, height, width, channels } = imageExtents(output, 'split-k');
    const split = channelSplit(shapeOf(input, channels, 1));
    const partialSums = plan.scratch(`${weights.label} partial sums`, [split.splits * batch, height, width, channels]);
    const flopsPerRow = 18 * batch * width * input.stride * output.stride;
    for (const band of rowBands(plan, height, flopsPerRow, TALLEST_TILE)) {
      recordGemm(plan, operands, partialSums, band, split);
    }
    recordReduction(plan, { partialSums, demodulation, output, epilogue, rows: { firstRow: 0, endRow: height } });
  },
};

/** The first step of an up=2 layer, divided likewise. */
export const SPLIT_K_UNFILTERED: UnfilteredConvolution = {
  name: 'split-k',
  quadRows: TALLEST_TILE,
  supports,
  record(plan, operands, unfiltered, band) {
    const { input, weights, demodulation } = operands;
    const { batch, height: ringRows, width, channels } = imageExtents(unfiltered, 'split-k');
    const split = channelSplit(shapeOf(input, channels, 2));
    const partialSums = plan.scratch(`${weights.label} partial sums`, [
      split.splits * batch,
      ringRows,
      width,
      channels,
    ]);
    recordGemmUp2(plan, operands, partialSums, band, split);
    const lastRow = 2 * imageExtents(input, 'split-k').height + 1;
    const rows = { firstRow: 2 * band.firstRow, endRow: Math.min(2 * band.endRow, lastRow) };
    recordReduction(plan, { partialSums, demodulation, output: unfiltered, epilogue: {}, rows });
  },
};

export const SPLIT_K_UP2 = filteredInBands(SPLIT_K_UNFILTERED);

function shapeOf(input: Tensor, outChannels: number, up: 1 | 2): Conv3x3Shape {
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'split-k');
  return { batch, height, width, inChannels, outChannels, up, halfWeights: false };
}

interface Reduction {
  /** [splits * N, rows in memory, W, C] */
  readonly partialSums: Tensor;
  /** [N, C] */
  readonly demodulation: Tensor;
  /** [N, rows in memory, W, C] */
  readonly output: Tensor;
  readonly epilogue: LayerEpilogue;
  readonly rows: RowBand;
}

function recordReduction(plan: PlanBuilder, { partialSums, demodulation, output, epilogue, rows }: Reduction): void {
  const size = imageExtents(output, 'split-k');
  const { batch, height: ringRows, width, channels } = size;
  const settings = layerEpilogueSettings(plan, epilogue, size);
  plan.dispatch({
    kernel: REDUCE,
    bindings: { partialSums, demodulation, output, ...settings.bindings },
    params: {
      batch,
      width,
      channels,
      splits: partialSums.shape[0]! / batch,
      ...rows,
      ringRows,
      ...settings.params,
    },
    constants: settings.constants,
    workgroups: linearGrid((batch * (rows.endRow - rows.firstRow) * width * output.stride) / 4),
  });
}

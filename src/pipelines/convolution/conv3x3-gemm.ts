/**
 * The modulated 3x3 convolution as an implicit matrix product with tiles in shared memory: the form that graphics cards are built for. Split-K
 * is the same product with the input channels divided among workgroups: a picture of 4 x 4 to 16 x 16 pixels has too few tiles to keep a card
 * busy, though it has many channels.
 */

import { type RowBand, rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import conv3x3GemmShader from '../../shaders/convolution/conv3x3-gemm.wgsl';
import conv3x3GemmUp2Shader from '../../shaders/convolution/conv3x3-gemm-up2.wgsl';
import { TAPS_FIRST } from './conv-weights';
import type { Conv3x3Operands, Conv3x3Variant } from './conv3x3';
import { filteredInBands, type UnfilteredConvolution } from './conv3x3-up2';
import { layerEpilogueSettings } from './layer-epilogue';

const GEMM_KERNEL = defineKernel(conv3x3GemmShader);
const GEMM_UP2_KERNEL = defineKernel(conv3x3GemmUp2Shader);

/**
 * How the kernels with shared memory (this one, its up2 form and that of conv3x3-winograd) divide their 64 threads: 8 of them side by side
 * compute 64 output channels, or 4 of them 32, which leaves fewer idle where a layer has few channels, and then twice the rows.
 */
export function channelThreads(outChannels: number): 4 | 8 {
  const idle = (width: number) => Math.ceil(outChannels / width) * width - outChannels;
  return idle(32) < idle(64) ? 4 : 8;
}

/** Workgroups that lie side by side along the channels. */
export function channelTiles(outChannels: number): number {
  return Math.ceil(outChannels / (8 * channelThreads(outChannels)));
}

/** Rows that the threads of a workgroup make. */
export function threadRows(outChannels: number): number {
  return 64 / channelThreads(outChannels);
}

/** Columns of pixels, or of quads, in a tile. */
const TILE_COLUMNS = 8;

/** Rows of the tallest tile, 8 or 16 by the number of channels: bands begin at multiples of it. */
export const TALLEST_TILE = 16;

/** How the input channels are divided: each workgroup sums over `groupsPerSplit` vectors of four. */
export interface ChannelSplit {
  readonly splits: number;
  readonly groupsPerSplit: number;
}

/** All input channels in one sum, which the kernel finishes itself. */
const UNSPLIT = (input: Tensor): ChannelSplit => ({ splits: 1, groupsPerSplit: input.stride / 4 });

/** Tiles of a picture of `rows` x `columns` pixels or quads, with its channels. */
export function gemmTiles(rows: number, columns: number, outChannels: number): number {
  return Math.ceil(rows / threadRows(outChannels)) * Math.ceil(columns / TILE_COLUMNS) * channelTiles(outChannels);
}

/** Any shape on any device: its shared memory and threads are within what every WebGPU device grants. */
export const GEMM: Conv3x3Variant = {
  name: 'gemm',
  up: 1,
  supports: () => true,
  record(plan, operands) {
    const { input, output } = operands;
    const { batch, height, width } = imageExtents(output, 'gemm');
    const flopsPerRow = 18 * batch * width * input.stride * output.stride;
    for (const band of rowBands(plan, height, flopsPerRow, TALLEST_TILE)) recordGemm(plan, operands, output, band);
  },
};

/** The first step of an up=2 layer as such a product. */
export const GEMM_UNFILTERED: UnfilteredConvolution = {
  name: 'gemm',
  quadRows: TALLEST_TILE,
  supports: () => true,
  record: recordGemmUp2,
};

export const GEMM_UP2 = filteredInBands(GEMM_UNFILTERED);

/**
 * Appends the product for a band of rows.
 * @param result the layer's output, or with `split` the partial sums: [splits * N, H, W, outChannels]
 */
export function recordGemm(
  plan: PlanBuilder,
  { input, weights, styles, demodulation, epilogue, output }: Conv3x3Operands,
  result: Tensor,
  band: RowBand,
  split?: ChannelSplit,
): void {
  const size = imageExtents(output, 'gemm');
  const { batch, height, width, channels } = size;
  const { splits, groupsPerSplit } = split ?? UNSPLIT(input);
  const settings = layerEpilogueSettings(plan, epilogue, size);
  plan.dispatch({
    kernel: GEMM_KERNEL,
    bindings: { input, weight: weights.as(TAPS_FIRST), styles, demodulation, output: result, ...settings.bindings },
    params: {
      batch,
      height,
      width,
      inputGroups: input.stride / 4,
      channels,
      ...band,
      splits,
      groupsPerSplit,
      ...settings.params,
    },
    constants: {
      ...settings.constants,
      CHANNEL_THREADS: channelThreads(channels),
      PARTIAL_SUMS: split ? 1 : 0,
    },
    workgroups: workgroupGrid(batch * splits * gemmTiles(band.endRow - band.firstRow, width, channels)),
  });
}

/**
 * Appends the product for a band of rows of quads.
 * @param unfiltered [N, ringRows, 2W + 1, outChannels], or with `split` the partial sums of such: [splits * N, ...]
 */
export function recordGemmUp2(
  plan: PlanBuilder,
  { input, weights, styles, demodulation }: Conv3x3Operands,
  unfiltered: Tensor,
  band: RowBand,
  split?: ChannelSplit,
): void {
  const { batch, height, width } = imageExtents(input, 'gemm');
  const { height: ringRows, channels } = imageExtents(unfiltered, 'gemm');
  const { splits, groupsPerSplit } = split ?? UNSPLIT(input);
  const parities = 4;
  plan.dispatch({
    kernel: GEMM_UP2_KERNEL,
    bindings: { input, weight: weights.as(TAPS_FIRST), styles, demodulation, output: unfiltered },
    params: {
      batch,
      height,
      width,
      inputGroups: input.stride / 4,
      channels,
      ...band,
      ringRows,
      splits,
      groupsPerSplit,
    },
    constants: { CHANNEL_THREADS: channelThreads(channels), PARTIAL_SUMS: split ? 1 : 0 },
    workgroups: workgroupGrid(parities * batch * splits * gemmTiles(band.endRow - band.firstRow, width + 1, channels)),
  });
}

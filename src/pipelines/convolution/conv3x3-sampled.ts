/**
 * The modulated 3x3 convolution for software adapters: pixels and weights are read as texels, because there a texel costs
 * less than half of a vector from a buffer. Nearest texels of rgba32float are exact numbers, so the result is as good as any.
 */

import { linearGrid, type RowBand, rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents } from '../../gpu/tensor';
import type { Texture } from '../../gpu/texture';
import conv3x3SampledShader from '../../shaders/convolution/conv3x3-sampled.wgsl';
import conv3x3SampledUp2Shader from '../../shaders/convolution/conv3x3-sampled-up2.wgsl';
import firSampledShader from '../../shaders/resampling/fir-sampled.wgsl';
import type { Conv3x3Operands, Conv3x3Variant } from './conv3x3';
import { recordInBands, type UpsamplingSteps } from './conv3x3-up2';
import { layerEpilogueSettings } from './layer-epilogue';
import { affordableRows, samplesExactly, stagedTexture, stageInput, weightTexels } from './staged-input';

const THREADS = 16;

/** What a thread computes: the largest that compiles in about half a second. */
const TILE = { ROWS: 8, COLUMNS: 4, GROUPS: 2 };
/** The same with stride 2, where a thread reads more pixels. */
const STRIDED_TILE = { ROWS: 4, COLUMNS: 4, GROUPS: 2 };
/** The same for kernels of one tap, where all pixels share few weights. */
const POINT_TILE = { ROWS: 4, COLUMNS: 4, GROUPS: 4 };
/** The same in quads of the unfiltered picture. */
const QUADS = { ROWS: 4, COLUMNS: 4, GROUPS: 1 };
/** Pixels of the result along each side that a thread filters. */
const FILTERED_SIDE = 4;

const KERNEL = defineKernel(conv3x3SampledShader);
const TRANSPOSED = defineKernel(conv3x3SampledUp2Shader);
const FIR = defineKernel(firSampledShader);
const WEIGHTS = weightTexels(TILE.GROUPS);
const STRIDED_WEIGHTS = weightTexels(STRIDED_TILE.GROUPS);
const POINT_WEIGHTS = weightTexels(POINT_TILE.GROUPS, 1);
const QUAD_WEIGHTS = weightTexels(QUADS.GROUPS);

export const SAMPLED: Conv3x3Variant = {
  name: 'sampled',
  up: 1,
  supports: samplesExactly(WEIGHTS),
  record: (plan, operands) => recordSampled(plan, operands, 'keeps the side'),
};

/** Whether {@link recordSampledWithStride} can compute a layer, whose input is of this shape. */
export const samplesWithStride = samplesExactly(STRIDED_WEIGHTS);

/** Whether texels of weights fit for a kernel of one tap. */
export const samplesPoints = samplesExactly(POINT_WEIGHTS);

/** What {@link sampledConvolution} can be: 3x3 taps with padding 1; 3x3 without padding and with stride 2; one tap. */
const KINDS = {
  'keeps the side': { ...TILE, KERNEL_SIDE: 3, STRIDE: 1, OFFSET: 0 },
  'halves the side': { ...STRIDED_TILE, KERNEL_SIDE: 3, STRIDE: 2, OFFSET: 1 },
  'one tap': { ...POINT_TILE, KERNEL_SIDE: 1, STRIDE: 1, OFFSET: 1 },
} as const;
export type SampledKind = keyof typeof KINDS;

/**
 * Appends the convolution with stride 2 and without zero padding.
 * @param operands.input [N, 2H + 1, 2W + 1, inChannels] @param operands.output [N, H, W, outChannels]
 */
export function recordSampledWithStride(plan: PlanBuilder, operands: Conv3x3Operands): void {
  recordSampled(plan, operands, 'halves the side');
}

/** Appends the convolution of one tap. @param operands.weights of [outChannels, inChannels, 1, 1] */
export function recordSampledPoints(plan: PlanBuilder, operands: Conv3x3Operands): void {
  recordSampled(plan, operands, 'one tap');
}

/** A convolution of texels, for whoever stages them. */
export interface SampledConvolution {
  /** Rows that a thread computes: bands begin at multiples of it. */
  readonly tileRows: number;
  readonly flopsPerRow: number;
  /** Rows of texels, from one above row `stride * firstRow` of the input on, that a band of so many rows reads. */
  stagedRows(rows: number): number;
  /** Appends a band of a sample. */
  compute(staged: Texture, sample: number, band: RowBand): void;
}

/** Makes ready a convolution of texels, its weights included: they are lost with the next texels of weights. */
export function sampledConvolution(
  plan: PlanBuilder,
  operands: Conv3x3Operands,
  kind: SampledKind,
): SampledConvolution {
  const { input, weights, demodulation, epilogue, output } = operands;
  const { ROWS, COLUMNS, GROUPS, STRIDE, OFFSET, KERNEL_SIDE } = KINDS[kind];
  const { batch, height, width, channels } = imageExtents(output, 'sampled');
  const settings = layerEpilogueSettings(plan, epilogue, { batch, height, width, channels });
  const weight = weights.asTexture(weightTexels(GROUPS, KERNEL_SIDE * KERNEL_SIDE));
  const blocks = Math.ceil(channels / (4 * GROUPS));
  const tileColumns = Math.ceil(width / COLUMNS);
  return {
    tileRows: ROWS,
    flopsPerRow: 2 * KERNEL_SIDE * KERNEL_SIDE * width * input.stride * output.stride,
    stagedRows: (rows) => (rows - 1) * STRIDE + KERNEL_SIDE + OFFSET,
    compute(staged, sample, band) {
      const tiles = tileColumns * Math.ceil((band.endRow - band.firstRow) / ROWS);
      plan.dispatch({
        kernel: KERNEL,
        bindings: { demodulation, output, ...settings.bindings },
        textures: { staged, weight },
        params: {
          sample,
          height,
          width,
          inputGroups: input.stride / 4,
          channels,
          ...band,
          texelWidth: 1 / staged.width,
          texelHeight: 1 / staged.height,
          weightTexelHeight: 1 / weight.height,
          ...settings.params,
        },
        constants: { ...settings.constants, ...KINDS[kind] },
        workgroups: workgroupGrid(Math.ceil((tiles * blocks) / THREADS)),
      });
    },
  };
}

function recordSampled(plan: PlanBuilder, operands: Conv3x3Operands, kind: SampledKind): void {
  const { input, styles, output } = operands;
  const { STRIDE } = KINDS[kind];
  const { batch, height } = imageExtents(output, 'sampled');
  const { tileRows, flopsPerRow, stagedRows, compute } = sampledConvolution(plan, operands, kind);
  const most = Math.floor((affordableRows(input) - stagedRows(1)) / STRIDE) + 1;
  const bands = rowBands(plan, height, flopsPerRow, tileRows, most);
  const staged = stagedTexture(plan, input, stagedRows(bands[0]!.endRow));
  for (let sample = 0; sample < batch; sample++) {
    for (const band of bands) {
      const rows = stagedRows(band.endRow - band.firstRow);
      stageInput(plan, { input, styles, staged, sample, firstRow: band.firstRow * STRIDE, rows });
      compute(staged, sample, band);
    }
  }
}

/** Makes a result of 256 x 256 pixels of 32 channels in three bands, and one of 128 x 128 of 64 in two. */
const UNFILTERED_BYTES = 3.2 * 2 ** 20;

export const SAMPLED_UP2 = sampledUp2();

/** @param unfilteredBytes as for {@link recordInBands} */
export function sampledUp2(unfilteredBytes = UNFILTERED_BYTES): Conv3x3Variant {
  return { name: 'sampled', up: 2, supports: samplesExactly(QUAD_WEIGHTS), record };

  function record(plan: PlanBuilder, operands: Conv3x3Operands): void {
    const { input, weights, styles, demodulation, epilogue, output } = operands;
    const { batch, height, width } = imageExtents(input, 'sampled');
    const { channels, ...size } = imageExtents(output, 'sampled');
    const settings = layerEpilogueSettings(plan, epilogue, { ...size, channels });
    const weight = weights.asTexture(QUAD_WEIGHTS);
    const inputGroups = input.stride / 4;
    const groups = output.stride / 4;
    const blocks = Math.ceil(groups / QUADS.GROUPS);
    const tileColumns = Math.ceil((width + 1) / QUADS.COLUMNS);

    const stepsFor = (sample: number): UpsamplingSteps<Texture> => ({
      quadRows: QUADS.ROWS,
      height: size.height,
      unfilteredRowBytes: (size.width + 1) * output.stride * 4,
      flopsPerQuadRow: 18 * width * input.stride * output.stride,
      allocate: (rows) =>
        plan.scratchTexture('unfiltered', {
          format: 'rgba32float',
          width: size.width + 1,
          height: rows,
          layers: groups,
        }),
      convolve(unfiltered, band) {
        const rows = band.endRow - band.firstRow;
        const staged = stagedTexture(plan, input, rows + 1);
        stageInput(plan, { input, styles, staged, sample, firstRow: band.firstRow, rows: rows + 1 });
        const tiles = tileColumns * Math.ceil(rows / QUADS.ROWS);
        plan.dispatch({
          kernel: TRANSPOSED,
          bindings: { demodulation },
          textures: { staged, weight, unfiltered },
          params: {
            sample,
            height,
            width,
            inputGroups,
            groups,
            ...band,
            ringRows: unfiltered.height,
            texelWidth: 1 / staged.width,
            texelHeight: 1 / staged.height,
            weightTexelHeight: 1 / weight.height,
          },
          constants: QUADS,
          workgroups: workgroupGrid(Math.ceil((tiles * blocks) / THREADS)),
        });
      },
      filter(unfiltered, pairs) {
        const columns = Math.ceil(size.width / FILTERED_SIDE);
        const rows = Math.ceil((2 * (pairs.endPair - pairs.firstPair)) / FILTERED_SIDE);
        plan.dispatch({
          kernel: FIR,
          bindings: { output, ...settings.bindings },
          textures: { unfiltered },
          params: {
            sample,
            height: size.height,
            width: size.width,
            channels,
            ringRows: unfiltered.height,
            ...pairs,
            ...settings.params,
          },
          constants: { ...settings.constants, SIDE: FILTERED_SIDE },
          workgroups: linearGrid(rows * columns * groups),
        });
      },
    });
    for (let sample = 0; sample < batch; sample++) recordInBands(plan, stepsFor(sample), unfilteredBytes);
  }
}

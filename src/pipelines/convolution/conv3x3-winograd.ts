/**
 * The modulated 3x3 convolution by Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
 * Networks"): 16 multiplications for four outputs in place of 36. Styles scale the input before its transform and demodulation the output after
 * its own, so that the weights are transformed once, at load.
 *
 * The transformed pictures go through memory, in bands. Keeping them in the workgroup would save that traffic, but 16 KiB hold the 16 positions of
 * 16 tiles by 32 channels only, and such tiles load four times as much for a multiplication as the separate products here do.
 */

import { linearGrid, rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import { imageExtents, padToFour } from '../../gpu/tensor';
import conv3x3WinogradGemmShader from '../../shaders/convolution/winograd/conv3x3-winograd-gemm.wgsl';
import conv3x3WinogradInputShader from '../../shaders/convolution/winograd/conv3x3-winograd-input.wgsl';
import conv3x3WinogradOutputShader from '../../shaders/convolution/winograd/conv3x3-winograd-output.wgsl';
import type { WeightLayout } from './conv-weights';
import type { Conv3x3Variant } from './conv3x3';
import { channelThreads, channelTiles, threadRows } from './conv3x3-gemm';
import { winogradWeights } from './derived-weights';
import { layerEpilogueSettings } from './layer-epilogue';

const INPUT_TRANSFORM = defineKernel(conv3x3WinogradInputShader);
const PRODUCTS = defineKernel(conv3x3WinogradGemmShader);
const OUTPUT_TRANSFORM = defineKernel(conv3x3WinogradOutputShader);

/** Positions in a transformed patch of 4 x 4. */
const POSITIONS = 16;

/** Bytes that the transformed input and output of a band may have together: small enough for a card's cache, enough work to fill it. */
const TRANSFORMED_BYTES = 32 * 2 ** 20;

/** Rows of G, which maps the three taps of an axis to four. */
const TAP_TRANSFORM: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];

/** G g G^T of every kernel g: [16, inChannels rounded up to four, outChannels]. */
export const WINOGRAD_WEIGHTS: WeightLayout = {
  name: 'winograd 2x2',
  shapeOf: ([outChannels, inChannels]) => [POSITIONS, padToFour(inChannels), outChannels],
  prepare(stored, [outChannels, inChannels]) {
    const rows = padToFour(inChannels);
    const transformed = new Float32Array(POSITIONS * rows * outChannels);
    for (let out = 0; out < outChannels; out++) {
      for (let input = 0; input < inChannels; input++) {
        const kernel = stored.subarray((out * inChannels + input) * 9, (out * inChannels + input) * 9 + 9);
        for (let position = 0; position < POSITIONS; position++) {
          transformed[(position * rows + input) * outChannels + out] = transformedTap(kernel, position);
        }
      }
    }
    return transformed;
  },
  derive: winogradWeights,
};

/** One of the 16 numbers of G g G^T. */
function transformedTap(kernel: Float32Array, position: number): number {
  const rowFactors = TAP_TRANSFORM[position >> 2]!;
  const columnFactors = TAP_TRANSFORM[position & 3]!;
  let sum = 0;
  for (let tap = 0; tap < 9; tap++) sum += rowFactors[Math.floor(tap / 3)]! * columnFactors[tap % 3]! * kernel[tap]!;
  return sum;
}

/** Bytes of one row of tiles, transformed. */
function tileRowBytes(batch: number, width: number, inChannels: number, outChannels: number): number {
  return POSITIONS * batch * Math.ceil(width / 2) * (padToFour(inChannels) + padToFour(outChannels)) * 4;
}

export const WINOGRAD = winogradInBands(TRANSFORMED_BYTES);

/** @param transformedBytes as {@link TRANSFORMED_BYTES}, though a band has a row of tiles at least */
export function winogradInBands(transformedBytes: number): Conv3x3Variant {
  return {
    name: 'winograd',
    up: 1,
    supports: ({ batch, width, inChannels, outChannels }) =>
      tileRowBytes(batch, width, inChannels, outChannels) <= TRANSFORMED_BYTES,
    record(plan, { input, weights, styles, demodulation, epilogue, output }) {
      const size = imageExtents(output, 'winograd');
      const { batch, height, width, channels } = size;
      const [, inChannels] = weights.shape;
      const inputGroups = input.stride / 4;
      const outputGroups = output.stride / 4;
      const tileColumns = Math.ceil(width / 2);
      const settings = layerEpilogueSettings(plan, epilogue, size);
      const weight = weights.as(WINOGRAD_WEIGHTS);

      const flopsPerRow = 2 * POSITIONS * batch * tileColumns * input.stride * output.stride;
      const affordableRows = transformedBytes / tileRowBytes(batch, width, inChannels, channels);
      const bands = rowBands(plan, Math.ceil(height / 2), flopsPerRow, 1, affordableRows);
      const mostTiles = batch * (bands[0]!.endRow - bands[0]!.firstRow) * tileColumns;
      const transformed = plan.scratch(`${weights.label} transformed input`, [POSITIONS, mostTiles, inChannels]);
      const products = plan.scratch(`${weights.label} products`, [POSITIONS, mostTiles, channels]);

      for (const { firstRow, endRow } of bands) {
        const place = { firstRow, tileRows: endRow - firstRow, tileColumns };
        const tiles = batch * place.tileRows * tileColumns;
        plan.dispatch({
          kernel: INPUT_TRANSFORM,
          bindings: { input, styles, transformed },
          params: { batch, height, width, inputGroups, ...place },
          workgroups: linearGrid(tiles * inputGroups),
        });
        const tileBlocks = Math.ceil(tiles / (8 * threadRows(channels)));
        plan.dispatch({
          kernel: PRODUCTS,
          bindings: { transformed, weight, products },
          params: { tiles, inputGroups, outputGroups },
          constants: { CHANNEL_THREADS: channelThreads(channels) },
          workgroups: workgroupGrid(POSITIONS * tileBlocks * channelTiles(channels)),
        });
        plan.dispatch({
          kernel: OUTPUT_TRANSFORM,
          bindings: { products, demodulation, output, ...settings.bindings },
          params: { batch, height, width, channels, ...place, ...settings.params },
          constants: settings.constants,
          workgroups: linearGrid(tiles * outputGroups),
        });
      }
    },
  };
}

/**
 * The gradient of a convolution with respect to its weights: for each tap and pair of channels a sum over all pixels. As there may be few of these
 * pairs, the pixels are divided into parts, whose sums are added up in a fixed order.
 */

import { linearGrid, type RowBand, rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, padToFour, type Tensor, vectorCount } from '../../gpu/tensor';
import weightGradientShader from '../../shaders/convolution/conv2d/conv2d-weight-gradient.wgsl';
import weightGradientTiledShader from '../../shaders/convolution/conv2d/conv2d-weight-gradient-tiled.wgsl';
import sumPartsShader from '../../shaders/convolution/conv2d/sum-parts.wgsl';
import weightGradientSampledShader from '../../shaders/convolution/conv3x3-weight-gradient-sampled.wgsl';
import { type ConvGeometry, isTiled, ones } from './conv2d-kernels';
import { affordableRows, fitsTexels, stagedTexture, stageInput } from './staged-input';

const WEIGHT_GRADIENT = defineKernel(weightGradientShader);
const WEIGHT_GRADIENT_TILED = defineKernel(weightGradientTiledShader);
const WEIGHT_GRADIENT_SAMPLED = defineKernel(weightGradientSampledShader);
const SUM_PARTS = defineKernel(sumPartsShader);

/** What a thread of the tiled kernel for weight gradients computes: pixels at a time, and channels in fours. */
interface WeightTile {
  readonly TILE_ROWS: number;
  readonly TILE_COLUMNS: number;
  readonly IN_GROUPS: number;
  readonly OUT_GROUPS: number;
}

/**
 * With nine taps a pixel serves many sums; with one, only those of several channels. With stride there are more pixels in a tile. (Larger tiles gain
 * little, and their many values at once take a software adapter's compiler seconds.)
 */
function tileOf({ kernelHeight, kernelWidth, stride }: ConvGeometry): WeightTile {
  if (kernelHeight * kernelWidth === 1) return { TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 2, OUT_GROUPS: 4 };
  return { TILE_ROWS: stride === 1 ? 2 : 1, TILE_COLUMNS: 4, IN_GROUPS: 1, OUT_GROUPS: 1 };
}

/** Threads that keep a device busy. */
const SOFTWARE_THREADS = 1024;
const HARDWARE_THREADS = 2 ** 16;

/** Bytes that the parts of a sum may have together, if there is more than one for each sample. */
const PARTS_BYTES = 32 * 2 ** 20;

export interface WeightGradient {
  /** [N, H, W, inChannels] */
  readonly input: Tensor;
  /** [N, outHeight, outWidth, outChannels] */
  readonly gradient: Tensor;
  readonly geometry: ConvGeometry;
  /** Whether the result is to have output before input channels: for a transposed convolution. Not for the plain kernel. Default: false. */
  readonly isSwapped?: boolean;
  /** Whether the sum is over all samples, or of each sample on its own. */
  readonly samples: 'together' | 'apart';
  /** Whether to take the plain kernel though the tiled one could do it. Default: false. */
  readonly isPlain?: boolean | undefined;
}

/**
 * Appends what computes the gradient of a convolution's weights.
 * @returns [kernelHeight, kernelWidth, inChannels rounded up to four, outChannels], or swapped [.., outChannels rounded up to four, inChannels];
 * with samples apart, N times as many rows of kernels: [N * kernelHeight, ...]
 */
export function dispatchWeightGradient(plan: PlanBuilder, what: WeightGradient): Tensor {
  const { input, gradient, geometry, isSwapped = false, samples, isPlain = false } = what;
  const { batch, height, width } = imageExtents(input, 'conv2d weight gradient');
  const { height: outHeight, width: outWidth } = imageExtents(gradient, 'conv2d weight gradient');
  const rowsOf = (rows: Tensor, columns: Tensor) => [padToFour(rows.shape[3]!), columns.shape[3]!] as const;
  const [rows, columns] = isSwapped ? rowsOf(gradient, input) : rowsOf(input, gradient);
  if (!isPlain && samplesPixels(plan, what)) {
    const { parts, partsPerSample } = sampledParts(plan, what, [rows, columns]);
    return sumParts(plan, parts, batch, partsPerSample, samples);
  }
  const { kernelHeight, kernelWidth } = geometry;
  const usesTiles = isTiled(geometry) && !isPlain;
  const taps = kernelHeight * kernelWidth;
  const tile = tileOf(geometry);
  const inputGroups = input.stride / 4;
  const groups = gradient.stride / 4;
  const threadsPerPart = usesTiles
    ? Math.ceil(inputGroups / tile.IN_GROUPS) * Math.ceil(groups / tile.OUT_GROUPS)
    : taps * inputGroups * groups;
  const partBytes = taps * rows * padToFour(columns) * 4;

  const rowsAtOnce = usesTiles ? tile.TILE_ROWS : 1;
  const wantedThreads = plan.host.adapter.isSoftware ? SOFTWARE_THREADS : HARDWARE_THREADS;
  const wantedSplits = Math.min(wantedThreads / (threadsPerPart * batch), PARTS_BYTES / (partBytes * batch));
  const splitsAtMost = Math.max(1, Math.min(Math.floor(wantedSplits), Math.ceil(outHeight / rowsAtOnce)));
  const rowsPerSplit = Math.ceil(outHeight / splitsAtMost / rowsAtOnce) * rowsAtOnce;
  const splits = Math.ceil(outHeight / rowsPerSplit);
  const parts = plan.scratch(`${gradient.label} weight gradient`, [
    batch * splits * kernelHeight,
    kernelWidth,
    rows,
    columns,
  ]);
  const flopsPerPart = 2 * taps * input.stride * gradient.stride * rowsPerSplit * outWidth;
  for (const { firstRow: firstPart, endRow: endPart } of rowBands(plan, batch * splits, flopsPerPart)) {
    const { padLeft, padTop, stride } = geometry;
    const place = { padLeft, padTop, splits, rowsPerSplit, firstPart, endPart };
    const params = { height, width, outHeight, outWidth, inputGroups, groups, ...place };
    plan.dispatch({
      kernel: usesTiles ? WEIGHT_GRADIENT_TILED : WEIGHT_GRADIENT,
      bindings: { input, gradient, output: parts },
      params: usesTiles ? params : { ...params, kernelHeight, kernelWidth, stride },
      constants: usesTiles
        ? {
            KERNEL_HEIGHT: kernelHeight,
            KERNEL_WIDTH: kernelWidth,
            STRIDE: stride,
            SWAPPED: Number(isSwapped),
            ...tile,
          }
        : {},
      workgroups: linearGrid((endPart - firstPart) * threadsPerPart),
    });
  }
  return sumParts(plan, parts, batch, splits, samples);
}

/** Gradient pixels that a thread of the sampled kernel computes with at a time. */
const SAMPLED_TILE = { TILE_ROWS: 4, TILE_COLUMNS: 8 };
/** The same with stride, where there are twice as many of the input to read in each direction. */
const STRIDED_TILE = { TILE_ROWS: 2, TILE_COLUMNS: 4 };
const SAMPLED_THREADS = 16;
/** Threads that keep all cores of a processor busy. */
const LEAST_SAMPLED_THREADS = 256;

/** Whether the sampled kernel computes it: 3x3, of a picture that keeps its side or of one that was doubled, where texels are exact and fit. */
function samplesPixels(plan: PlanBuilder, { input, gradient, geometry }: WeightGradient): boolean {
  const { kernelHeight, kernelWidth, stride, padTop, padLeft } = geometry;
  const isKnown = stride === 1 ? padTop === 1 && padLeft === 1 : stride === 2 && padTop === 0 && padLeft === 0;
  return (
    kernelHeight === 3 && kernelWidth === 3 && isKnown && [input, gradient].every((one) => fitsTexels(plan.host, one))
  );
}

/**
 * Appends what computes the parts from texels.
 * @param size rows and columns of the result for a tap
 */
function sampledParts(
  plan: PlanBuilder,
  { input, gradient, geometry, isSwapped = false }: WeightGradient,
  [rows, columns]: readonly [number, number],
): { parts: Tensor; partsPerSample: number } {
  const { batch, height, width } = imageExtents(gradient, 'conv2d weight gradient');
  const { stride, padTop } = geometry;
  const tile = stride === 1 ? SAMPLED_TILE : STRIDED_TILE;
  const offset = 1 - padTop;
  const inputGroups = input.stride / 4;
  const groups = gradient.stride / 4;
  const most = Math.min(affordableRows(gradient), Math.floor(affordableRows(input) / stride)) - 2;
  const bands = rowBands(plan, height, 18 * width * input.stride * gradient.stride, tile.TILE_ROWS, most);
  const tilesOf = ({ firstRow, endRow }: RowBand) => Math.ceil((endRow - firstRow) / tile.TILE_ROWS);
  const inputRows = (tiles: number) => (tiles * tile.TILE_ROWS - 1) * stride + 3 + offset;
  const gradientRows = (tiles: number) => tiles * tile.TILE_ROWS + 1;
  const staged = stagedTexture(plan, input, inputRows(tilesOf(bands[0]!)));
  const stagedGradient = stagedTexture(plan, gradient, gradientRows(tilesOf(bands[0]!)), 'staged gradient');
  const noFactors = (of: Tensor) => ones(plan, batch, of.shape[3]!);
  const factors = { input: noFactors(input), gradient: noFactors(gradient) };

  const wantedSplits = Math.ceil(LEAST_SAMPLED_THREADS / (inputGroups * groups));
  const splitOf = (band: RowBand) => {
    const tilesPerSplit = Math.ceil(tilesOf(band) / wantedSplits);
    return { splits: Math.ceil(tilesOf(band) / tilesPerSplit), rowsPerSplit: tilesPerSplit * tile.TILE_ROWS };
  };
  const partsPerSample = bands.reduce((sum, band) => sum + splitOf(band).splits, 0);
  const parts = plan.scratch(`${gradient.label} weight gradient`, [batch * partsPerSample * 3, 3, rows, columns]);
  let firstPart = 0;
  for (let sample = 0; sample < batch; sample++) {
    for (const band of bands) {
      const { firstRow } = band;
      const { splits, rowsPerSplit } = splitOf(band);
      const tiles = tilesOf(band);
      stageInput(plan, {
        ...{ input, styles: factors.input, staged, sample },
        firstRow: firstRow * stride,
        rows: inputRows(tiles),
      });
      stageInput(plan, {
        ...{ input: gradient, styles: factors.gradient, staged: stagedGradient, sample },
        firstRow,
        rows: gradientRows(tiles),
      });
      plan.dispatch({
        kernel: WEIGHT_GRADIENT_SAMPLED,
        bindings: { output: parts },
        textures: { staged, stagedGradient },
        params: {
          width,
          rows: band.endRow - firstRow,
          splits,
          rowsPerSplit,
          firstPart,
          inputGroups,
          groups,
          texelWidth: 1 / staged.width,
          texelHeight: 1 / staged.height,
          gradientTexelWidth: 1 / stagedGradient.width,
          gradientTexelHeight: 1 / stagedGradient.height,
        },
        constants: { STRIDE: stride, OFFSET: offset, SWAPPED: Number(isSwapped), ...tile },
        workgroups: workgroupGrid(Math.ceil((splits * inputGroups * groups) / SAMPLED_THREADS)),
      });
      firstPart += splits;
    }
  }
  return { parts, partsPerSample };
}

/** Adds up the parts of each sample, or of all. */
function sumParts(
  plan: PlanBuilder,
  parts: Tensor,
  batch: number,
  splits: number,
  samples: 'together' | 'apart',
): Tensor {
  const sets = samples === 'together' ? 1 : batch;
  const partsPerSet = (batch * splits) / sets;
  if (partsPerSet === 1) return parts;
  const [first, ...rest] = parts.shape;
  const output = plan.scratch(parts.label, [first! / partsPerSet, ...rest]);
  const vectors = vectorCount(output) / sets;
  plan.dispatch({
    kernel: SUM_PARTS,
    bindings: { parts, output },
    params: { vectors, sets, partsPerSet },
    workgroups: linearGrid(vectorCount(output)),
  });
  return output;
}

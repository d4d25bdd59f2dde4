/**
 * The gradient of a convolution with respect to its weights: for each tap and pair of channels a sum over all pixels. As there may be few of these
 * pairs, the pixels are divided into parts, whose sums are added up in a fixed order.
 */

import { linearGrid, type RowBand, rowBands, workgroupGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, padToFour, type Tensor, vectorCount } from '../../gpu/tensor';
import type { Texture } from '../../gpu/texture';
import weightGradientShader from '../../shaders/convolution/conv2d/conv2d-weight-gradient.wgsl';
import weightGradientSampledShader from '../../shaders/convolution/conv2d/conv2d-weight-gradient-sampled.wgsl';
import weightGradientTiledShader from '../../shaders/convolution/conv2d/conv2d-weight-gradient-tiled.wgsl';
import sumPartsShader from '../../shaders/convolution/conv2d/sum-parts.wgsl';
import { type ConvGeometry, isTiled, LEAST_SAMPLED_POINTS, ones } from './conv2d-kernels';
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
function tileOf({ kernelHeight, kernelWidth, stride }: ConvGeometry, groups: number): WeightTile {
  if (kernelHeight * kernelWidth === 1) {
    const channels = groups === 1 ? { IN_GROUPS: 8, OUT_GROUPS: 1 } : { IN_GROUPS: 2, OUT_GROUPS: 4 };
    return { TILE_ROWS: 1, TILE_COLUMNS: 4, ...channels };
  }
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
  if (!isPlain && samplesPixels(plan, what)) return dispatchSampled(plan, what);
  const [rows, columns] = weightExtents({ input, gradient, isSwapped });
  const { kernelHeight, kernelWidth } = geometry;
  const usesTiles = isTiled(geometry) && !isPlain;
  const taps = kernelHeight * kernelWidth;
  const inputGroups = input.stride / 4;
  const groups = gradient.stride / 4;
  const tile = tileOf(geometry, groups);
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

/** What a thread of the sampled kernel computes; with stride there are twice as many pixels of the input to read in each direction. */
const SAMPLED_TILE: WeightTile = { TILE_ROWS: 4, TILE_COLUMNS: 8, IN_GROUPS: 1, OUT_GROUPS: 1 };
const STRIDED_TILE: WeightTile = { TILE_ROWS: 2, TILE_COLUMNS: 4, IN_GROUPS: 1, OUT_GROUPS: 1 };
const POINT_TILE: WeightTile = { TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 4, OUT_GROUPS: 4 };
const SAMPLED_THREADS = 16;
/** Threads that keep all cores of a processor busy. */
const LEAST_SAMPLED_THREADS = 256;

function sampledTile({ kernelHeight, stride }: ConvGeometry): WeightTile {
  if (kernelHeight === 1) return POINT_TILE;
  return stride === 1 ? SAMPLED_TILE : STRIDED_TILE;
}

/**
 * Whether the sampled kernel computes it, where texels are exact and fit: 3x3 of a picture that keeps its side, or of one that was doubled; one tap if
 * there are many pixels and more than a vector of channels.
 */
export function samplesPixels(
  plan: PlanBuilder,
  { input, gradient, geometry }: Pick<WeightGradient, 'input' | 'gradient' | 'geometry'>,
): boolean {
  const { kernelHeight, kernelWidth, stride, padTop, padLeft } = geometry;
  const isPadded = (by: number) => padTop === by && padLeft === by;
  const { height, width } = imageExtents(gradient, 'conv2d weight gradient');
  const isKnown =
    kernelHeight === 1
      ? stride === 1 && isPadded(0) && height * width >= LEAST_SAMPLED_POINTS && gradient.stride > 4
      : kernelHeight === 3 && (stride === 1 ? isPadded(1) : stride === 2 && isPadded(0));
  return kernelHeight === kernelWidth && isKnown && [input, gradient].every((one) => fitsTexels(plan.host, one));
}

/** The sums of weight gradients from texels, for whoever stages them. */
export interface SampledSums {
  /** Rows of the gradient that a thread reads at a time: bands are multiples of it, but for the last. */
  readonly tileRows: number;
  readonly flopsPerRow: number;
  /** Rows of texels that a band of so many rows reads: of the input, from one above row `stride * firstRow` on, and of the gradient. */
  stagedRows(rows: number): { input: number; gradient: number };
  /** Makes room for the parts of all bands. To be called once, before the first {@link compute}. */
  allocate(bands: readonly RowBand[]): void;
  /** Appends the parts of a band. Bands follow each other, sample by sample. */
  compute(staged: { input: Texture; gradient: Texture }, band: RowBand): void;
  /** Appends what adds up the parts. */
  total(samples: 'together' | 'apart'): Tensor;
}

/** Makes ready the sums of {@link dispatchWeightGradient} from texels. */
export function sampledSums(
  plan: PlanBuilder,
  { input, gradient, geometry, isSwapped = false }: Omit<WeightGradient, 'samples'>,
): SampledSums {
  const { batch, width } = imageExtents(gradient, 'conv2d weight gradient');
  const { kernelHeight: side, stride, padTop } = geometry;
  const inputGroups = input.stride / 4;
  const groups = gradient.stride / 4;
  const tile = sampledTile(geometry);
  const offset = 1 - padTop;
  const [rows, columns] = weightExtents({ input, gradient, isSwapped });
  const blocks = Math.ceil(inputGroups / tile.IN_GROUPS) * Math.ceil(groups / tile.OUT_GROUPS);
  const wantedSplits = Math.ceil(LEAST_SAMPLED_THREADS / blocks);
  const tilesOf = ({ firstRow, endRow }: RowBand) => Math.ceil((endRow - firstRow) / tile.TILE_ROWS);
  const splitOf = (band: RowBand) => {
    const tilesPerSplit = Math.ceil(tilesOf(band) / wantedSplits);
    return { splits: Math.ceil(tilesOf(band) / tilesPerSplit), rowsPerSplit: tilesPerSplit * tile.TILE_ROWS };
  };
  let partsPerSample = 0;
  let parts: Tensor;
  let firstPart = 0;
  return {
    tileRows: tile.TILE_ROWS,
    flopsPerRow: 2 * side * side * width * input.stride * gradient.stride,
    stagedRows(bandRows) {
      const tiledRows = Math.ceil(bandRows / tile.TILE_ROWS) * tile.TILE_ROWS;
      return { input: (tiledRows - 1) * stride + side + offset, gradient: tiledRows + 1 };
    },
    allocate(bands) {
      partsPerSample = bands.reduce((sum, band) => sum + splitOf(band).splits, 0);
      parts = plan.scratch(`${gradient.label} weight gradient`, [batch * partsPerSample * side, side, rows, columns]);
    },
    compute(staged, band) {
      const { splits, rowsPerSplit } = splitOf(band);
      plan.dispatch({
        kernel: WEIGHT_GRADIENT_SAMPLED,
        bindings: { output: parts },
        textures: { staged: staged.input, stagedGradient: staged.gradient },
        params: {
          width,
          rows: band.endRow - band.firstRow,
          splits,
          rowsPerSplit,
          firstPart,
          inputGroups,
          groups,
          texelWidth: 1 / staged.input.width,
          texelHeight: 1 / staged.input.height,
          gradientTexelWidth: 1 / staged.gradient.width,
          gradientTexelHeight: 1 / staged.gradient.height,
        },
        constants: { KERNEL_SIDE: side, STRIDE: stride, OFFSET: offset, SWAPPED: Number(isSwapped), ...tile },
        workgroups: workgroupGrid(Math.ceil((splits * blocks) / SAMPLED_THREADS)),
      });
      firstPart += splits;
    },
    total: (samples) => sumParts(plan, parts, batch, partsPerSample, samples),
  };
}

/** Appends the sums from texels, and what stages these. */
function dispatchSampled(plan: PlanBuilder, what: WeightGradient): Tensor {
  const { input, gradient, geometry, samples } = what;
  const { batch, height } = imageExtents(gradient, 'conv2d weight gradient');
  const { tileRows, flopsPerRow, stagedRows, allocate, compute, total } = sampledSums(plan, what);
  const most = Math.min(affordableRows(gradient), Math.floor(affordableRows(input) / geometry.stride)) - 2;
  const bands = rowBands(plan, height, flopsPerRow, tileRows, most);
  allocate(bands);
  const largest = stagedRows(bands[0]!.endRow);
  const staged = {
    input: stagedTexture(plan, input, largest.input),
    gradient: stagedTexture(plan, gradient, largest.gradient, 'staged gradient'),
  };
  const noFactors = { input: ones(plan, batch, input.shape[3]!), gradient: ones(plan, batch, gradient.shape[3]!) };
  for (let sample = 0; sample < batch; sample++) {
    for (const band of bands) {
      const { firstRow } = band;
      const rows = stagedRows(band.endRow - firstRow);
      stageInput(plan, {
        ...{ input, styles: noFactors.input, staged: staged.input, sample },
        firstRow: firstRow * geometry.stride,
        rows: rows.input,
      });
      stageInput(plan, {
        ...{ input: gradient, styles: noFactors.gradient, staged: staged.gradient, sample },
        firstRow,
        rows: rows.gradient,
      });
      compute(staged, band);
    }
  }
  return total(samples);
}

/** Rows and columns of the result for a tap. */
function weightExtents({
  input,
  gradient,
  isSwapped,
}: Pick<WeightGradient, 'input' | 'gradient' | 'isSwapped'>): [number, number] {
  const [rows, columns] = isSwapped ? [gradient, input] : [input, gradient];
  return [padToFour(rows.shape[3]!), columns.shape[3]!];
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

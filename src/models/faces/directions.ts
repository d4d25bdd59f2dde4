/**
 * Directions of w by principal components (GANSpace, Härkönen et al. 2020, section 2): the mapping network turns the round cloud of z into
 * a stretched one of w, and what people call age, pose or light lies mostly along its longest axes. This is the arithmetic alone: the
 * covariance of samples that come batch by batch, and its eigenvectors. It runs in a worker; nothing here knows of that.
 */

import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { TrifoldError } from '../../errors';

/** As many directions as anybody will try; the paper shows about as many. */
export const DIRECTION_COUNT = 20;
/** A variance below this share of the largest is the rounding of f32 samples, not a direction. */
const LEAST_VARIANCE = 1e-10;
/** Rows that are taken together, so that each sum is loaded and stored once for all of them. */
const ROWS_AT_ONCE = 4;

export interface LatentDirections {
  readonly wDim: number;
  /** How many w they were found from. */
  readonly samples: number;
  /** The average of the samples, [wDim]. */
  readonly mean: Float32Array;
  /** Each [wDim] and as long as one standard deviation of w along it, largest first; at right angles to each other. */
  readonly directions: readonly Float32Array[];
  /** For each direction its share of the whole variance, 0..1. */
  readonly shares: readonly number[];
}

/** Samples from which no direction can be found. */
export class LatentSamplesError extends TrifoldError {
  override readonly code = 'latent-samples';

  constructor(
    readonly value: number,
    problem: string,
  ) {
    super(
      `The model's samples of w cannot be used: ${problem}`,
      'The weights of the mapping network may be damaged: open the model file again, or another one.',
    );
  }
}

/**
 * Mean and covariance of samples that come in batches, in float64. A batch is centred on its own mean before its products are summed, and
 * batches are joined by the distance of their means (Chan, Golub and LeVeque 1979), so that nothing cancels.
 */
export class LatentMoments {
  #samples = 0;
  readonly #mean: Float64Array;
  /** Upper triangle of [wDim, wDim]: sums of products of the deviations from the mean. */
  readonly #scatter: Float64Array;

  constructor(readonly wDim: number) {
    this.#mean = new Float64Array(wDim);
    this.#scatter = new Float64Array(wDim * wDim);
  }

  get samples(): number {
    return this.#samples;
  }

  /** @param rows [N, wDim] @throws LatentSamplesError for a number that is not finite, or rows of another length */
  add(rows: Float32Array): void {
    const { wDim } = this;
    const count = rows.length / wDim;
    if (!Number.isInteger(count)) {
      throw new LatentSamplesError(rows.length, `${rows.length} numbers are not whole rows of ${wDim}.`);
    }
    if (count === 0) return;
    const batchMean = meanOfRows(rows, wDim);
    const wrong = batchMean.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw new LatentSamplesError(wrong, `there is ${wrong} among them.`);
    const total = this.#samples + count;
    const deviations = new Float64Array((count + 1) * wDim);
    for (let at = 0; at < rows.length; at++) deviations[at] = rows[at]! - batchMean[at % wDim]!;
    // The distance between the two means counts as one more sample.
    const distanceWeight = Math.sqrt((this.#samples * count) / total);
    for (let column = 0; column < wDim; column++) {
      const distance = batchMean[column]! - this.#mean[column]!;
      deviations[rows.length + column] = distance * distanceWeight;
      this.#mean[column]! += (distance * count) / total;
    }
    addProducts(this.#scatter, deviations, wDim);
    this.#samples = total;
  }

  /** The average, [wDim]. */
  mean(): Float64Array {
    return this.#mean.slice();
  }

  /** The unbiased covariance, [wDim, wDim]; zeros for fewer than two samples. */
  covariance(): Float64Array {
    const { wDim } = this;
    const scale = 1 / Math.max(1, this.#samples - 1);
    const result = new Float64Array(wDim * wDim);
    for (let row = 0; row < wDim; row++) {
      for (let column = row; column < wDim; column++) {
        const value = this.#scatter[row * wDim + column]! * scale;
        result[row * wDim + column] = value;
        result[column * wDim + row] = value;
      }
    }
    return result;
  }
}

/**
 * The directions along which w varies most. Each points where its largest component is positive: an eigenvector has no sign of its own,
 * and a kept face needs one.
 * @returns fewer than `count` where the samples vary along fewer; none where all are the same
 */
export function directionsOf(moments: LatentMoments, count = DIRECTION_COUNT): LatentDirections {
  const { wDim, samples } = moments;
  const covariance = moments.covariance();
  const matrix = new Matrix(wDim, wDim);
  let variance = 0;
  for (let row = 0; row < wDim; row++) {
    for (let column = 0; column < wDim; column++) matrix.set(row, column, covariance[row * wDim + column]!);
    variance += covariance[row * wDim + row]!;
  }
  const { realEigenvalues: values, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const largestFirst = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]!);
  const least = LEAST_VARIANCE * (values[largestFirst[0]!] ?? 0);
  const found = largestFirst.filter((index) => values[index]! > least).slice(0, count);
  return {
    wDim,
    samples,
    mean: Float32Array.from(moments.mean()),
    directions: found.map((index) => scaledDirection(eigenvectorMatrix.getColumn(index), Math.sqrt(values[index]!))),
    shares: found.map((index) => Math.min(1, values[index]! / variance)),
  };
}

function scaledDirection(unit: readonly number[], deviation: number): Float32Array {
  const largest = unit.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  const factor = largest < 0 ? -deviation : deviation;
  return Float32Array.from(unit, (value) => value * factor);
}

function meanOfRows(rows: Float32Array, wDim: number): Float64Array {
  const mean = new Float64Array(wDim);
  for (let at = 0; at < rows.length; at++) mean[at % wDim]! += rows[at]!;
  return mean.map((sum) => (sum * wDim) / rows.length);
}

/** Adds the upper triangle of transpose(rows) * rows. @param rows [N, wDim] */
function addProducts(scatter: Float64Array, rows: Float64Array, wDim: number): void {
  const count = rows.length / wDim;
  const zeros = new Float64Array(wDim);
  const rowAt = (index: number) => (index < count ? rows.subarray(index * wDim, (index + 1) * wDim) : zeros);
  for (let first = 0; first < count; first += ROWS_AT_ONCE) {
    const [p, q, r, s] = [rowAt(first), rowAt(first + 1), rowAt(first + 2), rowAt(first + 3)];
    for (let a = 0; a < wDim; a++) {
      const [pa, qa, ra, sa] = [p[a]!, q[a]!, r[a]!, s[a]!];
      const sums = scatter.subarray(a * wDim, (a + 1) * wDim);
      for (let b = a; b < wDim; b++) sums[b]! += pa * p[b]! + qa * q[b]! + ra * r[b]! + sa * s[b]!;
    }
  }
}

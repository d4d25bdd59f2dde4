/**
 * The Fréchet distance between two sets of pictures, as of the features that a fixed network has of them (Heusel et al. 2017, "GANs Trained by a Two
 * Time-Scale Update Rule", section 4): each set is taken for a normal distribution,
 *
 *   |m1 - m2|^2 + trace(C1 + C2 - 2 (C1 C2)^(1/2)).
 *
 * Its size depends on the features and on how many pictures there are, so it can be compared only with others of the same features and counts: it is no
 * FID of the literature, which has Inception's features of 50,000 pictures.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Mean and covariance of a set's features. */
export interface FeatureStatistics {
  readonly count: number;
  /** [features] */
  readonly mean: Float64Array;
  /** [features, features] */
  readonly covariance: Matrix;
}

/**
 * @param features [count, features], at least two rows
 * @param count rows
 */
export function featureStatistics(features: ArrayLike<number>, count: number): FeatureStatistics {
  const length = features.length / count;
  const mean = new Float64Array(length);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < length; column++) mean[column]! += features[row * length + column]! / count;
  }
  const centred = new Matrix(count, length);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < length; column++) {
      centred.set(row, column, features[row * length + column]! - mean[column]!);
    }
  }
  return {
    count,
    mean,
    covariance: centred
      .transpose()
      .mmul(centred)
      .div(count - 1),
  };
}

/** The squared distance, as it is given in the literature: 0 for equal statistics, up to rounding. */
export function frechetDistance(a: FeatureStatistics, b: FeatureStatistics): number {
  const means = a.mean.reduce((sum, value, at) => sum + (value - b.mean[at]!) ** 2, 0);
  return means + a.covariance.trace() + b.covariance.trace() - 2 * traceOfRoot(a.covariance, b.covariance);
}

/** The trace of (A B)^(1/2), whose eigenvalues are those of the symmetric (A^(1/2) B A^(1/2))^(1/2). */
function traceOfRoot(a: Matrix, b: Matrix): number {
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(a, { assumeSymmetric: true });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  const root = vectors.mmul(roots).mmul(vectors.transpose());
  const product = root.mmul(b).mmul(root);
  const { realEigenvalues: squares } = new EigenvalueDecomposition(product, { assumeSymmetric: true });
  return squares.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

/**
 * Random cameras as the official samplers draw them. Used by training (issue 14).
 *
 * Both draw all yaws first and then all pitches, and look at the origin unless told otherwise. Randomness is passed in: a seeded generator
 * (`NumpyRandomState` fits), or draws that were recorded elsewhere.
 */
import type { CamToWorld, Point } from './conventions';
import { lookAtPose } from './look-at';

export interface NormalSource {
  /** `count` standard normal numbers. */
  randn(count: number): ArrayLike<number>;
}

export interface UniformSource {
  /** `count` uniform numbers in [0, 1). */
  rand(count: number): ArrayLike<number>;
}

/** Means and spreads in the units of {@link lookAtPose}: radians around pi/2. */
export interface PoseDistribution {
  yawMean: number;
  pitchMean: number;
  /** Standard deviation (Gaussian), or half the width (uniform). */
  yawSpread: number;
  pitchSpread: number;
  radius?: number;
  /** The point to look at. Default: the origin. */
  pivot?: Point;
}

/**
 * Poses from numbers that were drawn already: mean + spread * draw.
 * @param yawDraws one number a pose: standard normal, or uniform in [-1, 1)
 * @param pitchDraws as many
 */
export function posesFromDraws(
  distribution: PoseDistribution,
  yawDraws: ArrayLike<number>,
  pitchDraws: ArrayLike<number>,
): CamToWorld[] {
  const { yawMean, pitchMean, yawSpread, pitchSpread, radius, pivot } = distribution;
  return Array.from({ length: yawDraws.length }, (_, i) =>
    lookAtPose({
      yaw: yawMean + yawSpread * yawDraws[i]!,
      pitch: pitchMean + pitchSpread * pitchDraws[i]!,
      radius,
      pivot,
    }),
  );
}

/** `count` poses, yaw and pitch normal. */
export function gaussianPoses(distribution: PoseDistribution, count: number, random: NormalSource): CamToWorld[] {
  const yawDraws = random.randn(count);
  return posesFromDraws(distribution, yawDraws, random.randn(count));
}

/** `count` poses, yaw and pitch uniform within mean plus or minus spread. */
export function uniformPoses(distribution: PoseDistribution, count: number, random: UniformSource): CamToWorld[] {
  const symmetric = (draws: ArrayLike<number>) => Array.from(draws, (draw) => 2 * draw - 1);
  const yawDraws = symmetric(random.rand(count));
  return posesFromDraws(distribution, yawDraws, symmetric(random.rand(count)));
}

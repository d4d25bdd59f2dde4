/**
 * Minibatch standard deviation (Karras et al. 2017, "Progressive Growing of GANs", section 3): how much the samples of a group differ, as one more
 * channel, by which a discriminator sees that a generator always draws the same picture.
 */
import { ShapeError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, reshaped, type Tensor } from '../../gpu/tensor';
import { subtract } from '../dense/add';
import { squareRoot } from '../dense/half-power';
import { multiply, scaled } from '../dense/multiply';
import { rearrange } from '../dense/rearrange';
import { concatenate } from '../dense/window';
import { sumColumns } from './sum-columns';
import { repeatLeading, sumLeading } from './sum-rows';

const EPSILON = 1e-8;

export interface MinibatchDeviationOptions {
  /** Samples of a group, or the whole batch if that is smaller. The batch is a multiple of it. Default: the batch. */
  readonly groupSize?: number | undefined;
  /** Channels to add, each for an equal share of the input's. Default: 1. */
  readonly channels?: number | undefined;
}

/**
 * The input and, behind its channels, the standard deviation of each number over its group, averaged over pixels and channels. Sample n is in group
 * n mod (number of groups). Made of operations, so that it can be differentiated any number of times (R1 needs it twice).
 * @param input [N, H, W, C]
 * @returns [N, H, W, C + channels]
 * @throws ShapeError if the groups do not fill the batch, or the shares the channels
 */
export function withMinibatchDeviation(
  plan: PlanBuilder,
  input: Tensor,
  options: MinibatchDeviationOptions = {},
): Tensor {
  const { batch, height, width, channels } = imageExtents(input, 'withMinibatchDeviation');
  const members = Math.min(options.groupSize ?? batch, batch);
  const groups = batch / members;
  const parts = options.channels ?? 1;
  const share = channels / parts;
  if (!Number.isInteger(groups) || !Number.isInteger(share)) {
    throw new ShapeError(
      `withMinibatchDeviation: groups of ${members} and ${parts} channels for "${input.label}" [${input.shape}]; they must fill the batch and divide the channels`,
    );
  }
  const pixels = height * width;

  const grouped = reshaped(input, [members, groups, height, width, channels]);
  const average = scaled(plan, sumLeading(plan, grouped, 1), 1 / members);
  const centred = subtract(plan, grouped, repeatLeading(plan, average, [members]));
  const variance = scaled(plan, sumLeading(plan, multiply(plan, centred, centred), 1), 1 / members);
  const deviation = squareRoot(plan, variance, EPSILON); // [groups, height, width, channels]

  // A row for each group and part, so that its sum is a row's sum.
  const rows = rearrange(plan, deviation, {
    shape: [groups * parts, pixels * share],
    axes: [
      { extent: groups, from: pixels * channels, to: parts * pixels * share },
      { extent: parts, from: share, to: pixels * share },
      { extent: pixels, from: channels, to: share },
      { extent: share, from: 1, to: 1 },
    ],
  });
  const means = scaled(plan, sumColumns(plan, rows), 1 / (pixels * share));
  const planes = rearrange(plan, means, {
    shape: [groups, height, width, parts],
    axes: [
      { extent: groups, from: parts, to: pixels * parts },
      { extent: pixels, from: 0, to: parts },
      { extent: parts, from: 1, to: 1 },
    ],
  });
  const ofSamples = reshaped(repeatLeading(plan, planes, [members]), [batch, height, width, parts]);
  return concatenate(plan, [input, ofSamples], 3);
}

/**
 * Affine warps of pictures, without the steps and the blur of plain bilinear sampling: enlarged twice, sampled, reduced twice (Karras et al. 2020,
 * "Training Generative Adversarial Networks with Limited Data", appendix B). Enlarging and reducing are the two halves of one wavelet, so what is
 * not warped stays as it is.
 *
 * The wavelet here is that of JPEG 2000 (Cohen, Daubechies and Feauveau 1992, 9 and 7 taps) and not the paper's sym6, which in spite of its name is not
 * symmetric: a flip through it moves the picture by 0.4 pixels and mixes its neighbours. With symmetric filters flips, quarter turns and shifts by
 * whole pixels are exact, and the enlarged picture has its mirrors where the picture has them.
 */

import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import { sampleMirrored } from './mirrored-affine';
import { type UpfirdnOptions, upfirdn2d } from './upfirdn2d';

/** From the middle of the filter to its end: the halves of the wavelet. */
const ENLARGING = [1.115087052456994, 0.591271763114247, -0.05754352622849957, -0.09127176311424948];
const REDUCING = [
  0.6029490182363579, 0.2668641184428723, -0.07822326652898785, -0.01686411844287495, 0.02674875741080976,
];

/** Around the enlarged result, for the filter that reduces it. */
const MARGIN = REDUCING.length - 1;

/** An affine map of the plane: the rows of [x', y'] = map (x, y, 1). */
export type AffineMap = readonly [xx: number, xy: number, x: number, yx: number, yy: number, y: number];

/**
 * @param picture [N, S, S, C], S at least 2
 * @param maps [N, 2, 3] of {@link warpMap}
 * @returns [N, S, S, C]
 * @throws ShapeError
 */
export function warpPictures(plan: PlanBuilder, picture: Tensor, maps: Tensor): Tensor {
  const { batch, height, width } = imageExtents(picture, 'warpPictures');
  // A pixel more on each side, as the mirror has it: what the filter needs.
  const shift = plan.constant('by one pixel', [batch, 2, 3], new Array(batch).fill([1, 0, -1, 0, 1, -1]).flat());
  const padded = sampleMirrored(plan, picture, shift, { height: height + 2, width: width + 2 });
  const enlarged = bothWays(plan, padded, ENLARGING, { up: 2, padding: 1 });
  const extent = { height: 2 * height - 1 + 2 * MARGIN, width: 2 * width - 1 + 2 * MARGIN };
  return bothWays(plan, sampleMirrored(plan, enlarged, maps, extent), REDUCING, { down: 2 });
}

/**
 * A warp as {@link warpPictures} wants it.
 * @param inverse from where something is seen in the result to where it is in the picture, in pixels from the middle, x to the right and y down
 * @param side of the picture, in pixels
 * @returns from pixels of the enlarged result, margin included, to those of the enlarged picture
 */
export function warpMap([xx, xy, x, yx, yy, y]: AffineMap, side: number): AffineMap {
  const middle = side - 1; // of the enlarged picture
  const from = middle + MARGIN;
  return [xx, xy, middle + 2 * x - (xx + xy) * from, yx, yy, middle + 2 * y - (yx + yy) * from];
}

/** A filter along rows and columns. @param half from its middle to its end; symmetric */
function bothWays(
  plan: PlanBuilder,
  picture: Tensor,
  half: readonly number[],
  { up = 1, down = 1, padding = 0 }: { up?: number; down?: number; padding?: number },
): Tensor {
  const taps = [...half.slice(1).reverse(), ...half];
  const along = (options: UpfirdnOptions, height: number, width: number, input: Tensor) =>
    upfirdn2d(plan, input, { height, width, taps }, options);
  const rows = along({ up: [up, 1], down: [down, 1], padding: [padding, 0, 0, 0] }, 1, taps.length, picture);
  return along({ up: [1, up], down: [1, down], padding: [0, 0, padding, 0] }, taps.length, 1, rows);
}

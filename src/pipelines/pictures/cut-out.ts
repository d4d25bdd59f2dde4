/**
 * Heads cut out of the background that their model renders onto (white or black): pictures with alpha, premultiplied, which can stand on
 * anything.
 *
 * Rays are few, and what enlarges their picture draws edges of its own. So the enlarged picture gets an alpha as crisp as itself, in four
 * dispatches: the colours where the head is solid; their sums over a square of rays, along rows and then along columns; and from
 * these, the rays' alpha and the picture's own colour the alpha of each pixel (shaders/pictures/cut-out/cut-out.wgsl).
 */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import cutOutShader from '../../shaders/pictures/cut-out/cut-out.wgsl';
import cutOutRawShader from '../../shaders/pictures/cut-out/cut-out-raw.wgsl';
import insideColoursShader from '../../shaders/pictures/cut-out/inside-colours.wgsl';
import sumsAlongShader from '../../shaders/pictures/cut-out/sums-along.wgsl';

const CUT_OUT = defineKernel(cutOutShader);
const CUT_OUT_RAW = defineKernel(cutOutRawShader);
const INSIDE_COLOURS = defineKernel(insideColoursShader);
const SUMS_ALONG = defineKernel(sumsAlongShader);

/** What is needed to cut a head out. How much of a ray the head took, 0 (background) to 1, is `offset + scale * tensor[..., channel]`. */
export interface ToldAlpha {
  /** [N, r, r, C] */
  readonly tensor: Tensor;
  readonly channel: number;
  readonly scale: number;
  readonly offset: number;
  /** The background that the model renders onto: white, or else black. */
  readonly whiteBackground: boolean;
}

/** @param alpha [N, r, r, 1], as `volumeRender` returns it */
export function alphaOfRays(alpha: Tensor, whiteBackground: boolean): ToldAlpha {
  return { tensor: alpha, channel: 0, scale: 1, offset: 0, whiteBackground };
}

/** A network has learnt alpha to about so much: less is nothing, and as much from all is all. Else a veil would lie over the background. */
const LEARNT_TO = 0.04;

/** @param feature of a student, [N, r, r, C] @param channel that holds 1 - 2 alpha (`alphaFeature` of its configuration) */
export function alphaOfFeature(feature: Tensor, channel: number, whiteBackground: boolean): ToldAlpha {
  const stretch = 1 / (1 - 2 * LEARNT_TO);
  return { tensor: feature, channel, scale: -0.5 * stretch, offset: (0.5 - LEARNT_TO) * stretch, whiteBackground };
}

/**
 * The raw picture of a feature image without its background.
 * @param image [N, r, r, C], whose first three channels are a picture in [-1, 1]
 * @returns [N, r, r, 4]: red, green and blue times alpha, and alpha, 0 to 1
 * @throws ShapeError where alpha is not of the same rays
 */
export function cutOutRaw(plan: PlanBuilder, image: Tensor, alpha: ToldAlpha): Tensor {
  const { batch, height, width } = imageExtents(image, 'cutOutRaw image');
  const { tensor } = alpha;
  const extents = imageExtents(tensor, 'cutOutRaw alpha');
  if (extents.batch !== batch || extents.height !== height || extents.width !== width) {
    throw new ShapeError(`cutOutRaw: alpha of ${tensor.shape.join(' x ')} for a picture of ${image.shape.join(' x ')}`);
  }
  const rays = batch * height * width;
  const picture = plan.scratch('raw picture cut out', [batch, height, width, 4]);
  plan.dispatch({
    kernel: CUT_OUT_RAW,
    bindings: { image, alpha: tensor, picture },
    params: { rays, pictureVectors: image.stride / 4, background: backgroundOf(alpha), ...alphaParams(alpha) },
    workgroups: linearGrid(rays),
  });
  return picture;
}

/**
 * An enlarged picture without its background.
 * @param image [N, S, S, C], whose first three channels are a picture in [-1, 1]
 * @param alpha of the r x r rays that it was made from
 * @returns [N, S, S, 4]: red, green and blue times alpha, and alpha, 0 to 1. Over its background it is the picture again, where the rays' alpha is
 * not zero
 * @throws ShapeError for pictures that are not square or not as many as the rays'
 */
export function cutOut(plan: PlanBuilder, image: Tensor, alpha: ToldAlpha): Tensor {
  const { batch, height: pictureSide, width } = imageExtents(image, 'cutOut image');
  const { tensor } = alpha;
  const { batch: alphaBatch, height: side, width: alphaWidth } = imageExtents(tensor, 'cutOut alpha');
  if (pictureSide !== width || side !== alphaWidth || batch !== alphaBatch) {
    throw new ShapeError(`cutOut: alpha of ${tensor.shape.join(' x ')} for a picture of ${image.shape.join(' x ')}`);
  }
  const rays = batch * side * side;
  const pixels = batch * pictureSide * pictureSide;
  const sizes = { side, pictureSide, pictureVectors: image.stride / 4, ...alphaParams(alpha) };
  const scratch = (label: string) => plan.scratch(label, [batch, side, side, 4]);
  const colours = scratch('colours inside');
  plan.dispatch({
    kernel: INSIDE_COLOURS,
    bindings: { image, alpha: tensor, colours },
    params: { rays, ...sizes },
    workgroups: linearGrid(rays),
  });
  const sumsAlong = (values: Tensor, step: number) => {
    const sums = scratch('sums of colours inside');
    plan.dispatch({
      kernel: SUMS_ALONG,
      bindings: { values, sums },
      params: { pixels: rays, side, step },
      workgroups: linearGrid(rays),
    });
    return sums;
  };
  const inside = sumsAlong(sumsAlong(colours, 1), side);
  const picture = plan.scratch('picture cut out', [batch, pictureSide, pictureSide, 4]);
  plan.dispatch({
    kernel: CUT_OUT,
    bindings: { image, inside, alpha: tensor, picture },
    params: { pixels, background: backgroundOf(alpha), ...sizes },
    workgroups: linearGrid(pixels),
  });
  return picture;
}

function alphaParams({ tensor, channel, scale, offset }: ToldAlpha) {
  return { alphaVectors: tensor.stride / 4, alphaChannel: channel, alphaScale: scale, alphaOffset: offset };
}

const backgroundOf = ({ whiteBackground }: ToldAlpha) => (whiteBackground ? 1 : 0);

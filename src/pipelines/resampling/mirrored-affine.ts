/** Affine maps of pictures, each sample of a batch by its own, in a world where each picture goes on in its mirror for ever. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import mirroredAffineShader from '../../shaders/resampling/mirrored-affine.wgsl';
import mirroredAffineGradientShader from '../../shaders/resampling/mirrored-affine-gradient.wgsl';

const KERNEL = defineKernel(mirroredAffineShader);
const GRADIENT = defineKernel(mirroredAffineGradientShader);

export interface PictureExtent {
  readonly height: number;
  readonly width: number;
}

/**
 * Samples pictures bilinearly where affine maps send the pixels of the result. Linear in the picture, so every derivative is one of the two
 * operations again; no gradient is asked of the maps.
 * @param picture [N, H, W, C], both sides at least 2
 * @param maps [N, 2, 3]: from (column, row, 1) of the result to column and row of the picture; they can be inverted
 * @returns [N, height, width, C]
 * @throws ShapeError
 */
export function sampleMirrored(plan: PlanBuilder, picture: Tensor, maps: Tensor, extent: PictureExtent): Tensor {
  const { batch, height, width, channels } = imageExtents(picture, 'sampleMirrored');
  expectShape(maps, [batch, 2, 3], 'sampleMirrored maps');
  if (height < 2 || width < 2) {
    throw new ShapeError(`sampleMirrored: "${picture.label}" [${picture.shape}] is too small to be mirrored`);
  }
  const output = plan.scratch(`${picture.label} mapped`, [batch, extent.height, extent.width, channels]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { picture, maps, output },
    params: { batch, height, width, groups: picture.stride / 4, outHeight: extent.height, outWidth: extent.width },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [picture],
    outputs: [output],
    backward: ([gradient]) => [sampleMirroredGradient(plan, gradient, maps, { height, width })],
  });
  return output;
}

/** The gradient with respect to a picture of the given extent. Its own gradient samples again. */
function sampleMirroredGradient(plan: PlanBuilder, gradient: Tensor, maps: Tensor, extent: PictureExtent): Tensor {
  const { batch, height, width, channels } = imageExtents(gradient, 'sampleMirrored');
  const output = plan.scratch(`${gradient.label} before mapping`, [batch, extent.height, extent.width, channels]);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { gradient, maps, output },
    params: { batch, ...extent, groups: gradient.stride / 4, outHeight: height, outWidth: width },
    workgroups: linearGrid(vectorCount(output)),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [sampleMirrored(plan, upstream, maps, { height, width })],
  });
  return output;
}

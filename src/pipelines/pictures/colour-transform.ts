/** Affine maps of colours, each sample of a batch by its own. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import colourTransformShader from '../../shaders/pictures/colour-transform.wgsl';
import colourTransformGradientShader from '../../shaders/pictures/colour-transform-gradient.wgsl';

const KERNEL = defineKernel(colourTransformShader);
const GRADIENT = defineKernel(colourTransformGradientShader);

/**
 * [r, g, b] = colours (r, g, b, 1) in every pixel of a sample. Every derivative is this operation or its gradient again; no gradient is asked of the
 * maps.
 * @param picture [N, H, W, 3]
 * @param colours [N, 3, 4]
 * @returns [N, H, W, 3]
 * @throws ShapeError
 */
export function transformColours(plan: PlanBuilder, picture: Tensor, colours: Tensor): Tensor {
  return transform(plan, picture, colours, true);
}

/** @param shifts whether the last column of the maps counts */
function transform(plan: PlanBuilder, picture: Tensor, colours: Tensor, shifts: boolean): Tensor {
  const { batch, pixels } = extents(picture, colours);
  const output = plan.scratch(`${picture.label} in other colours`, picture.shape);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { picture, colours, output },
    params: { batch, pixels },
    constants: { SHIFTS: Number(shifts) },
    workgroups: linearGrid(batch * pixels),
  });
  plan.record({
    inputs: [picture],
    outputs: [output],
    backward: ([gradient]) => [transformGradient(plan, gradient, colours)],
  });
  return output;
}

/** The gradient with respect to the picture. */
function transformGradient(plan: PlanBuilder, gradient: Tensor, colours: Tensor): Tensor {
  const { batch, pixels } = extents(gradient, colours);
  const output = plan.scratch(`${gradient.label} before other colours`, gradient.shape);
  plan.dispatch({
    kernel: GRADIENT,
    bindings: { gradient, colours, output },
    params: { batch, pixels },
    workgroups: linearGrid(batch * pixels),
  });
  plan.record({
    inputs: [gradient],
    outputs: [output],
    backward: ([upstream]) => [transform(plan, upstream, colours, false)],
  });
  return output;
}

function extents(picture: Tensor, colours: Tensor): { batch: number; pixels: number } {
  const { batch, height, width } = imageExtents(picture, 'transformColours');
  expectShape(picture, [batch, height, width, 3], 'transformColours');
  expectShape(colours, [batch, 3, 4], 'transformColours colours');
  return { batch, pixels: height * width };
}

/** Surface normals of what a volume rendering shows, from its depth image. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import normalsShader from '../../shaders/pictures/normals.wgsl';

const KERNEL = defineKernel(normalsShader);

/**
 * Normals in world axes, not in the camera's: a place of a head keeps its colour when the head turns, which shows whether the surface is the
 * same from all sides. Seen from the front both are the same, and the usual colours: x to the right, y up, z to the viewer.
 * @param inputs depth [N, R, R, 1] as distance along the ray, alpha of the same shape, and the cameras [N, 25] that they were seen with
 * @returns [N, R, R, 4]: a vector of unit length, towards the camera, or zero where alpha is below 0.5 or there is no neighbour to compare
 * with; and alpha
 * @throws ShapeError
 */
export function surfaceNormals(
  plan: PlanBuilder,
  { cameras, depth, alpha }: { readonly cameras: Tensor; readonly depth: Tensor; readonly alpha: Tensor },
): Tensor {
  const { batch, height: resolution } = imageExtents(depth, 'surfaceNormals depth');
  expectShape(depth, [batch, resolution, resolution, 1], 'surfaceNormals depth');
  expectShape(alpha, depth.shape, 'surfaceNormals alpha');
  expectShape(cameras, [batch, 25], 'surfaceNormals cameras');
  const normals = plan.scratch('normals', [batch, resolution, resolution, 4]);
  const rays = batch * resolution * resolution;
  plan.dispatch({
    kernel: KERNEL,
    bindings: { cameras, depth, alpha, normals },
    params: { rays, resolution },
    workgroups: linearGrid(rays),
  });
  return normals;
}

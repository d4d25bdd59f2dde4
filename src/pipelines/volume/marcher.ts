/** Quadrature along rays whose samples are in memory (EG3D section 4.2; Max 1995). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import marcherShader from '../../shaders/volume/stages/marcher.wgsl';
import gradientShader from '../../shaders/volume/stages/marcher-gradient.wgsl';
import { clearedRangeCells } from '../reduction/range-cells';
import { finishDepth } from './finish-depth';

const KERNEL = defineKernel(marcherShader);
const GRADIENT = defineKernel(gradientShader);

/** Samples of rays. */
export interface RaySamples {
  /** [N, R, S, 1], ascending along S */
  readonly depths: Tensor;
  /** [N, R, S, 1], before softplus */
  readonly sigma: Tensor;
  /** [N, R, S, C] */
  readonly colours: Tensor;
}

export interface MarchedRays {
  /** [N, R, C]: 2 * colour - 1 */
  readonly picture: Tensor;
  /** [N, R, 1]: mean depth by weight, within the range of all samples of the batch; the largest of them for an empty ray */
  readonly depth: Tensor;
  /** [N, R, 1]: sum of the weights */
  readonly alpha: Tensor;
  /** [N, R, S - 1, 1]: share of each interval; it has no gradient */
  readonly weights: Tensor;
  /** [4] as in `VolumeRendering` */
  readonly depthRange: Tensor;
}

/** Integrates colour and depth over the intervals between neighbouring samples. Gradients reach colours and sigma, not depths. @throws ShapeError */
export function marchRays(plan: PlanBuilder, ray: RaySamples, whiteBackground = false): MarchedRays {
  const { depths, sigma, colours } = ray;
  const [batch, rays, samples] = depths.shape;
  const channels = colours.shape[3] ?? 0;
  expectShape(depths, [batch!, rays!, samples!, 1], 'marchRays depths');
  expectShape(sigma, depths.shape, 'marchRays sigma');
  expectShape(colours, [batch!, rays!, samples!, channels], 'marchRays colours');
  if (samples! < 2) throw new ShapeError('marchRays: an interval needs 2 samples or more');
  const cells = clearedRangeCells(plan);
  const picture = plan.scratch('marched colours', [batch!, rays!, channels]);
  const depthAlpha = plan.scratch('marched depth', [batch!, rays!, 4]);
  const weights = plan.scratch('weights', [batch!, rays!, samples! - 1, 1]);
  plan.dispatch({
    kernel: KERNEL,
    bindings: { colours, sigma, depths, cells, picture, depthAlpha, weights },
    params: { rays: batch! * rays!, samples: samples!, groups: colours.stride / 4, channels },
    constants: { WHITE_BACKGROUND: Number(whiteBackground) },
    workgroups: linearGrid(batch! * rays!),
  });
  plan.record({
    inputs: [colours, sigma],
    outputs: [picture, depthAlpha],
    backward: ([ofPicture, ofDepthAlpha]) => {
      const colourGradient = plan.scratch(`${colours.label} gradient`, colours.shape);
      const sigmaGradient = plan.scratch(`${sigma.label} gradient`, sigma.shape);
      const orZeros = (gradient: Tensor | undefined, { shape }: Tensor) =>
        gradient ?? plan.fill(plan.scratch('no gradient', shape));
      plan.dispatch({
        kernel: GRADIENT,
        bindings: {
          ...{ colours, sigma, depths, colourGradient, sigmaGradient },
          pictureGradient: orZeros(ofPicture, picture),
          depthAlphaGradient: orZeros(ofDepthAlpha, depthAlpha),
        },
        params: { rays: batch! * rays!, samples: samples!, groups: colours.stride / 4 },
        constants: { WHITE_BACKGROUND: Number(whiteBackground) },
        workgroups: linearGrid(batch! * rays!),
      });
      return [colourGradient, sigmaGradient];
    },
  });
  return { picture, weights, ...finishDepth(plan, cells, depthAlpha) };
}

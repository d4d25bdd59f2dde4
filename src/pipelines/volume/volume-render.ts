/** The volume renderer in one kernel (EG3D section 4.2): camera labels and tri-planes to a feature image, depth and coverage. */

import { linearGrid } from '../../gpu/dispatch-grid';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import { clearedRangeCells } from '../reduction/range-cells';
import { expectDecoder } from './decoder';
import { finishDepth } from './finish-depth';
import { volumeRenderGradient } from './gradient/volume-render-gradient';
import { recordStartRange } from './ray-limits';
import { checkMarchOptions, type RenderingOptions } from './rendering-options';
import type { RaySampling } from './sampling';
import { expectPlanes } from './tri-planes';
import { exactMarch, fastMarch, type March } from './volume-march';
import type { MarchDevice, VolumeSketch } from './volume-sketch';

/**
 * Decoder evaluations of one dispatch. A dispatch should stay well under a second, or the browser believes that the device hangs and the page
 * stutters: a software adapter manages some hundred thousand in that time, a graphics card many millions.
 */
const EVALUATIONS_PER_DISPATCH = { software: 70_000, hardware: 50_000_000 };

/** A face, or several of them, as a volume. */
export interface FaceVolume {
  /** [N, H, W, planes * C], plane index major */
  readonly planes: Tensor;
  /** From `sketchVolume`, of the same planes. */
  readonly sketch?: VolumeSketch | undefined;
}

export interface VolumeRenderInputs extends FaceVolume {
  /** As `packDecoder` packs it. */
  readonly decoder: Tensor;
  /** Labels [N, 25]: camera-to-world (16, row by row) and normalised intrinsics (9). Read at each run. */
  readonly cameras: Tensor;
  /** Side of the picture in rays. */
  readonly resolution: number;
  readonly rendering: RenderingOptions;
  /** Default: even. */
  readonly sampling?: RaySampling | undefined;
  /** Whose kernels to take. Default: those of the plan's device. */
  readonly device?: MarchDevice | undefined;
}

export interface VolumeRendering {
  /** [N, resolution, resolution, outputs], in `draft` quality the first 4 outputs: 2 * colour - 1 for all channels; the first three are the raw picture. */
  readonly feature: Tensor;
  /** [N, resolution, resolution, 1]: distance from the camera in scene units; the largest sample depth where the ray is empty. */
  readonly depth: Tensor;
  /** [N, resolution, resolution, 1]: the sum of a ray's weights, 0 (empty) to 1 (absorbed). */
  readonly alpha: Tensor;
  /** [4]: smallest and largest depth of all samples; smallest and largest of the depth image where alpha is above 0.5. */
  readonly depthRange: Tensor;
}

/**
 * Appends the renderer to a plan: three dispatches (four with ray limits 'auto'), more where the rays are split for a slow device.
 * All N images are one batch, as in the reference: depth is clamped to the range of all samples of all of them, and 'auto' limits of
 * rays that miss the box come from the rays of all of them.
 *
 * `fast` and `draft` quality want a sketch, even sampling, and samples that are spread evenly over depth; without, the rendering is exact. It knows nothing
 * of what is outside the box.
 *
 * An exact rendering has gradients, to planes and decoder; the depths of its samples are taken as given. Others have none.
 * @throws ShapeError, RenderingOptionError
 */
export function volumeRender(plan: PlanBuilder, inputs: VolumeRenderInputs): VolumeRendering {
  const { planes, decoder, cameras, resolution, rendering, sketch } = inputs;
  checkMarchOptions(rendering);
  expectPlanes(planes, rendering, 'volumeRender');
  expectDecoder(decoder, rendering, 'volumeRender');
  const { batch, height, width } = imageExtents(planes, 'volumeRender planes');
  expectShape(cameras, [batch, 25], 'volumeRender cameras');
  const { rayLimits, disparitySampling, quality } = rendering;
  const rays = batch * resolution * resolution;
  const sampling = inputs.sampling ?? { mode: 'even' };

  const cells = clearedRangeCells(plan);
  if (rayLimits === 'auto') recordStartRange(plan, cells, { cameras, resolution, boxSide: rendering.boxWarp });
  const depthAlpha = plan.scratch('marched depth', [batch, resolution, resolution, 4]);
  const canBeFast = quality !== 'exact' && quality !== undefined && sampling.mode === 'even' && !disparitySampling;
  const march =
    canBeFast && sketch ? fastMarch(plan, { ...inputs, sketch }) : exactMarch(plan, { ...inputs, sampling, rays });
  const feature = plan.scratch('feature image', [batch, resolution, resolution, march.outputs]);
  const fixedLimits = rayLimits === 'auto' ? { start: 0, end: 0 } : rayLimits;
  const autoLimits = Number(rayLimits === 'auto');
  const params = {
    resolution,
    planeWidth: width,
    planeHeight: height,
    boxSide: rendering.boxWarp,
    rayStart: fixedLimits.start,
    rayEnd: fixedLimits.end,
  };
  for (const { firstRay, endRay } of rayRanges(plan, rays, march)) {
    plan.dispatch({
      kernel: march.kernel,
      bindings: { ...march.bindings, decoder, cameras, cells, feature, depthAlpha },
      textures: march.textures,
      params: { ...march.params, ...params, firstRay, endRay },
      constants: {
        ...march.constants,
        AUTO_LIMITS: autoLimits,
        WHITE_BACKGROUND: Number(rendering.whiteBackground),
      },
      workgroups: linearGrid(endRay - firstRay),
    });
  }
  const { search } = march;
  if (search) {
    plan.record({
      inputs: [planes, decoder],
      outputs: [feature, depthAlpha],
      backward: ([ofFeature, ofDepthAlpha], isWanted) => {
        const orZeros = (gradient: Tensor | undefined, { shape }: Tensor) =>
          gradient ?? plan.fill(plan.scratch('no gradient', shape));
        return volumeRenderGradient(
          plan,
          { planes, decoder, cameras, cells, depthAlpha, resolution, rendering, search, params, autoLimits },
          orZeros(ofFeature, feature),
          orZeros(ofDepthAlpha, depthAlpha),
          isWanted,
        );
      },
    });
  }
  return { feature, ...finishDepth(plan, cells, depthAlpha) };
}

/** Consecutive ranges of rays, one for each dispatch. */
function rayRanges(
  plan: PlanBuilder,
  rays: number,
  { evaluationsPerRay }: March,
): { firstRay: number; endRay: number }[] {
  const evaluations = EVALUATIONS_PER_DISPATCH[plan.host.adapter.isSoftware ? 'software' : 'hardware'];
  const dispatches = Math.ceil((rays * evaluationsPerRay) / evaluations);
  const raysPerDispatch = Math.ceil(rays / dispatches / 64) * 64;
  const ranges: { firstRay: number; endRay: number }[] = [];
  for (let firstRay = 0; firstRay < rays; firstRay += raysPerDispatch) {
    ranges.push({ firstRay, endRay: Math.min(rays, firstRay + raysPerDispatch) });
  }
  return ranges;
}

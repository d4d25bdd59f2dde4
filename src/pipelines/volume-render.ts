/** The volume renderer in one kernel (EG3D section 4.2): camera labels and tri-planes to a feature image, depth and coverage. */
import type { PlanBuilder } from '../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../gpu/tensor';
import cameraRaySource from '../shaders/common/camera-ray.wgsl?raw';
import importanceStepSource from '../shaders/common/importance-step.wgsl?raw';
import linearIndexSource from '../shaders/common/linear-index.wgsl?raw';
import planeProjectSource from '../shaders/common/plane-project.wgsl?raw';
import pointFeaturesSource from '../shaders/common/point-features.wgsl?raw';
import quadratureSource from '../shaders/common/quadrature.wgsl?raw';
import rayBoxSource from '../shaders/common/ray-box.wgsl?raw';
import stratifiedDepthSource from '../shaders/common/stratified-depth.wgsl?raw';
import triPlaneSampleSource from '../shaders/common/tri-plane-sample.wgsl?raw';
import volumeRenderSource from '../shaders/volume-render.wgsl?raw';
import { DECODER_SOURCES, expectDecoder } from './decoder';
import { finishDepth } from './finish-depth';
import { linearGrid } from './grid';
import { clearedRangeCells, RANGE_CELLS_SOURCES } from './range-cells';
import { recordStartRange } from './ray-limits';
import { capacityConstants, decoderConstants, specialise, triPlaneConstants } from './render-constants';
import { checkMarchOptions, type RenderingOptions } from './rendering-options';
import { jitterSettings, type RaySampling, SAMPLING_SOURCES, uniformSettings } from './sampling';
import { expectPlanes } from './tri-planes';

const SOURCES = [
  volumeRenderSource,
  cameraRaySource,
  rayBoxSource,
  stratifiedDepthSource,
  importanceStepSource,
  quadratureSource,
  planeProjectSource,
  triPlaneSampleSource,
  pointFeaturesSource,
  linearIndexSource,
  ...DECODER_SOURCES,
  ...RANGE_CELLS_SOURCES,
  ...SAMPLING_SOURCES,
] as const;

/**
 * Decoder evaluations of one dispatch. A dispatch should stay well under a second, or the browser takes the device for hung and the page
 * stutters: a processor that plays a graphics card manages a few hundred thousand in that time, a graphics card many millions.
 */
const EVALUATIONS_PER_DISPATCH = { software: 50_000, hardware: 50_000_000 };

export interface VolumeRenderInputs {
  /** [N, H, W, planes * C], plane index major */
  readonly planes: Tensor;
  /** From `uploadDecoder`. */
  readonly decoder: Tensor;
  /** Labels [N, 25]: camera-to-world (16, row by row) and normalised intrinsics (9). Read at each run. */
  readonly cameras: Tensor;
  /** Side of the picture in rays. */
  readonly resolution: number;
  readonly rendering: RenderingOptions;
  /** Default: even. */
  readonly sampling?: RaySampling | undefined;
}

export interface VolumeRendering {
  /** [N, resolution, resolution, outputs]: 2 * colour - 1 for all channels; the first three are the raw picture. */
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
 * @throws ShapeError, RenderingOptionError
 */
export function volumeRender(plan: PlanBuilder, inputs: VolumeRenderInputs): VolumeRendering {
  const { planes, decoder, cameras, resolution, rendering } = inputs;
  checkMarchOptions(rendering);
  expectPlanes(planes, rendering, 'volumeRender');
  expectDecoder(decoder, rendering, 'volumeRender');
  const { batch, height, width } = imageExtents(planes, 'volumeRender planes');
  expectShape(cameras, [batch, 25], 'volumeRender cameras');
  const { depthSamples: coarseSamples, importanceSamples: fineSamples, rayLimits } = rendering;
  const rays = resolution * resolution;
  const sampling = inputs.sampling ?? { mode: 'even' };
  const jitter = jitterSettings(plan, sampling, batch * rays, coarseSamples);
  const uniforms = uniformSettings(plan, sampling, batch * rays, fineSamples);

  const cells = clearedRangeCells(plan);
  if (rayLimits === 'auto') recordStartRange(plan, cells, { cameras, resolution, boxSide: rendering.boxWarp });
  const feature = plan.scratch('feature image', [batch, resolution, resolution, rendering.decoderOutputs]);
  const depth = plan.scratch('depth image', [batch, resolution, resolution, 1]);
  const kernel = specialise(
    'volume-render',
    {
      ...triPlaneConstants(rendering),
      ...decoderConstants(rendering),
      ...capacityConstants(coarseSamples, fineSamples),
    },
    ...SOURCES,
  );
  const fixedLimits = rayLimits === 'auto' ? { start: 0, end: 0 } : rayLimits;
  for (const { firstRay, endRay } of rayRanges(plan, batch * rays, coarseSamples + fineSamples)) {
    plan.dispatch({
      kernel,
      bindings: {
        planes,
        decoder,
        cameras,
        cells,
        feature,
        depthAlpha: depth,
        jitter: jitter.draws,
        uniforms: uniforms.draws,
      },
      params: {
        firstRay,
        endRay,
        resolution,
        planeWidth: width,
        planeHeight: height,
        coarseSamples,
        fineSamples,
        boxSide: rendering.boxWarp,
        rayStart: fixedLimits.start,
        rayEnd: fixedLimits.end,
        jitterStride: jitter.stride,
        uniformStride: uniforms.stride,
        seed: jitter.seed,
      },
      constants: {
        AUTO_LIMITS: Number(rayLimits === 'auto'),
        DISPARITY: Number(rendering.disparitySampling),
        WHITE_BACKGROUND: Number(rendering.whiteBackground),
        ...jitter.constants,
      },
      workgroups: linearGrid(endRay - firstRay),
    });
  }
  return { feature, depth, ...finishDepth(plan, cells, depth) };
}

/** Consecutive ranges of rays, one for each dispatch. Each sample is evaluated twice, once for density and once for colour. */
function rayRanges(plan: PlanBuilder, rays: number, samplesPerRay: number): { firstRay: number; endRay: number }[] {
  const evaluations = EVALUATIONS_PER_DISPATCH[plan.host.adapter.isSoftware ? 'software' : 'hardware'];
  const dispatches = Math.ceil((rays * samplesPerRay * 2) / evaluations);
  const raysPerDispatch = Math.ceil(rays / dispatches / 64) * 64;
  const ranges: { firstRay: number; endRay: number }[] = [];
  for (let firstRay = 0; firstRay < rays; firstRay += raysPerDispatch) {
    ranges.push({ firstRay, endRay: Math.min(rays, firstRay + raysPerDispatch) });
  }
  return ranges;
}

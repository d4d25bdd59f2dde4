/** The kernels that march rays, with what each of them binds: exact in one or two passes, and fast along a sketch. */
import { defineKernel, type Kernel, type KernelConstants, type KernelParams } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import { filtersExactly, type Texture } from '../../gpu/texture';
import volumeRenderShader from '../../shaders/volume/volume-render.wgsl';
import volumeRenderFastShader from '../../shaders/volume/volume-render-fast.wgsl';
import volumeRenderSingleShader from '../../shaders/volume/volume-render-single.wgsl';
import { capacityConstants, decoderConstants, triPlaneConstants } from './render-constants';
import type { DecoderExtents, RenderingOptions, TriPlaneOptions } from './rendering-options';
import { jitterSettings, type RaySampling, uniformSettings } from './sampling';
import { type MarchDevice, type PlaneReading, planeReading, sketchReading, type VolumeSketch } from './volume-sketch';

const TWO_PASSES = defineKernel(volumeRenderShader);
const SINGLE_PASS = defineKernel(volumeRenderSingleShader);
const FAST = defineKernel(volumeRenderFastShader);

/** A kernel on the parameters and bindings of shaders/common/volume/march.wgsl, with all that is its own. */
export interface March {
  readonly kernel: Kernel;
  readonly bindings: Readonly<Record<string, Tensor>>;
  readonly textures: Readonly<Record<string, Texture>>;
  readonly params: KernelParams;
  readonly constants: KernelConstants;
  /** About how often a ray asks the decoder. */
  readonly evaluationsPerRay: number;
  /** Channels of the feature image. */
  readonly outputs: number;
  /** For the way back: what it takes to find the samples again. Only exact marches have one. */
  readonly search?: SampleSearch | undefined;
}

/** How the samples of a ray are found: for find-samples.wgsl, beside its rays. */
export interface SampleSearch {
  readonly reading: PlaneReading;
  readonly bindings: Readonly<Record<string, Tensor>>;
  readonly params: KernelParams;
  readonly constants: KernelConstants;
}

/**
 * What is quick on a device. A software adapter pays for each load that a kernel makes and for little else, so it takes many
 * points at a time, shares loads between threads, and keeps what it would have to compute again. A graphics card has few registers and
 * no memory to keep things in for each of its many threads.
 */
interface Tuning {
  /** Points that share a load of the decoder's weights, in quads: see shaders/common/volume/point-batch.wgsl. */
  readonly quads: number;
  readonly reading: PlaneReading['kind'];
  /** See shaders/common/volume/weights.wgsl. */
  readonly sharesWeights: boolean;
  /** Whether the two-pass renderer keeps the colours of all samples, or decodes those that are seen once more. */
  readonly keepsColours: boolean;
}

function tuningFor(host: DeviceFacts, device: MarchDevice = host.adapter.isSoftware ? 'software' : 'hardware'): Tuning {
  if (device === 'hardware') return { quads: 1, reading: 'buffer', sharesWeights: false, keepsColours: false };
  return {
    quads: 2,
    reading: filtersExactly(host) ? 'texture' : 'buffer',
    sharesWeights: host.features?.has('subgroups') ?? false,
    keepsColours: true,
  };
}

/** Steps of a ray through the sketch. A sketch has at most 64 voxels on a side, and a hull that reaches a voxel around: fewer steps would miss some of it. */
const STEPS = 48;
/**
 * Places where a ray asks the model: for densities that find the surface, then for densities and colours. Against 96 + 96 samples the bundled
 * model's raw pictures are at 46 dB or better in `fast` quality and at 36 to 41 in `draft` (docs/performance.md).
 */
const PLACES = { fast: { SCOUTS: 16, SAMPLES: 8 }, draft: { SCOUTS: 8, SAMPLES: 8 } } as const;
/** Groups of four colours that a draft has: the raw picture is in the first three channels. */
const DRAFT_GROUPS = 1;

export interface ExactMarchInputs {
  readonly planes: Tensor;
  readonly sketch?: VolumeSketch | undefined;
  readonly rendering: RenderingOptions;
  readonly sampling: RaySampling;
  /** Of all images. */
  readonly rays: number;
  readonly device?: MarchDevice | undefined;
}

/** The reference's arithmetic. @throws ShapeError, RenderingOptionError */
export function exactMarch(plan: PlanBuilder, inputs: ExactMarchInputs): March {
  const { rendering, sampling, rays } = inputs;
  const { depthSamples: coarseSamples, importanceSamples: fineSamples } = rendering;
  const tuning = tuningFor(plan.host, inputs.device);
  const reading = planeReading(plan, inputs, rendering, tuning.reading);
  const jitter = jitterSettings(plan, sampling, rays, coarseSamples);
  const shared = {
    ...batchConstants(tuning, rendering, reading),
    ...jitter.constants,
    DISPARITY: Number(rendering.disparitySampling),
  };
  const constants = { ...shared, ...shownConstants(rendering) };
  const params = { coarseSamples, jitterStride: jitter.stride, seed: jitter.seed };
  const bindings = { ...reading.bindings, jitter: jitter.draws };
  const uniforms = uniformSettings(plan, sampling, rays, fineSamples);
  const search = {
    reading,
    constants: { ...shared, ...capacityConstants(coarseSamples, fineSamples) },
    bindings: { ...bindings, uniforms: uniforms.draws },
    params: { ...params, fineSamples, uniformStride: uniforms.stride },
  };
  const march = {
    textures: reading.textures,
    evaluationsPerRay: coarseSamples + fineSamples,
    outputs: rendering.decoderOutputs,
    search,
  };
  if (fineSamples === 0) return { ...march, kernel: SINGLE_PASS, constants, bindings, params };
  return {
    ...march,
    kernel: TWO_PASSES,
    constants: { ...search.constants, ...shownConstants(rendering), KEEPS_COLOURS: Number(tuning.keepsColours) },
    bindings: search.bindings,
    params: search.params,
  };
}

/** Looks at the sketch first. @throws RenderingOptionError */
export function fastMarch(
  plan: PlanBuilder,
  { rendering, sketch, device }: Pick<ExactMarchInputs, 'rendering' | 'device'> & { readonly sketch: VolumeSketch },
): March {
  const reading = sketchReading(sketch);
  const quality = rendering.quality === 'draft' ? 'draft' : 'fast';
  const places = PLACES[quality];
  return {
    kernel: FAST,
    constants: {
      ...batchConstants(tuningFor(plan.host, device), rendering, reading),
      ...shownConstants(rendering),
      STEPS,
      ...places,
      ...(quality === 'draft' && { SHOWN_GROUPS: DRAFT_GROUPS }),
    },
    bindings: {},
    textures: { ...reading.textures, sketch: sketch.density },
    params: {},
    evaluationsPerRay: places.SCOUTS + places.SAMPLES,
    outputs: quality === 'draft' ? 4 * DRAFT_GROUPS : rendering.decoderOutputs,
  };
}

/** What all kernels ask for that evaluate points in batches. */
function batchConstants(
  { quads, sharesWeights }: Tuning,
  rendering: TriPlaneOptions & DecoderExtents,
  reading: PlaneReading,
): KernelConstants {
  return {
    ...triPlaneConstants(rendering),
    ...decoderConstants(rendering),
    QUADS: quads,
    READS_TEXTURE: Number(reading.kind === 'texture'),
    SHARES_WEIGHTS: Number(sharesWeights),
  };
}

function shownConstants(rendering: DecoderExtents): KernelConstants {
  return { SHOWN_GROUPS: decoderConstants(rendering).COLOUR_GROUPS! };
}

/** How points that lie anywhere are evaluated in batches. @throws ShapeError, RenderingOptionError */
export function pointBatches(
  plan: PlanBuilder,
  planes: Tensor,
  rendering: TriPlaneOptions & DecoderExtents,
): { readonly reading: PlaneReading; readonly constants: KernelConstants } {
  const tuning = tuningFor(plan.host);
  const reading = planeReading(plan, { planes }, rendering, tuning.reading);
  return { reading, constants: batchConstants(tuning, rendering, reading) };
}

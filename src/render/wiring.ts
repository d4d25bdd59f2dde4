/**
 * What the renderers are made of: the plans of both, wired and not yet built. They run one after the other and share one pool of scratch memory.
 *
 * The same functions wire them for a device and for a {@link MemorySurvey}, which has a size and no memory. A survey takes milliseconds and tells
 * beforehand how much memory a model will need, which kinds of convolutions the autotune has to measure, and which kernels the first picture
 * will want, so that they can be compiled while the weights are on their way.
 */
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import { BufferLimitError } from '../gpu/errors';
import { MemorySurvey } from '../gpu/memory-survey';
import { PlanBuilder } from '../gpu/plan';
import { discardTogether, reserveTogether } from '../gpu/plans-together';
import { ScratchPool } from '../gpu/scratch-pool';
import type { Tensor } from '../gpu/tensor';
import { type DeviceFacts, largestBlock, type TensorHost } from '../gpu/tensor-host';
import type { GeneratorConfig } from '../models/config';
import {
  Generator,
  type MappingStage,
  type RayMarchStage,
  type TriPlaneStage,
  wireMapping,
  wireRayMarch,
  wireTriPlanes,
} from '../models/generator';
import { readGeneratorConfig, type TensorDirectory } from '../models/generator-config';
import { Student, type StudentMappingStage, wireStudentMapping, wireStudentSynthesis } from '../models/student';
import type { StudentConfig } from '../models/student-config';
import { wireSuperResolution, wireSuperResolutionStyles } from '../models/super-resolution-stage';
import { alphaOfFeature, alphaOfRays, cutOut, cutOutRaw, type ToldAlpha } from '../pipelines/pictures/cut-out';
import { resizeBilinear } from '../pipelines/resampling/resize';
import type { MarchSettings, RenderSettings } from './quality';

/** What turns a face's code into ws, for both renderers. */
export interface WiredLatents {
  readonly builders: { readonly mapping: PlanBuilder };
  readonly mapping: MappingStage;
  /** Of the faces that are rendered, [N, num_ws, w_dim]: written by the owner, not by the plan. */
  readonly ws: Tensor;
  /** [N, w_dim] */
  readonly superResolutionW: Tensor;
}

/** What the volumetric renderer runs once a face. */
export interface WiredPlanes {
  readonly builders: { readonly triPlanes: PlanBuilder };
  readonly triPlanes: TriPlaneStage;
}

/** A picture, [N, H, W, C], whose first three channels it is, about -1 to 1. */
export interface WiredPicture {
  readonly image: Tensor;
  /** How much of each ray the head took; undefined where that is not known. */
  readonly alpha: ToldAlpha | undefined;
  /**
   * Without its background, [N, H, W, 4] (pipelines/pictures/cut-out.ts), to stand on another one. Undefined where alpha is not known, and of models
   * that render onto black: only those that render onto white were trained on heads without a background, the others have learnt it as a
   * part of the scene.
   */
  readonly cutOut: Tensor | undefined;
}

/** What the volumetric renderer runs once a camera. */
export interface WiredRays {
  readonly builders: { readonly rayMarch: PlanBuilder };
  readonly rays: RayMarchStage;
  /** The feature image's own. */
  readonly raw: WiredPicture;
}

/** The same with the super-resolution after it. */
export interface WiredView extends WiredRays {
  readonly builders: { readonly rayMarch: PlanBuilder; readonly superResolution: PlanBuilder };
  readonly enlarged: WiredPicture;
}

/** What the convolutional renderer runs: the styles once a face, the rest once a camera. */
export interface WiredStudent {
  readonly builders: {
    readonly styles: PlanBuilder;
    readonly mapping: PlanBuilder;
    readonly synthesis: PlanBuilder;
    readonly superResolution: PlanBuilder;
  };
  readonly mapping: StudentMappingStage;
  /** [N, R, R, 32] */
  readonly feature: Tensor;
  readonly raw: WiredPicture;
  readonly enlarged: WiredPicture;
}

/**
 * The mapping network, and the place of the ws that the renderers read.
 * @param batch faces at a time. Default: 1
 * @throws BufferLimitError, MissingTensorError and the like; nothing stays allocated then
 */
export function wireLatents(generator: Generator<TensorHost>, pool: ScratchPool, batch = 1): WiredLatents {
  return wired(generator.host, pool, (plan) => {
    const builders = { mapping: plan('mapping') };
    const mapping = wireMapping(builders.mapping, generator, batch);
    const ws = builders.mapping.tensor('ws of the face', mapping.ws.shape);
    const superResolutionW = builders.mapping.tensor('w of the super-resolution', [batch, ws.shape[2]!]);
    return { builders, mapping, ws, superResolutionW };
  });
}

/** A face's ws, and the w of its super-resolution, as `WiredLatents` or `FaceLatents` have them. */
type Latents = Pick<WiredLatents, 'ws' | 'superResolutionW'>;

/** The backbone. @param sketch whether rays shall be marched `fast`, too @throws as {@link wireLatents} */
export function wirePlanes(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  { ws, superResolutionW }: Latents,
  sketch: boolean,
): WiredPlanes {
  return wired(generator.host, pool, (plan) => {
    const builders = { triPlanes: plan('tri-planes') };
    return { builders, triPlanes: wireTriPlanes(builders.triPlanes, generator, ws, { superResolutionW, sketch }) };
  });
}

/** Ray marching, one camera a face. @throws as {@link wireLatents} */
export function wireRays(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  face: TriPlaneStage,
  settings: MarchSettings,
): WiredRays {
  return wired(generator.host, pool, (plan) => {
    const builders = { rayMarch: plan('ray march') };
    const rendering = { ...generator.config.rendering, ...settings };
    const rays = wireRayMarch(builders.rayMarch, generator, face, rendering);
    const alpha = alphaOfRays(rays.alpha, rendering.whiteBackground);
    return { builders, rays, raw: pictureOf(builders.rayMarch, rays.feature, alpha, cutOutRaw) };
  });
}

/** Ray marching and super-resolution, one camera a face. @throws as {@link wireLatents} */
export function wireView(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  face: TriPlaneStage,
  settings: RenderSettings,
): WiredView {
  const { builders, rays, raw } = wireRays(generator, pool, face, settings);
  try {
    return wired(generator.host, pool, (plan) => {
      const superResolution = plan('super-resolution');
      const image = wireSuperResolution(superResolution, generator, face.superResolutionStyles, rays.feature);
      const enlarged = pictureOf(superResolution, image, raw.alpha, cutOut);
      return { builders: { ...builders, superResolution }, rays, raw, enlarged };
    });
  } catch (error) {
    discardTogether(Object.values(builders));
    throw error;
  }
}

/** @param cut makes a picture without background: of the feature image itself, or of the enlarged one */
function pictureOf(
  plan: PlanBuilder,
  image: Tensor,
  alpha: ToldAlpha | undefined,
  cut: typeof cutOut | typeof cutOutRaw,
): WiredPicture {
  return { image, alpha, cutOut: alpha?.whiteBackground ? plan.keep(cut(plan, image, alpha)) : undefined };
}

/**
 * The convolutional renderer. A student that makes smaller or larger pictures than its generator is shown in the generator's size: so the two can be
 * compared, and exported, as any others.
 * @param latents of the generator
 * @param generator its configuration
 * @throws as {@link wireLatents}
 */
export function wireStudent(
  student: Student<TensorHost>,
  pool: ScratchPool,
  latents: Latents,
  { imageResolution: side, rendering: { whiteBackground } }: GeneratorConfig,
): WiredStudent {
  return wired(student.host, pool, (plan) => {
    const builders = {
      styles: plan('student styles'),
      mapping: plan('student mapping'),
      synthesis: plan('student synthesis'),
      superResolution: plan('super-resolution'),
    };
    const styles = wireSuperResolutionStyles(builders.styles, student, latents.superResolutionW);
    const mapping = wireStudentMapping(builders.mapping, student, latents.ws);
    const feature = wireStudentSynthesis(builders.synthesis, student, mapping.ws);
    const made = wireSuperResolution(builders.superResolution, student, styles, feature);
    const image =
      student.config.imageResolution === side
        ? made
        : builders.superResolution.keep(
            resizeBilinear(builders.superResolution, made, { height: side, width: side, antialias: true }),
          );
    const { alphaFeature } = student.config;
    const alpha = alphaFeature === undefined ? undefined : alphaOfFeature(feature, alphaFeature, whiteBackground);
    const raw = pictureOf(builders.synthesis, feature, alpha, cutOutRaw);
    return { builders, mapping, feature, raw, enlarged: pictureOf(builders.superResolution, image, alpha, cutOut) };
  });
}

/** Wires with builders that are discarded if anything throws. */
function wired<T>(host: TensorHost, pool: ScratchPool, wire: (plan: (stage: string) => PlanBuilder) => T): T {
  const builders: PlanBuilder[] = [];
  try {
    return wire((stage) => {
      const builder = new PlanBuilder(host, stage, { pool });
      builders.push(builder);
      return builder;
    });
  } catch (error) {
    discardTogether(builders);
    throw error;
  }
}

/** Wires a `VolumetricRenderer` with its latents against a survey. @returns its plans in the order in which a frame runs them */
function surveyVolumetric(
  generator: Generator<MemorySurvey>,
  settings: RenderSettings,
  { sketch = false, batch = 1 }: { readonly sketch?: boolean; readonly batch?: number },
): readonly PlanBuilder[] {
  const pool = new ScratchPool(generator.host);
  const latents = wireLatents(generator, pool, batch);
  const planes = wirePlanes(generator, pool, latents, sketch);
  return buildersOf(latents, planes, wireView(generator, pool, planes.triPlanes, settings));
}

/** The same for a `ConvolutionalRenderer`. @param generator of which only the mapping network is needed */
function surveyConvolutional(
  generator: Generator<MemorySurvey>,
  student: Student<MemorySurvey>,
  batch = 1,
): readonly PlanBuilder[] {
  const pool = new ScratchPool(generator.host);
  const latents = wireLatents(generator, pool, batch);
  return buildersOf(latents, wireStudent(student, pool, latents, generator.config));
}

function buildersOf(
  ...wired: readonly { readonly builders: Readonly<Record<string, PlanBuilder>> }[]
): readonly PlanBuilder[] {
  return wired.flatMap(({ builders }) => Object.values(builders));
}

/** How much device memory a model will take, before a byte of it is uploaded. */
export interface MemoryEstimate {
  /** Weights as their kernels want them, with what is derived from them. */
  readonly weightsBytes: number;
  /** Planes, pictures and scratch memory of the renderer. */
  readonly planBytes: number;
  /** Size of the largest single tensor, and what it is. */
  readonly largestBinding: number;
  readonly largestLabel: string;
  /** Whether the device can bind the largest tensor. Whether it has the memory in all, no WebGPU device tells beforehand. */
  readonly fits: boolean;
  /** Why it does not fit, with what to do about it; undefined if it does. */
  readonly problem: BufferLimitError | undefined;
}

/**
 * The memory of a `VolumetricRenderer` with its latents, within a few percent: uniform buffers, the presenter's, and the small feature images of
 * quicker levels are left out, and noise is taken to be used wherever a layer could.
 * @param device an open `Gpu`, or the limits of another
 * @param batch faces rendered at once, each from a camera of its own. Default: 1
 * @throws ShapeError, RenderingOptionError for a configuration or settings that no device could run
 */
export function estimateMemory(
  config: GeneratorConfig,
  settings: RenderSettings,
  device: DeviceFacts,
  batch = 1,
): MemoryEstimate {
  const sketch = batch === 1 && settings.quality === 'fast';
  const survey = new MemorySurvey(device);
  const generator = Generator.withoutFile(survey, config);
  reserveTogether(surveyVolumetric(generator, settings, { sketch, batch }));
  return estimateOf(survey, generator.weightBytes);
}

/**
 * The memory of a `ConvolutionalRenderer` with its latents: of the generator, only the mapping network is needed.
 * @param batch faces rendered at once. Default: 1
 */
export function estimateStudentMemory(
  config: GeneratorConfig,
  studentConfig: StudentConfig,
  device: DeviceFacts,
  batch = 1,
): MemoryEstimate {
  const survey = new MemorySurvey(device);
  const generator = Generator.withoutFile(survey, config);
  const student = Student.withoutFile(survey, studentConfig);
  reserveTogether(surveyConvolutional(generator, student, batch));
  return estimateOf(survey, generator.weightBytes + student.weightBytes);
}

function estimateOf(survey: MemorySurvey, weightsBytes: number): MemoryEstimate {
  const { bytes: largestBinding, label: largestLabel } = survey.largest;
  const limit = largestBlock(survey.limits);
  const fits = largestBinding <= limit;
  return {
    weightsBytes,
    planBytes: survey.bytesInUse - weightsBytes,
    largestBinding,
    largestLabel,
    fits,
    problem: fits ? undefined : new BufferLimitError(largestLabel, largestBinding, limit),
  };
}

/** No device draws more faces than this at once to any purpose; it ends the search where memory never runs out. */
const LARGEST_BATCH = 4096;

/**
 * How many faces a renderer could draw at once (NeRF-GAN distillation, Fig. 1): the largest batch whose tensors can all be bound and whose memory
 * stays within the budget. Needs about 2 log2(batch) estimates.
 * @param estimate of a batch; must not shrink with the batch
 * @param budgetBytes for weights and plans together
 * @returns 0 if not even one face fits
 */
export function largestBatch(estimate: (batch: number) => MemoryEstimate, budgetBytes: number): number {
  const fits = (batch: number) => {
    const { fits: canBind, weightsBytes, planBytes } = estimate(batch);
    return canBind && weightsBytes + planBytes <= budgetBytes;
  };
  if (!fits(1)) return 0;
  let good = 1;
  while (good < LARGEST_BATCH && fits(good * 2)) good *= 2;
  let bad = good * 2;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return Math.min(good, LARGEST_BATCH);
}

/** Stands in for the choices of an autotune: has no entries, and remembers which were asked for. */
class WantedKeys extends Map<string, string> {
  readonly wanted = new Set<string>();

  override get(key: string): undefined {
    this.wanted.add(key);
  }
}

/**
 * The kinds of 3x3 convolutions that backbone and super-resolution have, as `convChoiceKey` (pipelines/convolution/conv-tuning.ts) names them.
 * @throws ModelConfigError, CheckpointError, ShapeError, as wiring the model for a device would
 */
export function generatorConvLayers(checkpoint: Checkpoint, settings: RenderSettings, device: DeviceFacts): string[] {
  return layersWanted(device, (survey) => {
    surveyVolumetric(Generator.create(survey, checkpoint), settings, {});
  });
}

/** Those of a student's networks and the super-resolution behind it. @param config of its generator @throws as {@link generatorConvLayers} */
export function studentConvLayers(config: GeneratorConfig, checkpoint: Checkpoint, device: DeviceFacts): string[] {
  return layersWanted(device, (survey) => {
    surveyConvolutional(Generator.withoutFile(survey, config), Student.create(survey, checkpoint));
  });
}

function layersWanted(device: DeviceFacts, wire: (survey: MemorySurvey) => void): string[] {
  const { adapter, limits, features, convolutionFormat } = device;
  const convChoices = new WantedKeys();
  wire(new MemorySurvey({ adapter, limits, features, convolutionFormat, convChoices }));
  return [...convChoices.wanted];
}

/**
 * Begins to compile what a renderer for viewing will want, in the order in which the first picture needs it, and waits for nothing. Where the
 * guess is wrong nothing is lost but some time of the compiler; errors are left to those who build the plans.
 *
 * Software adapters alone: they take seconds to compile, and which convolutions a graphics card gets is known when it has been measured.
 * @param head of the model's file: what is stored as halves there has kernels of its own
 */
export function compileAhead(gpu: Gpu, head: TensorDirectory, settings: RenderSettings): void {
  if (!gpu.adapter.isSoftware) return;
  try {
    const generator = Generator.withoutFile(new MemorySurvey(gpu), readGeneratorConfig(head), head);
    for (const builder of surveyVolumetric(generator, settings, { sketch: true })) builder.compile(gpu).catch(() => {});
  } catch {
    // A configuration that cannot be run is found out, and told, when it is wired for the device.
  }
}

/**
 * The volumetric renderer: a face is mapped and its tri-planes made once, then every camera marches rays through them and enlarges the
 * feature image (EG3D, Fig. 2). It remembers what has changed and records only the stages that depend on it: turning the camera never
 * runs mapping or backbone again.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Gpu } from '../gpu/device';
import { type Plan, PlanBuilder } from '../gpu/plan';
import type { Recorder } from '../gpu/recorder';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import type { RenderingConfig } from '../models/config';
import {
  type Generator,
  type MappingStage,
  type RayMarchStage,
  type TriPlaneStage,
  wireMapping,
  wireRayMarch,
  wireSuperResolution,
  wireTriPlanes,
} from '../models/generator';
import type { PresentSource } from '../pipelines/present';

/** Stage names under which dispatches are counted and timed, in the order of a frame. */
export const STAGES = ['mapping', 'tri-planes', 'ray march', 'super-resolution', 'present'] as const;

/** What a frame shows: the enlarged picture, the low-resolution volume rendering, or its depth. */
export type PictureKind = 'image' | 'raw' | 'depth';

export interface RenderSettings {
  /** Rays along one side of the feature image. */
  readonly neuralResolution: number;
  /** Samples a ray of the first pass, 2 or more. */
  readonly depthSamples: number;
  /** Samples a ray of the second, importance-driven pass; 0 for none. */
  readonly importanceSamples: number;
}

/** A face by its latent code. */
export interface FaceCode {
  /** [z_dim], standard normal. */
  readonly z: Float32Array;
  /** Truncation: 1 leaves w as it is, 0 gives the average face. */
  readonly psi: number;
  /** Number of leading layers that psi acts on. Default: all. */
  readonly psiCutoff?: number;
  /** The label that conditions the mapping. Default: the model's own frontal camera. Ignored by models that zero it. */
  readonly conditioning?: CameraLabel;
}

/** Everything that one rendering gives, as arrays without padding, channels last. */
export interface RenderedArrays {
  /** [num_ws, w_dim] */
  readonly ws: Float32Array;
  /** [R, R, 96] */
  readonly planes: Float32Array;
  /** [r, r, 32], about -1 to 1 */
  readonly feature: Float32Array;
  /** [r, r, 1], distance along the ray in scene units */
  readonly depth: Float32Array;
  /** [r, r, 1], 0 where the ray met nothing */
  readonly alpha: Float32Array;
  /** [S, S, 3], about -1 to 1 */
  readonly image: Float32Array;
}

/** The plans for one set of settings, and whether their results are out of date. */
interface ViewPlans {
  readonly settings: RenderSettings;
  readonly rayMarch: Plan;
  readonly rays: RayMarchStage;
  raysDue: boolean;
}

interface EnlargedViewPlans extends ViewPlans {
  readonly superResolution: Plan;
  readonly image: Tensor;
  superResolutionDue: boolean;
}

/** The settings that a model's file asks for. */
export function settingsOf(rendering: RenderingConfig): RenderSettings {
  const { neuralResolution, depthSamples, importanceSamples } = rendering;
  return { neuralResolution, depthSamples, importanceSamples };
}

/** Fewer samples leave importance sampling no intervals to choose from. */
const LEAST_PREVIEW_SAMPLES = 4;

/** Half the rays along each side and half the samples: about an eighth of the work, for a device that cannot follow the hand otherwise. */
function previewSettingsOf({ neuralResolution, depthSamples, importanceSamples }: RenderSettings): RenderSettings {
  return {
    neuralResolution: Math.ceil(neuralResolution / 2),
    depthSamples: Math.min(depthSamples, Math.max(LEAST_PREVIEW_SAMPLES, Math.ceil(depthSamples / 2))),
    importanceSamples: Math.ceil(importanceSamples / 2),
  };
}

export class VolumetricRenderer {
  #wanted: PictureKind = 'image';
  #isPreview = false;
  #mappingDue = false;
  #planesDue = false;

  private constructor(
    private readonly generator: Generator,
    private readonly mappingPlan: Plan,
    private readonly mapping: MappingStage,
    private readonly triPlanePlan: Plan,
    private readonly triPlanes: TriPlaneStage,
    private views: Views,
  ) {}

  /**
   * Compiles all kernels and allocates all buffers for one face and one camera at a time.
   * @param settings default: the model's own
   * @throws BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then
   */
  static async create(
    generator: Generator,
    settings = settingsOf(generator.config.rendering),
  ): Promise<VolumetricRenderer> {
    const { gpu } = generator;
    const plans: Plan[] = [];
    const build = async <T>(stage: string, wire: (plan: PlanBuilder) => T): Promise<[Plan, T]> => {
      const result = await buildPlan(gpu, stage, wire);
      plans.push(result[0]);
      return result;
    };
    try {
      const [mappingPlan, mapping] = await build('mapping', (plan) => wireMapping(plan, generator, 1));
      const [triPlanePlan, triPlanes] = await build('tri-planes', (plan) => wireTriPlanes(plan, generator, mapping.ws));
      const views = await buildViews(generator, triPlanes, settings);
      return new VolumetricRenderer(generator, mappingPlan, mapping, triPlanePlan, triPlanes, views);
    } catch (error) {
      for (const plan of plans) plan.destroy();
      throw error;
    }
  }

  get settings(): RenderSettings {
    return this.views.full.settings;
  }

  /** What a presenter shows of the frame that was encoded last. */
  get picture(): PresentSource {
    const { rays } = this.#view;
    if (this.#wanted === 'depth')
      return { kind: 'depth', depth: rays.depth, alpha: rays.alpha, range: rays.depthRange };
    if (this.#wanted === 'image' && !this.#isPreview) return { kind: 'rgb', image: this.views.full.image };
    return { kind: 'rgb', image: rays.feature };
  }

  /** Takes another face; mapping and backbone run once with the next {@link encode}. */
  setFace(face: FaceCode): void {
    this.mapping.write(face);
    this.#mappingDue = true;
    this.#planesDue = true;
  }

  /** Takes a face by its ws, [num_ws * w_dim]; the mapping network is not run. */
  setLatents(ws: Float32Array): void {
    writeTensor(this.generator.gpu, this.mapping.ws, ws);
    this.#mappingDue = false;
    this.#planesDue = true;
  }

  setCamera(label: CameraLabel): void {
    for (const view of [this.views.full, this.views.preview]) {
      view.rays.writeCamera(label);
      view.raysDue = true;
    }
  }

  /** Chooses what is shown; the super-resolution is skipped while nobody wants it. */
  setWanted(kind: PictureKind): void {
    this.#wanted = kind;
  }

  /** Shows a quick, coarse frame (half the rays a side, half the samples, no super-resolution) instead of the full one. */
  setPreview(isPreview: boolean): void {
    this.#isPreview = isPreview;
  }

  /**
   * Changes resolution and samples; face, planes and camera stay. On an error the old settings stay in force.
   * @throws BufferLimitError and the like
   */
  async configure(settings: RenderSettings): Promise<void> {
    const former = this.views;
    this.views = await buildViews(this.generator, this.triPlanes, settings);
    this.setCamera(former.full.rays.camera);
    destroyViews(former);
  }

  /** Records the stages whose inputs changed since the last call. */
  encode(recorder: Recorder): void {
    const { full, preview } = this.views;
    if (this.#mappingDue) recorder.run(this.mappingPlan);
    if (this.#planesDue) {
      recorder.run(this.triPlanePlan);
      full.raysDue = true;
      preview.raysDue = true;
    }
    this.#mappingDue = false;
    this.#planesDue = false;
    const view = this.#view;
    if (view.raysDue) {
      recorder.run(view.rayMarch);
      view.raysDue = false;
      if (view === full) full.superResolutionDue = true;
    }
    if (view === full && full.superResolutionDue && this.#wanted === 'image') {
      recorder.run(full.superResolution);
      full.superResolutionDue = false;
    }
  }

  /** Reads back what the last frames left on the device. Encode and submit a full frame of the kind 'image' before. */
  async read(): Promise<RenderedArrays> {
    const { gpu } = this.generator;
    const { rays, image } = this.views.full;
    const [ws, planes, feature, depth, alpha, picture] = await Promise.all(
      [this.mapping.ws, this.triPlanes.planes, rays.feature, rays.depth, rays.alpha, image].map((tensor) =>
        readTensor(gpu, tensor),
      ),
    );
    return { ws: ws!, planes: planes!, feature: feature!, depth: depth!, alpha: alpha!, image: picture! };
  }

  /** Frees everything but the generator's weights. */
  destroy(): void {
    this.mappingPlan.destroy();
    this.triPlanePlan.destroy();
    destroyViews(this.views);
  }

  get #view(): ViewPlans {
    return this.#isPreview ? this.views.preview : this.views.full;
  }
}

interface Views {
  readonly full: EnlargedViewPlans;
  readonly preview: ViewPlans;
}

async function buildViews(generator: Generator, triPlanes: TriPlaneStage, settings: RenderSettings): Promise<Views> {
  const marched = await buildRays(generator, triPlanes, settings);
  try {
    const [superResolution, image] = await buildPlan(generator.gpu, 'super-resolution', (plan) =>
      wireSuperResolution(plan, generator, triPlanes.superResolutionStyles, marched.rays.feature),
    );
    try {
      const preview = await buildRays(generator, triPlanes, previewSettingsOf(settings));
      return { full: { ...marched, superResolution, image, superResolutionDue: true }, preview };
    } catch (error) {
      superResolution.destroy();
      throw error;
    }
  } catch (error) {
    marched.rayMarch.destroy();
    throw error;
  }
}

async function buildRays(generator: Generator, triPlanes: TriPlaneStage, settings: RenderSettings): Promise<ViewPlans> {
  const [rayMarch, rays] = await buildPlan(generator.gpu, 'ray march', (plan) =>
    wireRayMarch(plan, generator, triPlanes.planes, { ...generator.config.rendering, ...settings }),
  );
  return { settings, rayMarch, rays, raysDue: true };
}

function destroyViews({ full, preview }: Views): void {
  full.rayMarch.destroy();
  full.superResolution.destroy();
  preview.rayMarch.destroy();
}

async function buildPlan<T>(gpu: Gpu, stage: string, wire: (plan: PlanBuilder) => T): Promise<[Plan, T]> {
  const builder = new PlanBuilder(gpu, stage);
  try {
    const wired = wire(builder);
    return [await builder.build(), wired];
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/**
 * The volumetric renderer: a face is mapped and its tri-planes made once, then every camera marches rays through them and enlarges the
 * feature image (EG3D, Fig. 2). It remembers what has changed and records only the stages that depend on it: turning the camera never
 * runs mapping or backbone again.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether, discardTogether } from '../gpu/plans-together';
import type { Recorder } from '../gpu/recorder';
import { ScratchPool } from '../gpu/scratch-pool';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import type { Generator, RayMarchStage } from '../models/generator';
import type { PresentSource } from '../pipelines/present';
import { type RenderSettings, settingsOf } from './render-settings';
import { type WiredFace, type WiredViews, wireFace, wireViews } from './renderer-wiring';

export { type RenderSettings, settingsOf } from './render-settings';

/** Stage names under which dispatches are counted and timed, in the order of a frame. */
export const STAGES = ['mapping', 'tri-planes', 'ray march', 'super-resolution', 'present'] as const;

/** What a frame shows: the enlarged picture, the low-resolution volume rendering, or its depth. */
export type PictureKind = 'image' | 'raw' | 'depth';

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

/** A plan of rays for one set of settings, and whether its results are out of date. */
interface View {
  readonly rayMarch: Plan;
  readonly rays: RayMarchStage;
  raysDue: boolean;
}

interface FullView extends View {
  readonly superResolution: Plan;
  readonly image: Tensor;
  superResolutionDue: boolean;
}

interface Views {
  readonly settings: RenderSettings;
  readonly full: FullView;
  readonly preview: View;
}

export class VolumetricRenderer {
  #wanted: PictureKind = 'image';
  #isPreview = false;
  #mappingDue = false;
  #planesDue = false;

  private constructor(
    private readonly generator: Generator,
    private readonly pool: ScratchPool,
    private readonly face: WiredFace,
    private readonly facePlans: { readonly mapping: Plan; readonly triPlanes: Plan },
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
    const pool = new ScratchPool(generator.host);
    const face = wireFace(generator, pool);
    let wiredViews: WiredViews;
    try {
      wiredViews = wireViews(generator, pool, face.triPlanes, settings);
    } catch (error) {
      discardTogether(Object.values(face.builders));
      throw error;
    }
    const { mapping, triPlanes, ...viewPlans } = await buildTogether({ ...face.builders, ...wiredViews.builders });
    const views = viewsOf(settings, wiredViews, viewPlans);
    return new VolumetricRenderer(generator, pool, face, { mapping, triPlanes }, views);
  }

  get settings(): RenderSettings {
    return this.views.settings;
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
    this.face.mapping.write(face);
    this.#mappingDue = true;
    this.#planesDue = true;
  }

  /** Takes a face by its ws, [num_ws * w_dim]; the mapping network is not run. */
  setLatents(ws: Float32Array): void {
    writeTensor(this.generator.host, this.face.mapping.ws, ws);
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
    const wired = wireViews(this.generator, this.pool, this.face.triPlanes, settings);
    this.views = viewsOf(settings, wired, await buildTogether(wired.builders));
    this.setCamera(former.full.rays.camera);
    destroyViews(former);
  }

  /** Records the stages whose inputs changed since the last call. */
  encode(recorder: Recorder): void {
    const { full, preview } = this.views;
    if (this.#mappingDue) recorder.run(this.facePlans.mapping);
    if (this.#planesDue) {
      recorder.run(this.facePlans.triPlanes);
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
    const { host } = this.generator;
    const { mapping, triPlanes } = this.face;
    const { rays, image } = this.views.full;
    const [ws, planes, feature, depth, alpha, picture] = await Promise.all(
      [mapping.ws, triPlanes.planes, rays.feature, rays.depth, rays.alpha, image].map((tensor) =>
        readTensor(host, tensor),
      ),
    );
    return { ws: ws!, planes: planes!, feature: feature!, depth: depth!, alpha: alpha!, image: picture! };
  }

  /** Frees everything but the generator's weights. */
  destroy(): void {
    this.facePlans.mapping.destroy();
    this.facePlans.triPlanes.destroy();
    destroyViews(this.views);
  }

  get #view(): View {
    return this.#isPreview ? this.views.preview : this.views.full;
  }
}

function viewsOf(
  settings: RenderSettings,
  { rays, previewRays, image }: WiredViews,
  plans: { readonly [Name in keyof WiredViews['builders']]: Plan },
): Views {
  const { rayMarch, superResolution, previewRayMarch } = plans;
  return {
    settings,
    full: { rayMarch, rays, raysDue: true, superResolution, image, superResolutionDue: true },
    preview: { rayMarch: previewRayMarch, rays: previewRays, raysDue: true },
  };
}

function destroyViews({ full, preview }: Views): void {
  full.rayMarch.destroy();
  full.superResolution.destroy();
  preview.rayMarch.destroy();
}

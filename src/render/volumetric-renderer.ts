/**
 * The volumetric renderer: a face's tri-planes are made once, then every camera marches rays through them and enlarges the feature image
 * (EG3D, Fig. 2). Turning the camera never runs mapping or backbone again.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether, discardTogether } from '../gpu/plans-together';
import type { Recorder } from '../gpu/recorder';
import { readTensor, type Tensor } from '../gpu/tensor';
import type { RayMarchStage } from '../models/generator';
import type { PresentSource } from '../pipelines/present';
import type { FaceLatents } from './face-latents';
import { FacePictures, type FacePlanes } from './face-pictures';
import {
  dependsOnCamera,
  type FrameDue,
  type FrameRenderer,
  type PictureKind,
  PictureNotPreparedError,
} from './frame-renderer';
import { createNormalsPicture, type NormalsPicture } from './normals-picture';
import { type RenderSettings, settingsOf } from './render-settings';
import { type WiredPlanes, type WiredViews, wirePlanes, wireViews } from './renderer-wiring';

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
  /** How often the rays have been marched. */
  marches: number;
  /** Made when it is first wanted. */
  normals: NormalsPicture | undefined;
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

export class VolumetricRenderer implements FrameRenderer {
  readonly kind = 'volumetric';
  readonly #facePictures: FacePictures;
  #wanted: readonly [PictureKind, ...PictureKind[]] = ['image'];
  #isPreview = false;
  /** The face of which the planes are. */
  #version: number | undefined;

  private constructor(
    private readonly latents: FaceLatents,
    private readonly triPlanes: WiredPlanes['triPlanes'],
    private readonly triPlanePlan: Plan,
    private views: Views,
  ) {
    this.#facePictures = new FacePictures(latents, triPlanes.planes);
  }

  /**
   * Compiles all kernels and allocates all buffers for one face and one camera at a time.
   * @param settings default: the model's own
   * @throws BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then
   */
  static async create(
    latents: FaceLatents,
    settings = settingsOf(latents.generator.config.rendering),
  ): Promise<VolumetricRenderer> {
    const { generator, pool } = latents;
    const wiredPlanes = wirePlanes(generator, pool, latents);
    let wiredViews: WiredViews;
    try {
      wiredViews = wireViews(generator, pool, wiredPlanes.triPlanes, settings);
    } catch (error) {
      discardTogether(Object.values(wiredPlanes.builders));
      throw error;
    }
    const { triPlanes, ...viewPlans } = await buildTogether({ ...wiredPlanes.builders, ...wiredViews.builders });
    const views = viewsOf(settings, wiredViews, viewPlans);
    return new VolumetricRenderer(latents, wiredPlanes.triPlanes, triPlanes, views);
  }

  get settings(): RenderSettings {
    return this.views.settings;
  }

  /** Tri-planes of the face that was encoded last, [1, R, R, 96]. */
  get planes(): Tensor {
    return this.triPlanes.planes;
  }

  get picture(): PresentSource {
    return this.pictureOf(this.#wanted[0]);
  }

  /** A preview has no enlarged picture: the raw one stands for it. */
  pictureOf(kind: PictureKind): PresentSource {
    if (!dependsOnCamera(kind)) return { kind: 'rgb', image: this.#facePictures.imageOf(kind) };
    const { rays, normals } = this.#view;
    switch (kind) {
      case 'depth':
        return { kind: 'depth', depth: rays.depth, alpha: rays.alpha, range: rays.depthRange };
      case 'normals':
        if (!normals) throw new PictureNotPreparedError(kind);
        return { kind: 'rgb', image: normals.picture.images[0]! };
      case 'image':
        return { kind: 'rgb', image: this.#isPreview ? rays.feature : this.views.full.image };
      case 'raw':
        return { kind: 'rgb', image: rays.feature };
    }
  }

  get due(): FrameDue {
    const face = this.#version !== this.latents.version;
    const view = this.#raysDue || this.#superResolutionDue || this.#wanted.some((kind) => this.#isDerivedDue(kind));
    return { face, view: face || view };
  }

  setCamera(label: CameraLabel): void {
    for (const view of [this.views.full, this.views.preview]) {
      view.rays.writeCamera(label);
      view.normals?.writeCamera(label);
      view.raysDue = true;
    }
  }

  async prepare(...kinds: readonly PictureKind[]): Promise<void> {
    const { latents } = this;
    const face: FacePlanes = {
      get version() {
        return latents.version;
      },
      encode: (recorder) => this.encodePlanes(recorder),
    };
    for (const kind of kinds) {
      if (!dependsOnCamera(kind)) await this.#facePictures.prepare(kind, face);
      else if (kind === 'normals') await this.#prepareNormals();
    }
  }

  setWanted(...kinds: readonly [PictureKind, ...PictureKind[]]): void {
    this.#wanted = kinds;
  }

  /** Where the density slices are: -1 to 1 along their axis, the faces of the box, 0 in its middle. Nothing but slices is computed anew. */
  setSlice(position: number): void {
    this.#facePictures.setSlice(position);
  }

  /** The quick frame has half the rays a side, half the samples, and no super-resolution. */
  setPreview(isPreview: boolean): void {
    this.#isPreview = isPreview;
  }

  /**
   * Changes resolution and samples; face, planes and camera stay, normals want to be prepared again. On an error the old settings stay in
   * force.
   * @throws BufferLimitError and the like
   */
  async configure(settings: RenderSettings): Promise<void> {
    const former = this.views;
    const wired = wireViews(this.latents.generator, this.latents.pool, this.triPlanes, settings);
    this.views = viewsOf(settings, wired, await buildTogether(wired.builders));
    this.setCamera(former.full.rays.camera);
    destroyViews(former);
  }

  encode(recorder: Recorder): void {
    for (const kind of this.#wanted) this.#expectPrepared(kind); // before anything is taken for done
    this.encodePlanes(recorder);
    const { full } = this.views;
    const view = this.#view;
    if (this.#raysDue) {
      recorder.run(view.rayMarch);
      view.raysDue = false;
      view.marches++;
      if (view === full) full.superResolutionDue = true;
    }
    if (this.#superResolutionDue) {
      recorder.run(full.superResolution);
      full.superResolutionDue = false;
    }
    for (const kind of this.#wanted) {
      if (kind === 'normals') view.normals?.picture.encode(recorder, view.marches);
      else if (!dependsOnCamera(kind)) this.#facePictures.encode(kind, recorder, this.latents.version);
    }
  }

  /** Records what makes {@link planes} of the present face, unless they are its already. */
  encodePlanes(recorder: Recorder): void {
    if (this.#version === this.latents.version) return;
    recorder.run(this.triPlanePlan);
    this.#version = this.latents.version;
    this.views.full.raysDue = true;
    this.views.preview.raysDue = true;
  }

  async readImage(): Promise<Float32Array> {
    return readTensor(this.latents.generator.host, this.views.full.image);
  }

  /** Of the same frame as {@link readImage}: [r, r, 1], 0 where the ray met nothing. */
  async readAlpha(): Promise<Float32Array> {
    return readTensor(this.latents.generator.host, this.views.full.rays.alpha);
  }

  /** Reads back what the last frames left on the device. Encode and submit a full frame of the kind 'image' before. */
  async read(): Promise<RenderedArrays> {
    const { host } = this.latents.generator;
    const { rays, image } = this.views.full;
    const [ws, planes, feature, depth, alpha, picture] = await Promise.all(
      [this.latents.ws, this.planes, rays.feature, rays.depth, rays.alpha, image].map((tensor) =>
        readTensor(host, tensor),
      ),
    );
    return { ws: ws!, planes: planes!, feature: feature!, depth: depth!, alpha: alpha!, image: picture! };
  }

  destroy(): void {
    this.triPlanePlan.destroy();
    this.#facePictures.destroy();
    destroyViews(this.views);
  }

  async #prepareNormals(): Promise<void> {
    for (const view of [this.views.full, this.views.preview]) {
      view.normals ??= await createNormalsPicture(this.latents, view.rays);
    }
  }

  #expectPrepared(kind: PictureKind): void {
    if (!dependsOnCamera(kind)) this.#facePictures.expectPrepared(kind, this.latents.version);
    else if (kind === 'normals' && !this.#view.normals) throw new PictureNotPreparedError(kind);
  }

  #isDerivedDue(kind: PictureKind): boolean {
    if (!dependsOnCamera(kind)) return this.#facePictures.isDue(kind, this.latents.version);
    const { normals, marches } = this.#view;
    return kind === 'normals' && (normals?.picture.isDue(marches) ?? true);
  }

  get #view(): View {
    return this.#isPreview ? this.views.preview : this.views.full;
  }

  get #raysDue(): boolean {
    return this.#view.raysDue && this.#wanted.some(dependsOnCamera);
  }

  get #superResolutionDue(): boolean {
    return !this.#isPreview && this.views.full.superResolutionDue && this.#wanted.includes('image');
  }
}

function viewsOf(
  settings: RenderSettings,
  { rays, previewRays, image }: WiredViews,
  plans: { readonly [Name in keyof WiredViews['builders']]: Plan },
): Views {
  const { rayMarch, superResolution, previewRayMarch } = plans;
  const unmarched = { raysDue: true, marches: 0, normals: undefined };
  return {
    settings,
    full: { ...unmarched, rayMarch, rays, superResolution, image, superResolutionDue: true },
    preview: { ...unmarched, rayMarch: previewRayMarch, rays: previewRays },
  };
}

function destroyViews({ full, preview }: Views): void {
  full.superResolution.destroy();
  for (const { rayMarch, normals } of [full, preview]) {
    rayMarch.destroy();
    normals?.picture.destroy();
  }
}

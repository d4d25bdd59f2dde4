/**
 * The volumetric renderer: a face's tri-planes are made once, then every camera marches rays through them and enlarges the feature image
 * (EG3D, Fig. 2). Turning the camera never runs mapping or backbone again.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether } from '../gpu/plans-together';
import type { Recorder } from '../gpu/recorder';
import { readTensor, type Tensor } from '../gpu/tensor';
import type { PresentSource } from '../pipelines/pictures/present';
import type { CameraView, Scene, WantedPictures } from './camera-view';
import type { FaceLatents } from './face-latents';
import { FacePictures, type FacePlanes } from './face-pictures';
import {
  dependsOnCamera,
  encodeWork,
  type FrameDue,
  type FrameRenderer,
  type FrameWork,
  type PictureKind,
  PictureNotPreparedError,
} from './frame-renderer';
import { readCutOut } from './pictures/read-cut-out';
import { PlanesOfFace } from './planes-of-face';
import { type ChosenQuality, type Detail, type FrameLevel, type RenderSettings, settingsOf } from './quality';
import { buildViews, destroyViews, type ViewLevel, type Views, viewOf } from './volumetric-views';
import { wirePlanes, wireView } from './wiring';

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

export interface VolumetricOptions {
  /**
   * Whether frames are drawn while somebody turns the camera: then there are quicker {@link VolumetricRenderer.levels} and what `fast` rendering
   * reads. Otherwise there is the full picture alone. Default: false.
   */
  readonly forViewing?: boolean;
  /** Whether the quicker levels are built with {@link VolumetricRenderer.buildLadder}; until then they are drawn as the full one is. Default: false. */
  readonly ladderLater?: boolean;
  /**
   * Called when tri-planes can be made, while the kernels of the views are still being compiled: who has a face by then may make its planes.
   * The renderer is there when that is done, too.
   */
  readonly onPlanes?: ((planes: PlanesOfFace) => Promise<void>) | undefined;
}

export class VolumetricRenderer implements FrameRenderer {
  readonly kind = 'volumetric';
  readonly #facePictures: FacePictures;
  #wanted: readonly [PictureKind, ...PictureKind[]] = ['image'];
  #detail: Detail = 0;
  #scene: Scene;
  /** Who has drawn the last enlarged picture. */
  #enlarged: CameraView;

  private constructor(
    private readonly latents: FaceLatents,
    private readonly planesOfFace: PlanesOfFace,
    private views: Views,
    private readonly forViewing: boolean,
  ) {
    this.#facePictures = new FacePictures(latents, planesOfFace.stage.planes);
    this.#enlarged = views.levels[0].view;
    this.#scene = { version: 1, camera: this.#enlarged.rays.camera };
  }

  /**
   * Compiles all kernels and allocates all buffers for one face and one camera at a time.
   * @param settings default: the model's own
   * @throws BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then
   */
  static async create(
    latents: FaceLatents,
    settings = settingsOf(latents.generator.config.rendering),
    { forViewing = false, ladderLater = false, onPlanes }: VolumetricOptions = {},
  ): Promise<VolumetricRenderer> {
    const { generator, pool } = latents;
    const { builders, triPlanes } = wirePlanes(generator, pool, latents, forViewing || settings.quality === 'fast');
    let planesOfFace: PlanesOfFace | undefined;
    let planesMade: Promise<void> | undefined;
    const wanted = { forViewing, ladderLater };
    const { views } = await buildViews(latents, triPlanes, settings, wanted, builders, (name, plan) => {
      if (name !== 'triPlanes') return;
      planesOfFace = new PlanesOfFace(latents, triPlanes, plan);
      planesMade = onPlanes?.(planesOfFace);
      planesMade?.catch(() => {}); // told below, unless something else has failed before
    });
    const renderer = new VolumetricRenderer(latents, planesOfFace!, views, forViewing);
    try {
      await planesMade;
    } catch (error) {
      renderer.destroy();
      throw error;
    }
    return renderer;
  }

  get settings(): RenderSettings {
    return this.views.settings;
  }

  get levels(): readonly [FrameLevel, ...FrameLevel[]] {
    return this.views.levels;
  }

  /** Tri-planes of the face that was encoded last, [1, R, R, 96]. */
  get planes(): Tensor {
    return this.planesOfFace.stage.planes;
  }

  get picture(): PresentSource {
    return this.pictureOf(this.#wanted[0]);
  }

  /** Where there is no enlarged picture, the raw one stands for it. */
  pictureOf(kind: PictureKind): PresentSource {
    if (!dependsOnCamera(kind)) return this.#facePictures.sourceOf(kind);
    return this.#view.pictureOf(kind, this.#wantedPictures.isEnlarged);
  }

  get due(): FrameDue {
    const face = this.planesOfFace.isDue;
    const isFacePictureDue = this.#wanted.some(
      (kind) => !dependsOnCamera(kind) && this.#facePictures.isDue(kind, this.latents.version),
    );
    return { face, view: face || isFacePictureDue || this.#view.isDue(this.#scene, this.#wantedPictures) };
  }

  setCamera(camera: CameraLabel): void {
    this.#scene = { version: this.#scene.version + 1, camera };
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

  /** `fast` needs a renderer for viewing, or one with settings of that quality: it reads what is made with the planes. */
  async prepareQuality(quality: ChosenQuality): Promise<void> {
    const { latents, views } = this;
    if (views.full.has(quality)) return;
    const settings: RenderSettings = { ...views.settings, quality };
    const wired = wireView(latents.generator, latents.pool, this.planesOfFace.stage, settings);
    views.full.set(quality, viewOf(wired, await buildTogether(wired.builders)));
  }

  /** Frees what {@link prepareQuality} has made. */
  releaseQuality(quality: ChosenQuality): void {
    const { full, levels } = this.views;
    const view = full.get(quality);
    if (!view || view === levels[0].view) return;
    view.destroy();
    full.delete(quality);
    this.#enlarged = levels[0].view;
  }

  setWanted(...kinds: readonly [PictureKind, ...PictureKind[]]): void {
    this.#wanted = kinds;
  }

  /** Where the density slices are: -1 to 1 along their axis, the faces of the box, 0 in its middle. Nothing but slices is computed anew. */
  setSlice(position: number): void {
    this.#facePictures.setSlice(position);
  }

  setDetail(detail: Detail): void {
    this.#detail = detail;
  }

  plansOf(level: number, kinds: readonly PictureKind[]): readonly Plan[] {
    const { view, isEnlarged } = this.#level(level);
    return view.plans(isEnlarged && kinds.includes('image'));
  }

  /**
   * Changes resolution, samples and quality; face, planes and camera stay, normals and pictures of another quality want to be prepared again. On an
   * error the old settings stay in force.
   * @throws BufferLimitError and the like
   */
  async configure(settings: RenderSettings): Promise<void> {
    const { views: former, forViewing } = this;
    const { views } = await buildViews(this.latents, this.planesOfFace.stage, settings, { forViewing }, {});
    this.views = views;
    this.#enlarged = views.levels[0].view;
    destroyViews(former);
  }

  /** Builds the quicker levels where that was left for later. @throws KernelCompileError and the like; they are drawn as before then */
  async buildLadder(): Promise<void> {
    await this.views.later?.build();
  }

  nextWork(): FrameWork | undefined {
    const { version } = this.latents;
    for (const kind of this.#wanted) this.#expectPrepared(kind); // before anything is taken for done
    const planes = this.#planesWork();
    if (planes) return planes;
    const view = this.#view;
    const work = view.nextWork(this.#scene, this.#wantedPictures);
    if (work) return work;
    if (this.#wantedPictures.isEnlarged && this.#wanted.includes('image')) this.#enlarged = view;
    for (const kind of this.#wanted) {
      const own = dependsOnCamera(kind) ? undefined : this.#facePictures.work(kind, version);
      if (own) return own;
    }
    return undefined;
  }

  encode(recorder: Recorder): void {
    encodeWork(this, recorder);
  }

  /** Records what makes {@link planes} of the present face, unless they are its already. */
  encodePlanes(recorder: Recorder): void {
    encodeWork({ nextWork: () => this.#planesWork() }, recorder);
  }

  async readImage(): Promise<Float32Array> {
    return readTensor(this.latents.generator.host, this.#enlarged.enlargement!.image);
  }

  async readCutOut(): Promise<Float32Array | undefined> {
    return readCutOut(this.latents, this.#enlarged.enlargement!);
  }

  /** Reads back what the last frames left on the device. Encode and submit a full frame of the kind 'image' before. */
  async read(): Promise<RenderedArrays> {
    const { host } = this.latents.generator;
    const { rays, enlargement } = this.#enlarged;
    const [ws, planes, feature, depth, alpha, picture] = await Promise.all(
      [this.latents.ws, this.planes, rays.feature, rays.depth, rays.alpha, enlargement!.image].map((tensor) =>
        readTensor(host, tensor),
      ),
    );
    return { ws: ws!, planes: planes!, feature: feature!, depth: depth!, alpha: alpha!, image: picture! };
  }

  destroy(): void {
    this.planesOfFace.destroy();
    this.#facePictures.destroy();
    destroyViews(this.views);
  }

  async #prepareNormals(): Promise<void> {
    for (const { view } of this.views.levels) await view.prepareNormals(this.latents);
  }

  #expectPrepared(kind: PictureKind): void {
    if (dependsOnCamera(kind)) this.#view.expectPrepared(kind);
    else this.#facePictures.expectPrepared(kind, this.latents.version);
  }

  #planesWork(): FrameWork | undefined {
    const work = this.planesOfFace.nextWork();
    if (!work) return undefined;
    const done = () => {
      work.done();
      this.#scene = { ...this.#scene, version: this.#scene.version + 1 };
    };
    return { plan: work.plan, done };
  }

  #level(level: number): ViewLevel {
    const { levels } = this.views;
    return levels[Math.min(level, levels.length - 1)]!;
  }

  /** @throws PictureNotPreparedError for a quality that has not been prepared */
  get #view(): CameraView {
    if (typeof this.#detail === 'number') return this.#level(this.#detail).view;
    const view = this.views.full.get(this.#detail);
    if (!view) throw new PictureNotPreparedError('image');
    return view;
  }

  get #wantedPictures(): WantedPictures {
    return {
      kinds: this.#wanted,
      isEnlarged: typeof this.#detail === 'string' || this.#level(this.#detail).isEnlarged,
    };
  }
}

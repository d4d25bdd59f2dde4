/**
 * A session: one open device with the model on it, from its opening to its loss, and with the model's convolutional student when that is
 * wanted. Everything here dies with the device; the studio opens a new session from the same checkpoints when that happens.
 */
import type { CameraLabel } from '../camera/conventions';
import { labelOf, type OrbitState } from '../camera/orbit';
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import { DeviceLostError, GpuError } from '../gpu/errors';
import { withinMemory } from '../gpu/memory-guard';
import { Recorder } from '../gpu/recorder';
import type { Tensor } from '../gpu/tensor';
import { StageTimer } from '../gpu/timing';
import type { GeneratorConfig } from '../models/config';
import type { FaceRecipe } from '../models/face-recipe';
import { Generator } from '../models/generator';
import { Student } from '../models/student';
import type { PicturePart, PresentSource } from '../pipelines/present';
import { CanvasOutput, type CanvasSize } from '../render/canvas-output';
import { compareView, encodePicture } from '../render/compare-views';
import { ConvolutionalRenderer } from '../render/convolutional-renderer';
import { FaceComposer, followsCamera } from '../render/face-composer';
import { FaceLatents } from '../render/face-latents';
import {
  type FrameDue,
  type FrameRenderer,
  type PictureKind,
  RENDERER_KINDS,
  type RendererKind,
} from '../render/frame-renderer';
import { type LatentRows, LatentSampler } from '../render/latent-samples';
import { estimateMemory, estimateStudentMemory, type MemoryEstimate } from '../render/memory-estimate';
import { sideBySide, wipe } from '../render/picture-layout';
import type { RenderSettings } from '../render/render-settings';
import { VolumetricRenderer } from '../render/volumetric-renderer';
import type { RenderedPicture } from './picture-export';
import { PreparedPictures } from './prepared-pictures';
import { picturesShown, renderersShown, type Shown } from './shown';
import type { Likeness } from './state';

export interface SessionRequest {
  readonly gpu: Gpu;
  readonly canvas: HTMLCanvasElement;
  readonly checkpoint: Checkpoint;
  readonly settings: RenderSettings;
  /** Called when new stage times have arrived. */
  readonly onTimes: () => void;
}

/** What a frame shows. */
export interface FrameRequest {
  readonly face: FaceRecipe;
  readonly picture: PictureKind;
  readonly shown: Shown;
  /** Where density slices cut the box, -1..1. */
  readonly slice: number;
  /** Quick and coarse, while the camera moves on a slow device. */
  readonly isPreview: boolean;
  readonly view: OrbitState;
  /** Size of the canvas in device pixels. */
  readonly size: CanvasSize;
}

/** The convolutional renderer was asked for while no student is on the device. */
export class NoStudentError extends GpuError {
  constructor() {
    super('There is no student of this model on the device.', 'Open a student of this model, or use volume rendering.');
  }
}

/** A student on the device. */
interface Attached {
  readonly student: Student;
  readonly renderer: ConvolutionalRenderer;
}

/** Differences in luminance of this much and more (black to white is 2) have the ends of the colour map. */
export const DIFFERENCE_RANGE = 0.5;

export class Session {
  #output: CanvasOutput | undefined;
  #face: FaceRecipe | undefined;
  readonly #composer: FaceComposer;
  /** The view that each renderer has; undefined when a job has moved its camera. */
  readonly #views = new Map<RendererKind, OrbitState>();
  #attached: Attached | undefined;
  readonly #pictures: PreparedPictures;

  private constructor(
    readonly gpu: Gpu,
    readonly generator: Generator,
    private readonly latents: FaceLatents,
    private readonly volumetric: VolumetricRenderer,
    private readonly canvas: HTMLCanvasElement,
    private readonly timer: StageTimer | undefined,
  ) {
    this.#composer = new FaceComposer(latents, () => new Recorder(gpu, timer));
    this.#pictures = new PreparedPictures(gpu, volumetric);
  }

  /**
   * Puts the model on the device, which it takes over: closes it if anything fails. The canvas is taken at the first `draw`, so that
   * another session may show its picture there until then.
   * @throws GpuError, CheckpointError
   */
  static async open({ gpu, canvas, checkpoint, settings, onTimes }: SessionRequest): Promise<Session> {
    try {
      return await withinMemory(gpu, 'the model', async () => {
        const generator = Generator.create(gpu, checkpoint);
        const latents = await FaceLatents.create(generator);
        const renderer = await VolumetricRenderer.create(latents, settings);
        return new Session(gpu, generator, latents, renderer, canvas, StageTimer.create(gpu, onTimes));
      });
    } catch (error) {
      gpu.destroy();
      throw error;
    }
  }

  get config(): GeneratorConfig {
    return this.generator.config;
  }

  /** Milliseconds by stage, or undefined where the device cannot tell. */
  get stageTimes(): ReadonlyMap<string, number> | undefined {
    return this.timer?.milliseconds;
  }

  /** Settings in force. */
  get settings(): RenderSettings {
    return this.volumetric.settings;
  }

  get hasStudent(): boolean {
    return this.#attached !== undefined;
  }

  /**
   * Puts a student on the device in the place of the one before, or takes that away.
   * @throws ModelConfigError for a student of another generator's shape, GpuError, CheckpointError; the one before stays then
   */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    const former = this.#attached;
    this.#attached = checkpoint && (await this.#attach(checkpoint));
    this.#views.delete('convolutional');
    if (former) detach(former);
  }

  async #attach(checkpoint: Checkpoint): Promise<Attached> {
    const student = Student.create(this.gpu, checkpoint);
    try {
      const renderer = await withinMemory(this.gpu, 'the student', () =>
        ConvolutionalRenderer.create(this.latents, student),
      );
      return { student, renderer };
    } catch (error) {
      student.destroy();
      throw error;
    }
  }

  /** Other resolutions or sample counts. Keeps the old ones if it fails. @throws BufferLimitError, OutOfMemoryError */
  async configure(settings: RenderSettings): Promise<void> {
    const { volumetric } = this;
    const former = volumetric.settings;
    this.#pictures.forget();
    try {
      await withinMemory(this.gpu, 'the settings', () => volumetric.configure(settings));
    } catch (error) {
      if (volumetric.settings !== former) await volumetric.configure(former);
      throw error;
    }
  }

  /** Does the work of a frame without showing it. Resolves when the device has finished it. @throws DeviceLostError, PictureRefusedError */
  async prepare(frame: FrameRequest): Promise<void> {
    await this.#apply(frame);
    this.#record(frame).submit();
    const loss = await this.gpu.finished();
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
  }

  /**
   * Draws one frame on the canvas. Resolves when the device has finished it, or is lost.
   * @returns what it had to compute
   * @throws WebGpuUnavailableError, PictureRefusedError
   */
  async draw(frame: FrameRequest): Promise<FrameDue> {
    this.#output ??= await CanvasOutput.create(this.gpu, this.canvas);
    await this.#apply(frame);
    const due = this.#renderers(frame.shown).map((renderer) => renderer.due);
    const recorder = this.#record(frame);
    this.#output.draw(recorder, this.#parts(frame), frame.size);
    recorder.submit();
    await this.gpu.finished();
    return { face: due.some(({ face }) => face), view: due.some(({ view }) => view) };
  }

  /**
   * How alike the two pictures of a view are, of which both renderers have drawn the full picture; undefined if a job has moved their
   * cameras since.
   */
  async measure(view: OrbitState): Promise<Likeness | undefined> {
    if (RENDERER_KINDS.some((kind) => this.#views.get(kind) !== view)) return undefined;
    const images = RENDERER_KINDS.map((kind) => this.#renderer(kind).readImage());
    const [volumetric, convolutional] = await Promise.all(images);
    const { psnr, ssim } = compareView(0, volumetric!, convolutional!);
    return { psnr, ssim };
  }

  /**
   * A picture that is not shown, [S, S, 3], about -1 to 1: a step of a job between two frames. The next frame finds its camera again.
   */
  async render(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<Float32Array> {
    const renderer = this.#renderer(kind);
    await this.#setFace(face, camera);
    this.#views.delete(kind);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
    return renderer.readImage();
  }

  /** As {@link render}, with what the volume renderer knows of the background: what files are made from. */
  async renderArrays(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<RenderedPicture> {
    const image = await this.render(kind, face, camera);
    const alpha = kind === 'volumetric' ? await this.volumetric.readAlpha() : undefined;
    return { image, alpha, whiteBackground: this.config.rendering.whiteBackground };
  }

  /**
   * Puts the tri-planes of a face on the device, [1, R, R, 96]: a step of a job between two frames. The next frame may put another's in their
   * place: ask again at every step.
   */
  async planesOf(face: FaceRecipe, camera: CameraLabel): Promise<Tensor> {
    const { volumetric } = this;
    if (this.#face !== face) await this.#setFace(face, camera);
    if (volumetric.due.face) {
      const recorder = new Recorder(this.gpu);
      volumetric.encodePlanes(recorder);
      recorder.submit();
    }
    return volumetric.planes;
  }

  /**
   * Runs a frame of one renderer without showing it, and tells how long it took in milliseconds: a step of a job between two frames.
   * @param isNewFace whether whatever depends on the face alone is computed anew
   */
  async time(kind: RendererKind, face: FaceRecipe, camera: CameraLabel, isNewFace: boolean): Promise<number> {
    const renderer = this.#renderer(kind);
    if (isNewFace) this.#forgetFace();
    this.#views.delete(kind);
    const begun = performance.now();
    await this.#setFace(face, camera);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
    await this.gpu.finished();
    return performance.now() - begun;
  }

  /** Tells how much memory one of the renderers takes for a batch of faces, with the settings in force. */
  estimator(kind: RendererKind): (batch: number) => MemoryEstimate {
    const { config, gpu, settings } = this;
    if (kind === 'volumetric') return (batch) => estimateMemory(config, settings, gpu, batch);
    const student = this.#attachedOrThrow.student.config;
    return (batch) => estimateStudentMemory(config, student, gpu, batch);
  }

  /** Hands face, camera and wishes to the renderers that are shown. */
  async #apply({ face, picture, shown, slice, isPreview, view }: FrameRequest): Promise<void> {
    await this.#setFace(face, labelOf(view));
    const isDifference = shown.layout === 'difference';
    const wanted = isDifference
      ? ([this.#comparablePicture(picture, isPreview)] as const)
      : picturesShown(picture, shown);
    for (const renderer of this.#renderers(shown)) {
      if (this.#views.get(renderer.kind) !== view) renderer.setCamera(labelOf(view));
      this.#views.set(renderer.kind, view);
      if (renderer === this.volumetric) await this.#pictures.prepare(...wanted);
      renderer.setWanted(...wanted);
      renderer.setPreview(isPreview && !isDifference);
    }
    this.volumetric.setSlice(slice);
  }

  /** A difference needs pictures of one size: the raw ones while the camera moves, if they are, and never the coarser preview. */
  #comparablePicture(picture: PictureKind, isPreview: boolean): PictureKind {
    const hasEqualRaw = this.settings.neuralResolution === this.#attachedOrThrow.student.config.neuralResolution;
    return hasEqualRaw && (isPreview || picture === 'raw') ? 'raw' : 'image';
  }

  /** @param camera that looks, for a face that follows it */
  async #setFace(face: FaceRecipe, camera: CameraLabel): Promise<void> {
    if (this.#face === face && !followsCamera(face)) return;
    await this.#composer.show(face, camera);
    this.#face = face;
  }

  #forgetFace(): void {
    this.#face = undefined;
    this.#composer.forget();
  }

  /** Draws samples of w on this device, for finding directions. */
  sampleLatents(samples: number): Promise<LatentRows> {
    return LatentSampler.create(this.generator, { samples });
  }

  /** Directions of w that steps of a face go along; steps along unknown ones are left out. */
  setDirections(directions: readonly Float32Array[]): void {
    this.#composer.setDirections(directions);
    this.#face = undefined;
  }

  #record({ shown }: FrameRequest): Recorder {
    const recorder = new Recorder(this.gpu, this.timer);
    for (const renderer of this.#renderers(shown)) renderer.encode(recorder);
    return recorder;
  }

  #parts({ picture, shown, size }: FrameRequest): PicturePart[] {
    const [first, second] = this.#sources(picture, shown);
    if (!second) return [{ source: first! }];
    if (shown.layout === 'difference' && first!.kind === 'rgb' && second.kind === 'rgb') {
      return [{ source: { kind: 'difference', first: first!.image, second: second.image, range: DIFFERENCE_RANGE } }];
    }
    const places = shown.layout === 'side-by-side' ? sideBySide(size) : wipe(size, shown.wipe);
    return [first!, second].map((source, index) => ({ source, ...places[index]! }));
  }

  /** One picture, one of each renderer, or two of the same renderer's. */
  #sources(picture: PictureKind, shown: Shown): PresentSource[] {
    const kinds = picturesShown(picture, shown);
    if (kinds.length > 1) return kinds.map((kind) => this.volumetric.pictureOf(kind));
    return this.#renderers(shown).map((renderer) => renderer.picture);
  }

  #renderers(shown: Shown): FrameRenderer[] {
    return renderersShown(shown).map((kind) => this.#renderer(kind));
  }

  #renderer(kind: RendererKind): FrameRenderer {
    return kind === 'volumetric' ? this.volumetric : this.#attachedOrThrow.renderer;
  }

  /** @throws NoStudentError: ask `hasStudent` before */
  get #attachedOrThrow(): Attached {
    if (!this.#attached) throw new NoStudentError();
    return this.#attached;
  }

  /** Frees the device and all that is on it. */
  close(): void {
    this.timer?.destroy();
    this.#output?.destroy();
    if (this.#attached) detach(this.#attached);
    this.volumetric.destroy();
    this.latents.destroy();
    this.generator.destroy();
    this.gpu.destroy();
  }
}

function detach({ renderer, student }: Attached): void {
  renderer.destroy();
  student.destroy();
}

/**
 * A session: one open device with the model on it, from its opening to its loss, and with the model's convolutional student when that is
 * wanted. Everything here dies with the device; the studio opens a new session from the same checkpoints when that happens.
 */
import type { CameraLabel } from '../../camera/conventions';
import { labelOf, type OrbitState } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import { DeviceLostError, GpuError } from '../../gpu/errors';
import { withinMemory } from '../../gpu/memory-guard';
import { Recorder } from '../../gpu/recorder';
import type { Tensor } from '../../gpu/tensor';
import { StageTimer } from '../../gpu/timing';
import type { GeneratorConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import { Generator } from '../../models/generator';
import { Student } from '../../models/student';
import { tuneForModel } from '../../pipelines/convolution/conv-laboratory';
import type { PresentSource } from '../../pipelines/pictures/present';
import { CanvasOutput, type CanvasSize } from '../../render/canvas-output';
import { ConvolutionalRenderer } from '../../render/convolutional-renderer';
import { FaceComposer, followsCamera } from '../../render/face-composer';
import { FaceLatents } from '../../render/face-latents';
import {
  dependsOnCamera,
  type FrameDue,
  type FrameRenderer,
  type PictureKind,
  RENDERER_KINDS,
  type RendererKind,
} from '../../render/frame-renderer';
import { FrameRunner, type Present } from '../../render/frame-runner';
import { type LatentRows, LatentSampler } from '../../render/latent-samples';
import { compareView, encodePicture } from '../../render/pictures/compare-views';
import { coarseSize } from '../../render/pictures/picture-layout';
import type { RenderSettings } from '../../render/quality';
import { FULL_ONLY, ladderOf, type QualityLevel } from '../../render/quality';
import { VolumetricRenderer } from '../../render/volumetric-renderer';
import {
  estimateMemory,
  estimateStudentMemory,
  generatorConvLayers,
  type MemoryEstimate,
  studentConvLayers,
} from '../../render/wiring';
import type { RenderedPicture } from '../export/picture-export';
import { browserStore } from '../shared/browser-store';
import type { Likeness } from '../shared/state';
import { partsOf } from '../view/frame-parts';
import { PreparedPictures } from '../view/prepared-pictures';
import { picturesShown, renderersShown, type Shown } from '../view/shown';

/** What the autotune of convolutions has measured on this machine. */
const CONV_MEASUREMENTS = browserStore('trifold-convolutions');

export interface SessionRequest {
  readonly gpu: Gpu;
  readonly canvas: HTMLCanvasElement;
  readonly checkpoint: Checkpoint;
  readonly settings: RenderSettings;
  /** The face and the view of the first frame: its planes are made while kernels of later stages are still being compiled. */
  readonly first: Pick<FrameRequest, 'face' | 'view'>;
  /** Told how much of these planes is made, 0..1. */
  readonly onPlanes: (share: number) => void;
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
  /** Step of the quality ladder: 0 for the full picture, more while the camera moves on a device that is too slow for it. */
  readonly level: number;
  readonly view: OrbitState;
  /** Size of the canvas in device pixels. */
  readonly size: CanvasSize;
}

/** The convolutional renderer was asked for while no student is on the device. */
export class NoStudentError extends GpuError {
  override readonly code = 'no-student';

  constructor() {
    super('There is no student of this model on the device.', 'Open a student of this model, or use volume rendering.');
  }
}

/** A student on the device. */
interface Attached {
  readonly student: Student;
  readonly renderer: ConvolutionalRenderer;
}

export class Session {
  #output: CanvasOutput | undefined;
  #face: FaceRecipe | undefined;
  /** The view that each renderer has; undefined when a job has moved its camera. */
  readonly #views = new Map<RendererKind, OrbitState>();
  #attached: Attached | undefined;
  readonly #pictures: PreparedPictures;
  readonly #runner: FrameRunner;
  /** Whether the exact plans of the settings in force are there. */
  #hasExact = false;

  private constructor(
    readonly gpu: Gpu,
    readonly generator: Generator,
    private readonly latents: FaceLatents,
    private readonly volumetric: VolumetricRenderer,
    private readonly canvas: HTMLCanvasElement,
    private readonly timer: StageTimer | undefined,
    private readonly composer: FaceComposer,
    face: FaceRecipe | undefined,
  ) {
    this.#face = face;
    this.#pictures = new PreparedPictures(gpu, volumetric);
    this.#runner = new FrameRunner(gpu, timer);
  }

  /**
   * Puts the model on the device, which it takes over: closes it if anything fails. The canvas is taken at the first `draw`, so that
   * another session may show its picture there until then.
   * @throws GpuError, CheckpointError
   */
  static async open(request: SessionRequest): Promise<Session> {
    const { gpu, canvas, checkpoint, settings, first, onPlanes, onTimes } = request;
    try {
      return await withinMemory(gpu, 'the model', async () => {
        const generator = Generator.create(gpu, checkpoint);
        await tuneForModel(gpu, () => generatorConvLayers(checkpoint, settings, gpu), CONV_MEASUREMENTS);
        const latents = await FaceLatents.create(generator);
        const timer = StageTimer.create(gpu, onTimes);
        const composer = new FaceComposer(latents, () => new Recorder(gpu, timer));
        // What goes wrong here (the device may be lost already) goes wrong in the first frame again, and is told there.
        let face: FaceRecipe | undefined;
        const composed = composer.show(first.face, labelOf(first.view)).then(
          () => {
            face = first.face;
          },
          () => {},
        );
        const renderer = await VolumetricRenderer.create(latents, settings, {
          forViewing: true,
          ladderLater: true,
          onPlanes: async (planes) => {
            await composed;
            if (face) await planes.make(gpu, timer, onPlanes).catch(() => {});
          },
        });
        return new Session(gpu, generator, latents, renderer, canvas, timer, composer, face);
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

  /** Builds what only frames in motion need: to be called when the first picture is there. */
  buildLadder(): Promise<void> {
    return this.volumetric.buildLadder();
  }

  /** How much of the first frame, beyond the planes, has been handed to the device, 0..1. */
  get firstFrameShare(): number {
    const plans = this.volumetric.plansOf(0, ['image']);
    const wanted = plans.reduce((sum, { dispatchCount }) => sum + dispatchCount, 0);
    const { dispatches } = this.gpu.statistics;
    return plans.reduce((sum, { stage }) => sum + (dispatches[stage] ?? 0), 0) / wanted;
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
      const renderer = await withinMemory(this.gpu, 'the student', async () => {
        await tuneForModel(this.gpu, () => studentConvLayers(this.config, checkpoint, this.gpu), CONV_MEASUREMENTS);
        return ConvolutionalRenderer.create(this.latents, student);
      });
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
    this.#hasExact = false;
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
    await this.#runner.run(this.#renderers(frame.shown));
    const loss = await this.gpu.finished();
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
  }

  /**
   * Draws one frame on the canvas, with one submission: while something moves. Resolves when the device has finished it, or is lost.
   * @returns what it had to compute
   * @throws WebGpuUnavailableError, PictureRefusedError
   */
  draw(frame: FrameRequest): Promise<FrameDue> {
    return this.#draw(frame, (renderers, present) => this.#runner.runAtOnce(renderers, present));
  }

  /**
   * Draws one frame on the canvas in parts that leave the device free for the page in between, one if it is quick; the canvas changes with the
   * last.
   * @param isWanted asked between parts
   * @returns what it had to compute, or undefined if it was given up
   * @throws WebGpuUnavailableError, PictureRefusedError
   */
  async refine(frame: FrameRequest, isWanted?: () => boolean): Promise<FrameDue | undefined> {
    let isDone = false;
    const due = await this.#draw(frame, async (renderers, present) => {
      isDone = await this.#runner.run(renderers, present, isWanted);
    });
    return isDone ? due : undefined;
  }

  /** The quality ladder for what is shown. A difference needs two pictures of one size. */
  levels(picture: PictureKind, shown: Shown): readonly QualityLevel[] {
    if (!picturesShown(picture, shown).some(dependsOnCamera)) return FULL_ONLY;
    const ladder = ladderOf(this.#renderers(shown), picturesShown(picture, shown).includes('image'));
    return shown.layout === 'difference' ? ladder.slice(0, this.#hasEqualRaw ? 2 : 1) : ladder;
  }

  /** What a level of the ladder should take for a new camera, as far as what was drawn at rest tells. */
  expectedMilliseconds(picture: PictureKind, shown: Shown, level: number): number | undefined {
    const kinds = picturesShown(picture, shown);
    const plans = this.#renderers(shown).flatMap((renderer) => renderer.plansOf(level, kinds));
    return level === 0 ? this.#runner.expectedMilliseconds(plans) : this.#runner.timedMilliseconds(plans);
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
   * A picture that is not shown, by the reference's arithmetic, [S, S, 3], about -1 to 1: a step of a job between two frames. The next frame
   * finds its camera again.
   * @throws BufferLimitError, OutOfMemoryError when the device has no room for it beside what is on screen
   */
  async render(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<Float32Array> {
    const renderer = this.#renderer(kind);
    await this.#prepareExact(renderer);
    await this.#setFace(face, camera);
    this.#views.delete(kind);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
    return renderer.readImage();
  }

  /** As {@link render}, with what the renderer knows of the background: what files are made from. */
  async renderArrays(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<RenderedPicture> {
    const image = await this.render(kind, face, camera);
    const alpha = await this.#renderer(kind).readAlpha();
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
   * Runs an exact frame of one renderer without showing it, and tells how long it took in milliseconds: a step of a job between two frames.
   * @param isNewFace whether whatever depends on the face alone is computed anew
   */
  async time(kind: RendererKind, face: FaceRecipe, camera: CameraLabel, isNewFace: boolean): Promise<number> {
    const renderer = this.#renderer(kind);
    await this.#prepareExact(renderer);
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
    const { config, gpu } = this;
    const settings: RenderSettings = { ...this.settings, quality: 'exact' };
    if (kind === 'volumetric') return (batch) => estimateMemory(config, settings, gpu, batch);
    const student = this.#attachedOrThrow.student.config;
    return (batch) => estimateStudentMemory(config, student, gpu, batch);
  }

  /** @param run does the work of the renderers, and presents */
  async #draw(
    frame: FrameRequest,
    run: (renderers: readonly FrameRenderer[], present: Present) => Promise<void>,
  ): Promise<FrameDue> {
    this.#output ??= await CanvasOutput.create(this.gpu, this.canvas);
    const output = this.#output;
    await this.#apply(frame);
    const renderers = this.#renderers(frame.shown);
    const due = renderers.map((renderer) => renderer.due);
    const size = this.#canvasSize(frame);
    await run(renderers, (recorder) =>
      output.draw(recorder, partsOf(this.#sources(frame.picture, frame.shown), frame.shown, size), size),
    );
    return { face: due.some(({ face }) => face), view: due.some(({ view }) => view) };
  }

  /** A coarse picture is drawn on few pixels, and the page enlarges them. */
  #canvasSize({ size, picture, shown, level }: FrameRequest): CanvasSize {
    if (level === 0) return size;
    const { side } = this.levels(picture, shown)[level]!;
    return coarseSize(size, side, shown.layout === 'side-by-side' ? 2 : 1);
  }

  /** Hands face, camera and wishes to the renderers that are shown. */
  async #apply({ face, picture, shown, slice, level, view }: FrameRequest): Promise<void> {
    await this.#setFace(face, labelOf(view));
    const isDifference = shown.layout === 'difference';
    const wanted = isDifference ? ([this.#comparablePicture(picture)] as const) : picturesShown(picture, shown);
    for (const renderer of this.#renderers(shown)) {
      if (this.#views.get(renderer.kind) !== view) renderer.setCamera(labelOf(view));
      this.#views.set(renderer.kind, view);
      if (renderer === this.volumetric) await this.#pictures.prepare(...wanted);
      renderer.setWanted(...wanted);
      renderer.setDetail(level);
    }
    this.volumetric.setSlice(slice);
  }

  /** A difference needs pictures of one size: the raw ones only if they are. */
  #comparablePicture(picture: PictureKind): PictureKind {
    return this.#hasEqualRaw && picture === 'raw' ? 'raw' : 'image';
  }

  get #hasEqualRaw(): boolean {
    return this.settings.neuralResolution === this.#attachedOrThrow.student.config.neuralResolution;
  }

  /** Exact plans take memory when they are first wanted. @throws BufferLimitError, OutOfMemoryError */
  async #prepareExact(renderer: FrameRenderer): Promise<void> {
    if (renderer !== this.volumetric || this.#hasExact) return;
    try {
      await withinMemory(this.gpu, 'the exact picture', () => renderer.prepareExact());
      this.#hasExact = true;
    } catch (error) {
      this.volumetric.releaseExact();
      throw error;
    }
  }

  /** @param camera that looks, for a face that follows it */
  async #setFace(face: FaceRecipe, camera: CameraLabel): Promise<void> {
    if (this.#face === face && !followsCamera(face)) return;
    await this.composer.show(face, camera);
    this.#face = face;
  }

  #forgetFace(): void {
    this.#face = undefined;
    this.composer.forget();
  }

  /** Draws samples of w on this device, for finding directions. */
  sampleLatents(samples: number): Promise<LatentRows> {
    return LatentSampler.create(this.generator, { samples });
  }

  /** Directions of w that steps of a face go along; steps along unknown ones are left out. */
  setDirections(directions: readonly Float32Array[]): void {
    this.composer.setDirections(directions);
    this.#face = undefined;
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

/**
 * The viewer of one model: draws its frames on the canvas, with whatever renderers there are. It frees what it has made, and the model with it;
 * the device and the canvas it shares with others.
 */
import { labelOf, type OrbitState } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import { withinMemory } from '../../gpu/memory-guard';
import type { StageTimer } from '../../gpu/timing';
import type { GeneratorConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { PresentSource } from '../../pipelines/pictures/present';
import type { CanvasOutput, CanvasSize } from '../../render/canvas-output';
import { ConvolutionalRenderer } from '../../render/convolutional-renderer';
import type { FaceLatents } from '../../render/face-latents';
import { dependsOnCamera, type FrameDue, type FrameRenderer, type PictureKind } from '../../render/frame-renderer';
import { FrameRunner, type Present } from '../../render/frame-runner';
import { coarseSize } from '../../render/pictures/picture-layout';
import { type PictureRgba, straightBytes } from '../../render/pictures/picture-rgba';
import { FULL_ONLY, ladderOf, type QualityLevel, type RenderSettings } from '../../render/quality';
import type { VolumetricRenderer } from '../../render/volumetric-renderer';
import { estimateMemory, estimateStudentMemory } from '../../render/wiring';
import type { DeviceModel } from '../model/device-model';
import type { Backdrop } from '../shared/settings';
import { backgroundOf } from './backdrop';
import type { FaceOnDevice } from './face-on-device';
import { partsOf } from './frame-parts';
import { OffScreen } from './off-screen';
import { PreparedPictures } from './prepared-pictures';
import { type RendererEntry, RendererSet } from './renderer-set';
import { picturesShown, type Shown } from './shown';
import { ThumbnailMaker } from './thumbnail-maker';

/** What a frame shows. */
export interface FrameRequest {
  readonly face: FaceRecipe;
  readonly picture: PictureKind;
  readonly shown: Shown;
  /** Where density slices cut the box, -1..1. */
  readonly slice: number;
  /** Level of the quality ladder: 0 for the full picture, more while the camera moves on a device that is too slow for it. */
  readonly level: number;
  readonly view: OrbitState;
  readonly backdrop: Backdrop;
  /** Size of the canvas in device pixels. */
  readonly size: CanvasSize;
}

/** A model with what there must be of it before the first frame. */
export interface WiredModel {
  readonly model: DeviceModel;
  readonly latents: FaceLatents;
  readonly volumetric: VolumetricRenderer;
  readonly face: FaceOnDevice;
  /** Undefined where the device cannot tell times. */
  readonly timer: StageTimer | undefined;
}

export class Viewer {
  /** What jobs compute beside the canvas. */
  readonly offScreen: OffScreen;
  /** Small pictures of other faces. */
  readonly thumbnails: ThumbnailMaker;
  readonly #renderers = new RendererSet();
  readonly #pictures: PreparedPictures;
  readonly #runner: FrameRunner;
  /** Dispatches that the device had done by stage before the first frame. */
  readonly #doneBefore: Readonly<Record<string, number>>;
  #ladder: Promise<void> | undefined;

  /**
   * @param wired belongs to the viewer from now on
   * @param output asked for the canvas at the first frame that is drawn: until then another viewer may have its picture there
   */
  constructor(
    private readonly wired: WiredModel,
    private readonly output: () => Promise<CanvasOutput>,
  ) {
    const { volumetric, face, timer } = wired;
    const { gpu, config } = this.model;
    this.#renderers.put('volumetric', {
      renderer: volumetric,
      estimate: (batch, quality) => estimateMemory(config, { ...volumetric.settings, quality }, gpu, batch),
      free: () => volumetric.destroy(),
    });
    this.#pictures = new PreparedPictures(gpu, volumetric);
    this.#runner = new FrameRunner(gpu, timer);
    this.offScreen = new OffScreen(gpu, config, face, this.#renderers, volumetric);
    this.thumbnails = new ThumbnailMaker(gpu, face, wired.latents);
    this.#doneBefore = { ...gpu.statistics.dispatches };
  }

  get model(): DeviceModel {
    return this.wired.model;
  }

  get gpu(): Gpu {
    return this.model.gpu;
  }

  get config(): GeneratorConfig {
    return this.model.config;
  }

  /** Milliseconds by stage, or undefined where the device cannot tell. */
  get stageTimes(): ReadonlyMap<string, number> | undefined {
    return this.wired.timer?.milliseconds;
  }

  /** Builds what only frames in motion need: to be called when the first picture is there. */
  buildLadder(): Promise<void> {
    this.#ladder = this.wired.volumetric.buildLadder();
    return this.#ladder;
  }

  /** How much of the first frame, beyond the planes, has been handed to the device, 0..1. */
  get firstFrameShare(): number {
    const plans = this.wired.volumetric.plansOf(0, ['image']);
    const wanted = plans.reduce((sum, { dispatchCount }) => sum + dispatchCount, 0);
    const { dispatches } = this.gpu.statistics;
    const done = (stage: string) => (dispatches[stage] ?? 0) - (this.#doneBefore[stage] ?? 0);
    return plans.reduce((sum, { stage }) => sum + done(stage), 0) / wanted;
  }

  /** Settings in force. */
  get settings(): RenderSettings {
    return this.wired.volumetric.settings;
  }

  get hasStudent(): boolean {
    return this.#renderers.has('convolutional');
  }

  /**
   * Puts a student on the device in the place of the one before, or takes that away.
   * @throws ModelConfigError for a student of another generator's shape, GpuError, CheckpointError; the one before stays then
   */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    const entry =
      checkpoint &&
      (await withinMemory(
        this.gpu,
        'the student',
        () => this.#openStudent(checkpoint),
        ({ free }) => free(),
      ));
    this.#renderers.put('convolutional', entry);
  }

  async #openStudent(checkpoint: Checkpoint): Promise<RendererEntry> {
    const { gpu, config } = this;
    const student = await this.model.openStudent(checkpoint);
    try {
      const renderer = await ConvolutionalRenderer.create(this.wired.latents, student);
      const free = () => {
        renderer.destroy();
        student.destroy();
      };
      return { renderer, free, estimate: (batch) => estimateStudentMemory(config, student.config, gpu, batch) };
    } catch (error) {
      student.destroy();
      throw error;
    }
  }

  /** Other resolutions or sample counts. Keeps the old ones if it fails. @throws BufferLimitError, OutOfMemoryError */
  async configure(settings: RenderSettings): Promise<void> {
    const { volumetric } = this.wired;
    const former = volumetric.settings;
    this.#pictures.forget();
    this.offScreen.forgetPrepared();
    try {
      await withinMemory(this.gpu, 'the settings', () => volumetric.configure(settings));
    } catch (error) {
      if (volumetric.settings !== former) await volumetric.configure(former);
      throw error;
    }
  }

  /** Directions of w that steps of a face go along; steps along unknown ones are left out. */
  setDirections(directions: readonly Float32Array[]): void {
    this.wired.face.setDirections(directions);
  }

  /** Does the work of a frame without showing it. Resolves when the device has finished it. @throws DeviceLostError, PictureRefusedError */
  async prepare(frame: FrameRequest): Promise<void> {
    await this.#apply(frame);
    await this.#runner.run(this.#renderers.shown(frame.shown));
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

  /**
   * What a frame shows at the pictures' own resolution: a picture, or two beside each other, at the side that the model enlarges to. Colours are
   * not premultiplied. The canvas stays as it is.
   * @throws as {@link prepare}
   */
  async snapshot(frame: FrameRequest): Promise<PictureRgba> {
    await this.prepare({ ...frame, level: 0 });
    const output = await this.output();
    const { picture, shown, backdrop } = frame;
    const side = this.config.imageResolution;
    const size = { width: shown.layout === 'side-by-side' ? 2 * side : side, height: side };
    const parts = partsOf(this.#sources(picture, shown), shown, size);
    return { ...size, data: straightBytes(await output.read(parts, size, backgroundOf(backdrop)), 255) };
  }

  /** The quality ladder for what is shown. A difference needs two pictures of one size. */
  levels(picture: PictureKind, shown: Shown): readonly QualityLevel[] {
    if (!picturesShown(picture, shown).some(dependsOnCamera)) return FULL_ONLY;
    const renderers = this.#renderers.shown(shown);
    const ladder = ladderOf(renderers, picturesShown(picture, shown).includes('image'));
    return shown.layout === 'difference' ? ladder.slice(0, haveEqualRaw(renderers) ? 2 : 1) : ladder;
  }

  /** What a level of the ladder should take for a new camera, as far as what was drawn at rest tells. */
  expectedMilliseconds(picture: PictureKind, shown: Shown, level: number): number | undefined {
    const kinds = picturesShown(picture, shown);
    const plans = this.#renderers.shown(shown).flatMap((renderer) => renderer.plansOf(level, kinds));
    return level === 0 ? this.#runner.expectedMilliseconds(plans) : this.#runner.timedMilliseconds(plans);
  }

  /** @param run does the work of the renderers, and presents */
  async #draw(
    frame: FrameRequest,
    run: (renderers: readonly FrameRenderer[], present: Present) => Promise<void>,
  ): Promise<FrameDue> {
    const output = await this.output();
    await this.#apply(frame);
    const renderers = this.#renderers.shown(frame.shown);
    const due = renderers.map((renderer) => renderer.due);
    const size = this.#canvasSize(frame);
    await run(renderers, (recorder) =>
      output.draw(
        recorder,
        partsOf(this.#sources(frame.picture, frame.shown), frame.shown, size),
        size,
        backgroundOf(frame.backdrop),
      ),
    );
    return { face: due.some(({ face }) => face), view: due.some(({ view }) => view) };
  }

  /** A coarse picture is drawn on few pixels, and the page enlarges them. */
  #canvasSize({ size, picture, shown, level }: FrameRequest): CanvasSize {
    if (level === 0) return size;
    const { side } = this.levels(picture, shown)[level]!;
    return coarseSize(size, side, shown.layout === 'side-by-side' ? 2 : 1);
  }

  /** Hands face, camera and what is wanted to the renderers that are shown. */
  async #apply({ face, picture, shown, slice, level, view }: FrameRequest): Promise<void> {
    const { volumetric } = this.wired;
    await this.wired.face.set(face, labelOf(view));
    const renderers = this.#renderers.shown(shown);
    const wanted = wantedPictures(picture, shown, renderers);
    for (const renderer of renderers) {
      this.#renderers.look(renderer.kind, view);
      if (renderer === volumetric) await this.#pictures.prepare(...wanted);
      renderer.setWanted(...wanted);
      renderer.setDetail(level);
    }
    volumetric.setSlice(slice);
  }

  /** One picture, one of each renderer, or two of the same renderer's. */
  #sources(picture: PictureKind, shown: Shown): PresentSource[] {
    const kinds = picturesShown(picture, shown);
    if (kinds.length > 1) return kinds.map((kind) => this.wired.volumetric.pictureOf(kind));
    return this.#renderers.shown(shown).map((renderer) => renderer.picture);
  }

  /** Frees all that it has on the device, the model included. No frame and no step of a job may be on its way. */
  async close(): Promise<void> {
    await this.#ladder?.catch(() => {}); // its plans are built before they can be freed
    await this.thumbnails.close();
    this.wired.timer?.destroy();
    this.#renderers.free();
    this.wired.latents.destroy();
    this.model.close();
  }
}

/** A difference needs pictures of one size: the raw ones only if they are. */
function wantedPictures(
  picture: PictureKind,
  shown: Shown,
  renderers: readonly FrameRenderer[],
): readonly [PictureKind, ...PictureKind[]] {
  if (shown.layout !== 'difference') return picturesShown(picture, shown);
  return [haveEqualRaw(renderers) && picture === 'raw' ? 'raw' : 'image'];
}

/** Whether the raw pictures of the renderers are of one size. */
function haveEqualRaw(renderers: readonly FrameRenderer[]): boolean {
  return new Set(renderers.map(({ levels }) => levels[0].side)).size === 1;
}

/**
 * What the device computes beside the canvas: pictures for files and comparisons, planes for meshes, timings. Each call is a step of a job
 * between two frames (`Screen.between`); the next frame finds its face and its camera again.
 */
import type { CameraLabel } from '../../camera/conventions';
import type { OrbitState } from '../../camera/orbit';
import { orbitLabel } from '../../camera/orbit-pose';
import type { Gpu } from '../../gpu/device';
import { withinMemory } from '../../gpu/memory-guard';
import { Recorder } from '../../gpu/recorder';
import { readTensor, type Tensor } from '../../gpu/tensor';
import type { GeneratorConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import { type FrameRenderer, RENDERER_KINDS, type RendererKind } from '../../render/frame-renderer';
import { compareView, encodePicture } from '../../render/pictures/compare-views';
import type { ChosenQuality } from '../../render/quality';
import type { VolumetricRenderer } from '../../render/volumetric-renderer';
import type { MemoryEstimate } from '../../render/wiring';
import type { RenderedPicture } from '../export/picture-export';
import type { Likeness, StudioState } from '../shared/state';
import type { FaceOnDevice } from './face-on-device';
import type { RendererSet } from './renderer-set';

/** A frame whose time is taken. */
export interface TimedFrame {
  readonly renderer: RendererKind;
  /** The student has one alone. */
  readonly quality: ChosenQuality;
  readonly isNewFace: boolean;
}

export class OffScreen {
  /** Qualities of which the plans of the settings in force are there. */
  readonly #prepared = new Set<ChosenQuality>();

  constructor(
    private readonly gpu: Gpu,
    private readonly config: GeneratorConfig,
    private readonly face: FaceOnDevice,
    private readonly renderers: RendererSet,
    private readonly volumetric: VolumetricRenderer,
  ) {}

  /** The settings have changed: plans of another quality are made anew. */
  forgetPrepared(): void {
    this.#prepared.clear();
  }

  /**
   * A picture by the reference's arithmetic, [S, S, 3], about -1 to 1.
   * @throws BufferLimitError, OutOfMemoryError when the device has no room for it beside what is on screen
   */
  async render(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<Float32Array> {
    const renderer = this.renderers.get(kind);
    await this.#prepare(renderer, 'exact');
    await this.face.set(face, camera);
    this.renderers.forgetView(kind);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
    return renderer.readImage();
  }

  /** As {@link render}, with the same picture without its background where that is known: what files are made from. */
  async renderArrays(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<RenderedPicture> {
    const image = await this.render(kind, face, camera);
    return { image, cutOut: await this.renderers.get(kind).readCutOut() };
  }

  /** The tri-planes of a face, [1, R, R, 96]. The next frame may put another's in their place: ask again at every step. */
  async planesOf(face: FaceRecipe, camera: CameraLabel): Promise<Tensor> {
    const { volumetric } = this;
    if (!this.face.has(face)) await this.face.set(face, camera);
    if (volumetric.due.face) {
      const recorder = new Recorder(this.gpu);
      volumetric.encodePlanes(recorder);
      recorder.submit();
    }
    return volumetric.planes;
  }

  /**
   * Runs a full frame of one renderer, and tells how long it took in milliseconds.
   * @param frame.isNewFace whether whatever depends on the face alone is computed anew
   * @throws BufferLimitError, OutOfMemoryError as {@link render}
   */
  async time(
    { renderer: kind, quality, isNewFace }: TimedFrame,
    face: FaceRecipe,
    camera: CameraLabel,
  ): Promise<number> {
    const renderer = this.renderers.get(kind);
    await this.#prepare(renderer, quality);
    if (isNewFace) this.face.forget();
    this.renderers.forgetView(kind);
    const begun = performance.now();
    await this.face.set(face, camera);
    encodePicture(renderer, camera, new Recorder(this.gpu), quality).submit();
    await this.gpu.finished();
    return performance.now() - begun;
  }

  /**
   * How alike the two pictures of a view are, of which both renderers have drawn the full picture; undefined if a job has moved their
   * cameras since.
   */
  async measure(view: OrbitState): Promise<Likeness | undefined> {
    if (!RENDERER_KINDS.every((kind) => this.renderers.hasView(kind, view))) return undefined;
    const images = RENDERER_KINDS.map((kind) => this.renderers.get(kind).readImage());
    const [volumetric, convolutional] = await Promise.all(images);
    const { psnr, ssim } = compareView(0, volumetric!, convolutional!);
    return { psnr, ssim };
  }

  /** w of a face without truncation, of all layers one after the other; what the renderers have stays theirs. */
  async wOf(face: FaceRecipe): Promise<Float32Array> {
    return (await this.face.compose(face, orbitLabel({ ...this.config.camera, yaw: 0, pitch: 0 }))).ws;
  }

  /** The depths that the colours of the last depth image begin and end with, in scene units from the camera; undefined before the first. */
  async depthRange(): Promise<StudioState['depthRange']> {
    const source = this.volumetric.pictureOf('depth');
    if (source.kind !== 'depth') return undefined;
    const [, , nearest, farthest] = await readTensor(this.gpu, source.range);
    return farthest! > nearest! ? { nearest: nearest!, farthest: farthest! } : undefined;
  }

  /** Tells how much memory one of the renderers takes for a batch of faces, with the settings in force but for the quality. */
  estimator(kind: RendererKind, quality: ChosenQuality): (batch: number) => MemoryEstimate {
    const entry = this.renderers.entry(kind);
    return (batch) => entry.estimate(batch, quality);
  }

  /** Plans of another quality than the screen's take memory when they are first wanted. @throws BufferLimitError, OutOfMemoryError */
  async #prepare(renderer: FrameRenderer, quality: ChosenQuality): Promise<void> {
    if (renderer !== this.volumetric || this.#prepared.has(quality)) return;
    try {
      await withinMemory(this.gpu, `the ${quality} picture`, () => renderer.prepareQuality(quality));
      this.#prepared.add(quality);
    } catch (error) {
      this.volumetric.releaseQuality(quality);
      throw error;
    }
  }
}

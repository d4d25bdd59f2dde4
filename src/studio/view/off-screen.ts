/**
 * What the device computes beside the canvas: pictures for files and comparisons, planes for meshes, timings. Each call is a step of a job
 * between two frames (`Screen.between`); the next frame finds its face and its camera again.
 */
import type { CameraLabel } from '../../camera/conventions';
import type { OrbitState } from '../../camera/orbit';
import type { Gpu } from '../../gpu/device';
import { withinMemory } from '../../gpu/memory-guard';
import { Recorder } from '../../gpu/recorder';
import type { Tensor } from '../../gpu/tensor';
import type { GeneratorConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import { type FrameRenderer, RENDERER_KINDS, type RendererKind } from '../../render/frame-renderer';
import { compareView, encodePicture } from '../../render/pictures/compare-views';
import type { VolumetricRenderer } from '../../render/volumetric-renderer';
import type { MemoryEstimate } from '../../render/wiring';
import type { RenderedPicture } from '../export/picture-export';
import type { Likeness } from '../shared/state';
import type { FaceOnDevice } from './face-on-device';
import type { RendererSet } from './renderer-set';

export class OffScreen {
  /** Whether the exact plans of the settings in force are there. */
  #hasExact = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly config: GeneratorConfig,
    private readonly face: FaceOnDevice,
    private readonly renderers: RendererSet,
    private readonly volumetric: VolumetricRenderer,
  ) {}

  /** The settings have changed: exact plans are made anew. */
  forgetExact(): void {
    this.#hasExact = false;
  }

  /**
   * A picture by the reference's arithmetic, [S, S, 3], about -1 to 1.
   * @throws BufferLimitError, OutOfMemoryError when the device has no room for it beside what is on screen
   */
  async render(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<Float32Array> {
    const renderer = this.renderers.get(kind);
    await this.#prepareExact(renderer);
    await this.face.set(face, camera);
    this.renderers.forgetView(kind);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
    return renderer.readImage();
  }

  /** As {@link render}, with what the renderer knows of the background: what files are made from. */
  async renderArrays(kind: RendererKind, face: FaceRecipe, camera: CameraLabel): Promise<RenderedPicture> {
    const image = await this.render(kind, face, camera);
    const alpha = await this.renderers.get(kind).readAlpha();
    return { image, alpha, whiteBackground: this.config.rendering.whiteBackground };
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
   * Runs an exact frame of one renderer, and tells how long it took in milliseconds.
   * @param isNewFace whether whatever depends on the face alone is computed anew
   */
  async time(kind: RendererKind, face: FaceRecipe, camera: CameraLabel, isNewFace: boolean): Promise<number> {
    const renderer = this.renderers.get(kind);
    await this.#prepareExact(renderer);
    if (isNewFace) this.face.forget();
    this.renderers.forgetView(kind);
    const begun = performance.now();
    await this.face.set(face, camera);
    encodePicture(renderer, camera, new Recorder(this.gpu)).submit();
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

  /** Tells how much memory one of the renderers takes for a batch of faces, with the settings in force. */
  estimator(kind: RendererKind): (batch: number) => MemoryEstimate {
    const entry = this.renderers.entry(kind);
    return (batch) => entry.estimate(batch);
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
}

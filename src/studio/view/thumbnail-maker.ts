/**
 * The thumbnails of the model on screen: makes what they need when the first is wanted, and draws one at a time between two frames. A device that
 * has no room for them does without.
 */
import type { CameraLabel } from '../../camera/conventions';
import { orbitLabel } from '../../camera/orbit-pose';
import type { Gpu } from '../../gpu/device';
import { BufferLimitError, DeviceLostError, OutOfMemoryError } from '../../gpu/errors';
import { withinMemory } from '../../gpu/memory-guard';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { FaceLatents } from '../../render/face-latents';
import { FrameRunner } from '../../render/frame-runner';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import { type ReservedThumbnails, ThumbnailRenderer } from '../../render/thumbnail-renderer';
import type { FaceOnDevice } from './face-on-device';

/** A little from the side shows the shape of a nose, too. Radians. */
const YAW = 0.22;
/** Of the model's own focal length: a face that is small wants less room around it. */
const ZOOM = 1.12;

export class ThumbnailMaker {
  readonly #runner: FrameRunner;
  readonly #camera: CameraLabel;
  #reserved: ReservedThumbnails | undefined;
  #building: Promise<ThumbnailRenderer> | undefined;
  #isRefused = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly face: FaceOnDevice,
    private readonly latents: FaceLatents,
  ) {
    this.#runner = new FrameRunner(gpu, undefined);
    const { camera } = latents.generator.config;
    this.#camera = orbitLabel({ ...camera, focal: camera.focal * ZOOM, yaw: YAW, pitch: 0 });
  }

  /** Takes the memory, at the first call. A step between frames. @returns false if there is none */
  async reserve(): Promise<boolean> {
    if (this.#reserved || this.#isRefused) return !this.#isRefused;
    try {
      this.#reserved = await withinMemory(
        this.gpu,
        'the thumbnails',
        async () => ThumbnailRenderer.reserve(this.latents),
        (reserved) => reserved.discard(),
      );
    } catch (error) {
      if (!(error instanceof BufferLimitError || error instanceof OutOfMemoryError)) throw error;
      this.#isRefused = true;
    }
    return !this.#isRefused;
  }

  /** Compiles what has not been compiled; frames may go on meanwhile. Only after {@link reserve}. @throws KernelCompileError */
  async build(): Promise<void> {
    this.#building ??= this.#reserved!.build();
    await this.#building;
  }

  /**
   * Draws a face. A step between frames, after {@link build}.
   * @param isWanted asked between parts of some tens of milliseconds; the rest is left when it says no
   * @returns undefined if it was given up
   * @throws DeviceLostError
   */
  async draw(face: FaceRecipe, isWanted: () => boolean): Promise<PictureRgba | undefined> {
    const renderer = await this.#building!;
    const composed = await this.face.compose(face, this.#camera);
    renderer.look(composed, this.#camera);
    if (isWanted() && (await this.#runner.run([renderer], undefined, isWanted))) return renderer.read();
    const loss = await this.gpu.finished();
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
    return undefined;
  }

  /** Frees everything. No step may be on its way. */
  async close(): Promise<void> {
    if (!this.#building) this.#reserved?.discard();
    const renderer = await this.#building?.catch(() => undefined); // its plan is built before it can be freed
    renderer?.destroy();
  }
}

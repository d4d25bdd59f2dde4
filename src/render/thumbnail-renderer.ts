/**
 * Small pictures of faces, to choose among them: the raw picture, cut out of its background. One plan makes planes, sketch and rays, and keeps
 * nothing of the face: its planes are scratch, so those of the face on screen stay, and a thumbnail takes little memory of its own.
 *
 * It shares the scratch memory of the renderers of the same latents: a thumbnail is drawn between two of their frames, whole or not at all.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { PlanBuilder } from '../gpu/plan';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import type { ComposedFace } from '../models/faces/composition';
import { type Generator, type RayMarchStage, wireFaceVolume, wireRayMarch } from '../models/generator';
import { alphaOfRays, cutOutRaw } from '../pipelines/pictures/cut-out';
import type { FaceLatents } from './face-latents';
import type { FrameWork } from './frame-renderer';
import { type PictureRgba, rgbaCutOut } from './pictures/picture-rgba';

/** Rays, and pixels, along a side. */
const THUMBNAIL_SIDE = 96;

/** A renderer that has its memory, and no kernels yet. */
export interface ReservedThumbnails {
  /** Compiles what has not been compiled. @throws KernelCompileError; nothing stays allocated then */
  build(): Promise<ThumbnailRenderer>;
  /** Frees the memory, in the place of {@link build}. */
  discard(): void;
}

/** What the plan reads and leaves. */
interface WiredThumbnail {
  readonly ws: Tensor;
  readonly rays: RayMarchStage;
  /** [1, side, side, 4], premultiplied. */
  readonly picture: Tensor;
}

export class ThumbnailRenderer {
  #isDue = true;

  private constructor(
    private readonly generator: Generator,
    private readonly wired: WiredThumbnail,
    /** To be run in parts, or at once. */
    readonly plan: Plan,
  ) {}

  /**
   * Takes the memory that thumbnails need.
   * @param latents whose scratch memory is shared
   * @param side rays along a side. Default: 96
   * @throws BufferLimitError and the like; nothing stays allocated then
   */
  static reserve({ generator, pool, space }: FaceLatents, side = THUMBNAIL_SIDE): ReservedThumbnails {
    const builder = new PlanBuilder(generator.host, 'thumbnails', { pool });
    try {
      const ws = builder.tensor('ws of a thumbnail', [1, space.numWs, space.wDim]);
      const volume = wireFaceVolume(builder, generator, ws);
      const rendering = { ...generator.config.rendering, neuralResolution: side, quality: 'fast' } as const;
      const rays = wireRayMarch(builder, generator, volume, rendering);
      const told = alphaOfRays(rays.alpha, rendering.whiteBackground);
      // A background that is a part of the scene stays (WiredPicture of wiring.ts).
      const alpha = rendering.whiteBackground ? told : { ...told, scale: 0, offset: 1 };
      const wired = { ws, rays, picture: builder.keep(cutOutRaw(builder, rays.feature, alpha)) };
      builder.reserve();
      return {
        build: async () => new ThumbnailRenderer(generator, wired, await builder.build()),
        discard: () => builder.discard(),
      };
    } catch (error) {
      builder.discard();
      throw error;
    }
  }

  /** Takes another face and camera. The w of a super-resolution changes nothing here. */
  look({ ws }: Pick<ComposedFace, 'ws'>, camera: CameraLabel): void {
    writeTensor(this.generator.host, this.wired.ws, ws);
    this.wired.rays.writeCamera(camera);
    this.#isDue = true;
  }

  /** All of it, until it is done. */
  nextWork(): FrameWork | undefined {
    if (!this.#isDue) return undefined;
    const done = () => {
      this.#isDue = false;
    };
    return { plan: this.plan, done };
  }

  /** The picture of the work that was done last. */
  async read(): Promise<PictureRgba> {
    const { picture } = this.wired;
    return rgbaCutOut(await readTensor(this.generator.host, picture), picture.shape[1]!);
  }

  destroy(): void {
    this.plan.destroy();
  }
}

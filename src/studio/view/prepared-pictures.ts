/**
 * Pictures that take memory of their own (normals, slices, feature planes) are made ready when they are first shown. A device that has no
 * room for one, or a face of which it cannot be made, costs the person that picture and nothing else.
 */
import type { Gpu } from '../../gpu/device';
import { BufferLimitError, GpuError, OutOfMemoryError } from '../../gpu/errors';
import { withinMemory } from '../../gpu/memory-guard';
import type { FrameRenderer, PictureKind } from '../../render/frame-renderer';

/** A picture cannot be had on this device, or of this face. */
export class PictureRefusedError extends GpuError {
  override readonly code = 'picture-refused';

  constructor(cause: GpuError) {
    super(cause.message, cause.remedy, { cause });
  }
}

export class PreparedPictures {
  readonly #known = new Set<PictureKind>();

  constructor(
    private readonly gpu: Gpu,
    private readonly renderer: FrameRenderer,
  ) {}

  /** Await it before every frame. @throws PictureRefusedError */
  async prepare(...kinds: readonly PictureKind[]): Promise<void> {
    const work = () => this.renderer.prepare(...kinds);
    const isKnown = kinds.every((kind) => this.#known.has(kind));
    try {
      // Asking about memory waits for the device: not at every frame.
      await (isKnown ? work() : withinMemory(this.gpu, 'the picture', work));
    } catch (error) {
      throw isRefusal(error) ? new PictureRefusedError(error) : error;
    }
    for (const kind of kinds) this.#known.add(kind);
  }

  /** Settings have changed: some pictures are made anew. */
  forget(): void {
    this.#known.clear();
  }
}

/** By code for a `PlaneValueError`: the module of its class brings the eigenvectors along, which few visits need. */
function isRefusal(error: unknown): error is GpuError {
  if (error instanceof BufferLimitError || error instanceof OutOfMemoryError) return true;
  return error instanceof GpuError && error.code === 'plane-value';
}

/**
 * Every GPU buffer and texture of Trifold is made and freed here, so that the status line can say how much memory is in use and a leak shows as a
 * number that grows. A request beyond the device's limits is refused before the driver sees it; that memory has run out the driver tells later,
 * and to whoever watches.
 */
import { BufferLimitError } from './errors';
import { bufferBytes, largestBlock, type MemoryBlock, type TextureExtents } from './tensor-host';
import { textureBytes, textureDescriptor } from './texture';

export class MemoryLedger {
  #bytesInUse = 0;
  #peakBytes = 0;
  #bufferCount = 0;
  readonly #watches = new Set<AllocationWatch>();

  /** @param whole counts what is taken here as well: of several models on one device each has a ledger of its own */
  constructor(
    private readonly device: GPUDevice,
    private readonly whole?: MemoryLedger,
  ) {}

  /** Bytes of all live buffers and textures. */
  get bytesInUse(): number {
    return this.#bytesInUse;
  }

  /** The largest {@link bytesInUse} so far. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  /** Number of live buffers. */
  get bufferCount(): number {
    return this.#bufferCount;
  }

  /**
   * Makes a buffer of at least `bytes` bytes (rounded up to 16, never empty).
   * @throws BufferLimitError when one binding or buffer of this device cannot be that large
   */
  create(label: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = bufferBytes(bytes);
    const { limits } = this.device;
    const limit = usage & GPUBufferUsage.STORAGE ? largestBlock(limits) : limits.maxBufferSize;
    if (size > limit) throw new BufferLimitError(label, size, limit);
    const buffer = this.#watched(() => this.device.createBuffer({ label, size, usage }));
    this.#countBuffers(1);
    this.#take(size);
    return buffer;
  }

  /** Frees a buffer made by {@link create}. Call once. */
  release(buffer: GPUBuffer): void {
    this.#take(-buffer.size);
    this.#countBuffers(-1);
    buffer.destroy();
  }

  createTexture(label: string, extents: TextureExtents): MemoryBlock {
    const texture = this.#watched(() => this.device.createTexture(textureDescriptor(label, extents)));
    const bytes = textureBytes(extents);
    this.#take(bytes);
    return { bytes, texture };
  }

  /** Frees a texture made by {@link createTexture}. Call once. @param bytes of its block */
  releaseTexture(texture: GPUTexture, bytes: number): void {
    this.#take(-bytes);
    texture.destroy();
  }

  /** From now on notes what the driver says of every buffer and texture that is made here. */
  watch(): AllocationWatch {
    const watch: AllocationWatch = new AllocationWatch(() => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  /**
   * An error scope around this one call and not around all work of whoever watches: scopes of a device are one stack, and work that is waiting for
   * something would get the errors of others.
   */
  #watched<Made>(make: () => Made): Made {
    if (this.#watches.size === 0) return make();
    this.device.pushErrorScope('out-of-memory');
    const made = make();
    const outcome = this.device.popErrorScope().catch(() => null); // rejected only when the device is lost
    for (const watch of this.#watches) watch.note(outcome);
    return made;
  }

  #take(bytes: number): void {
    this.#bytesInUse += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytesInUse);
    if (this.whole) this.whole.#take(bytes);
  }

  #countBuffers(count: number): void {
    this.#bufferCount += count;
    if (this.whole) this.whole.#countBuffers(count);
  }
}

/** See {@link MemoryLedger.watch}. */
export class AllocationWatch {
  readonly #outcomes: Promise<GPUError | null>[] = [];

  constructor(private readonly leave: () => void) {}

  note(outcome: Promise<GPUError | null>): void {
    this.#outcomes.push(outcome);
  }

  /** Ends the watch. @returns the first error, when the driver has spoken of all */
  async end(): Promise<GPUError | undefined> {
    this.leave();
    const outcomes = await Promise.all(this.#outcomes);
    return outcomes.find((outcome) => outcome !== null) ?? undefined;
  }
}

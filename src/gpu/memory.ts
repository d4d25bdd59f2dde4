/**
 * Every GPU buffer of Trifold is made and freed here, so that the status line can say how much memory is in use and a leak shows as a
 * number that grows. A request beyond the device's limits is refused before the driver sees it.
 */
import { BufferLimitError } from './errors';
import { bufferBytes, largestBlock } from './tensor-host';

export class MemoryLedger {
  #bytesInUse = 0;
  #peakBytes = 0;
  #bufferCount = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Bytes of all live buffers. */
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
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#bytesInUse += size;
    this.#bufferCount += 1;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytesInUse);
    return buffer;
  }

  /** Frees a buffer made by {@link create}. Call once. */
  release(buffer: GPUBuffer): void {
    this.#bytesInUse -= buffer.size;
    this.#bufferCount -= 1;
    buffer.destroy();
  }
}

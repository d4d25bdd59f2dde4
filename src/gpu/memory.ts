/**
 * Every GPU buffer and texture of Trifold is made and freed here, so that the status line can say how much memory is in use and a leak shows as a
 * number that grows. A request beyond the device's limits is refused before the driver sees it.
 */
import { BufferLimitError } from './errors';
import { bufferBytes, largestBlock, type MemoryBlock, type TextureExtents } from './tensor-host';
import { textureBytes, textureDescriptor } from './texture';

export class MemoryLedger {
  #bytesInUse = 0;
  #peakBytes = 0;
  #bufferCount = 0;

  constructor(private readonly device: GPUDevice) {}

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
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#bufferCount += 1;
    this.#take(size);
    return buffer;
  }

  /** Frees a buffer made by {@link create}. Call once. */
  release(buffer: GPUBuffer): void {
    this.#bytesInUse -= buffer.size;
    this.#bufferCount -= 1;
    buffer.destroy();
  }

  createTexture(label: string, extents: TextureExtents): MemoryBlock {
    const texture = this.device.createTexture(textureDescriptor(label, extents));
    const bytes = textureBytes(extents);
    this.#take(bytes);
    return { bytes, texture };
  }

  /** Frees a texture made by {@link createTexture}. Call once. @param bytes of its block */
  releaseTexture(texture: GPUTexture, bytes: number): void {
    this.#bytesInUse -= bytes;
    texture.destroy();
  }

  #take(bytes: number): void {
    this.#bytesInUse += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytesInUse);
  }
}

/**
 * Where tensors live. A network is wired against this narrow interface and not against a device, so that the same code can also be
 * walked through without any device to learn how much memory it will take (memory-survey.ts).
 */
import { ScratchAccessError } from './errors';

/** How a tensor's numbers are stored: 4 or 2 bytes each. */
export type StorageFormat = 'f32' | 'f16';

/** What a texel is: four halves or four floats. */
export type TextureFormat = 'rgba16float' | 'rgba32float';

/** How large a texture is, and of what. */
export interface TextureExtents {
  readonly format: TextureFormat;
  readonly width: number;
  readonly height: number;
  readonly layers: number;
  /** Whether the layers are slices of a volume, which the filter mixes too. Default: false, an array of pictures. */
  readonly isVolume?: boolean;
}

/** A piece of device memory. That of a survey has a size and no buffer. */
export interface MemoryBlock {
  readonly bytes: number;
  readonly buffer?: GPUBuffer | undefined;
  /** In place of a buffer. */
  readonly texture?: GPUTexture | undefined;
}

/** What wiring a network needs to know of a device; a `Gpu` has it all. */
export interface DeviceFacts {
  readonly adapter: {
    /** True for a software adapter (a driver that computes on the processor): long dispatches are split there. */
    readonly isSoftware: boolean;
  };
  readonly limits: Pick<
    GPUSupportedLimits,
    'maxBufferSize' | 'maxStorageBufferBindingSize' | 'maxComputeWorkgroupsPerDimension'
  >;
  /** What the device was granted beyond the core of WebGPU. Absent: nothing. */
  readonly features?: { has(name: GPUFeatureName): boolean } | undefined;
  /** What an autotune has found out: the name of the fastest implementation by kind of layer (pipelines/convolution/conv-tuning.ts). */
  readonly convChoices?: ReadonlyMap<string, string> | undefined;
  /** How convolutions are to store their weights and what they hand on; all sums are f32 in any case. Absent: f32. */
  readonly convolutionFormat?: StorageFormat | undefined;
}

/** A device as the owner of tensors, or a survey that stands in for one. */
export interface TensorHost extends DeviceFacts {
  /** Memory for one tensor, filled with zeros. @throws BufferLimitError where the device cannot give so much at once */
  allocate(label: string, bytes: number): MemoryBlock;
  /** Memory for a texture of the given extents, filled with zeros. */
  allocateTexture(label: string, extents: TextureExtents): MemoryBlock;
  release(block: MemoryBlock): void;
  /** Fills a block from its start. @param values computed only by a host that wants them */
  write(block: MemoryBlock, values: () => Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): void;
}

/**
 * The memory of a tensor. Views of one tensor under several shapes share it. Scratch of a plan has no block of its own: it holds its values
 * only between two dispatches of one run, and whoever asks for it from outside is told so.
 */
export class TensorStorage {
  /** @param block undefined for scratch */
  constructor(
    readonly label: string,
    readonly bytes: number,
    public block: MemoryBlock | undefined,
  ) {}

  get isScratch(): boolean {
    return this.block === undefined;
  }

  /** @throws ScratchAccessError for scratch, and for a tensor that was only surveyed */
  get buffer(): GPUBuffer {
    const buffer = this.block?.buffer;
    if (!buffer) throw new ScratchAccessError(this.label);
    return buffer;
  }
}

/** What a device really spends on a buffer: at least 16 bytes, in steps of 16. */
export function bufferBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

/** The largest block that a kernel can bind. */
export function largestBlock({ maxBufferSize, maxStorageBufferBindingSize }: DeviceFacts['limits']): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/**
 * Array and volume textures that kernels write once and read through the device's filter: a filtered read of four texels of four channels costs no more than
 * a plain read or two. Every WebGPU device filters rgba16float. A half has 11 significant bits, and a graphics card takes the place between two
 * texels in steps of 1/256: such textures are for pictures that only have to look right, tensors for numbers. A software
 * adapter filters rgba32float, where it can at all, with ordinary arithmetic (see {@link filtersExactly}).
 *
 * Volumes are filtered along their third axis too: `texture_3d<f32>` and `texture_storage_3d<FORMAT, write>`.
 *
 * In WGSL arrays are `texture_2d_array<f32>` to read, with a sampler clamped to the edge (`var nearest: sampler` takes the nearest
 * texel, one of any other name filters linearly), and `texture_storage_2d_array<FORMAT, write>` to write.
 */
import { ShapeError } from './errors';
import type { DeviceFacts, MemoryBlock, TensorHost, TextureExtents } from './tensor-host';

const BYTES_PER_TEXEL = { rgba16float: 8, rgba32float: 16 } as const;

export interface Texture extends TextureExtents {
  readonly label: string;
  readonly block: MemoryBlock;
}

/** Makes a texture of zeros. Free it with `host.release(texture.block)`. @throws ShapeError */
export function createTexture(host: TensorHost, label: string, extents: TextureExtents): Texture {
  const { width, height, layers } = extents;
  if ([width, height, layers].some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new ShapeError(
      `texture "${label}" cannot be ${width} x ${height} x ${layers}: extents are integers of 1 or more`,
    );
  }
  return { label, ...extents, block: host.allocateTexture(label, extents) };
}

/** Bytes that a texture takes, without what a driver adds to rows. */
export function textureBytes({ format, width, height, layers }: TextureExtents): number {
  return width * height * layers * BYTES_PER_TEXEL[format];
}

/** What the device makes of the extents. */
export function textureDescriptor(
  label: string,
  { format, width, height, layers, isVolume = false }: TextureExtents,
): GPUTextureDescriptor {
  return {
    label,
    size: [width, height, layers],
    dimension: isVolume ? '3d' : '2d',
    format,
    usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST,
  };
}

/** Whether filtered reads of rgba32float are as good as mixing four texels by hand, to f32 rounding. */
export function filtersExactly({ adapter, features }: DeviceFacts): boolean {
  return adapter.isSoftware && (features?.has('float32-filterable') ?? false);
}

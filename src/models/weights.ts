/**
 * A checkpoint's weights on the device. Every tensor is prepared (permuted, scaled, padded) and uploaded once, when a network first asks
 * for it, and then shared by all plans; {@link WeightStore.destroy} frees them together.
 */
import { type Checkpoint, floatsOfShape } from '../checkpoints/checkpoint';
import { destroyTensor, elementCount, type StorageFormat, type Tensor, uploadTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import { createTexture, type Texture, type TextureExtents } from '../gpu/texture';

/** Reads a tensor of the file as numbers. @throws MissingTensorError, or CheckpointTensorError for another shape */
export type FloatsReader = (name: string, shape: readonly number[]) => Float32Array;

/** Where the numbers come from. */
interface WeightSource {
  has(name: string): boolean;
  /** Whether the file has this tensor as 16-bit floats of IEEE 754. */
  isHalf(name: string): boolean;
  readonly floats: FloatsReader;
}

/** What the head of a file tells of its tensors. */
export type WeightHead = Pick<Checkpoint, 'has' | 'info'>;

/** Stands in for a file when only sizes are of interest. All numbers are 1, so that no layer is left out for a factor of 0. */
function noFile(head: WeightHead | undefined): WeightSource {
  return {
    has: () => true,
    isHalf: (name) => head?.has(name) === true && head.info(name).dtype === 'F16',
    floats: (_, shape) => new Float32Array(elementCount(shape)).fill(1),
  };
}

/** A tensor that is computed from the file's. */
export interface DerivedTensor {
  /** For messages, relative to the scope. Default: its key. */
  readonly label?: string | undefined;
  readonly shape: readonly number[];
  /** Default: 'f32'. */
  readonly format?: StorageFormat | undefined;
  /** Its values, row-major without padding; called once, or never if only sizes are of interest. */
  readonly values: (floats: FloatsReader) => ArrayLike<number>;
}

/** The same for a texture. */
export interface DerivedTexture {
  readonly label?: string | undefined;
  readonly extents: TextureExtents;
  /** Its texels' numbers, row by row; called once, or never if only sizes are of interest. */
  readonly texels: (floats: FloatsReader) => Float32Array<ArrayBuffer>;
}

/** The weights of one network or layer: all names are relative to its place in the file. */
export class WeightScope {
  constructor(
    readonly host: TensorHost,
    protected readonly source: WeightSource,
    private readonly uploaded: Map<string, Tensor>,
    private readonly textures: Map<string, Texture>,
    /** What stands before every name, for example "backbone.synthesis.b8.conv0.". */
    readonly prefix: string,
  ) {}

  /** The weights of a part. @param prefix with its final dot, for example "conv0." */
  scope(prefix: string): WeightScope {
    return new WeightScope(this.host, this.source, this.uploaded, this.textures, this.prefix + prefix);
  }

  has(name: string): boolean {
    return this.source.has(this.prefix + name);
  }

  /** Whether the file stores this tensor as halves, so that storing it so loses nothing. Without a file and its head: no. */
  isHalf(name: string): boolean {
    return this.source.isHalf(this.prefix + name);
  }

  /**
   * A tensor of the file as numbers.
   * @throws MissingTensorError, or CheckpointTensorError when its shape is not `shape`; both name the tensor
   */
  floats(name: string, shape: readonly number[]): Float32Array {
    return this.source.floats(this.prefix + name, shape);
  }

  /** A single number of the file. @throws as {@link floats} */
  scalar(name: string): number {
    return this.floats(name, [])[0]!;
  }

  /** A tensor of the file as it is, on the device. @throws as {@link floats} */
  tensor(name: string, shape: readonly number[]): Tensor {
    return this.derived(name, { shape, values: (floats) => floats(name, shape) });
  }

  /**
   * A tensor that is computed from the file's, once; the store frees it.
   * @param key tells it apart from all else that is derived in this scope
   */
  derived(key: string, { label = key, shape, format, values }: DerivedTensor): Tensor {
    const known = this.uploaded.get(this.prefix + key);
    if (known) return known;
    const compute = () => values((name, expected) => this.floats(name, expected));
    const tensor = uploadTensor(this.host, this.prefix + label, shape, compute, format);
    this.uploaded.set(this.prefix + key, tensor);
    return tensor;
  }

  /** A texture that is computed from the file's tensors, once; the store frees it. @param key as for {@link derived} */
  derivedTexture(key: string, { label = key, extents, texels }: DerivedTexture): Texture {
    const known = this.textures.get(this.prefix + key);
    if (known) return known;
    const texture = createTexture(this.host, this.prefix + label, extents);
    this.textures.set(this.prefix + key, texture);
    this.host.write(texture.block, () => texels((name, expected) => this.floats(name, expected)));
    return texture;
  }
}

/** All weights of a file. */
export class WeightStore extends WeightScope {
  readonly #tensors: Map<string, Tensor>;
  readonly #textures: Map<string, Texture>;

  /**
   * @param checkpoint leave it out to learn the weights' sizes with a host that does not want their values
   * @param head instead of it, to learn how they will be stored
   */
  constructor(host: TensorHost, checkpoint?: Checkpoint, head?: WeightHead) {
    const tensors = new Map<string, Tensor>();
    const textures = new Map<string, Texture>();
    const source = checkpoint && {
      has: (name: string) => checkpoint.has(name),
      isHalf: (name: string) => checkpoint.info(name).dtype === 'F16',
      floats: (name: string, shape: readonly number[]) => floatsOfShape(checkpoint, name, shape),
    };
    super(host, source ?? noFile(head), tensors, textures, '');
    this.#tensors = tensors;
    this.#textures = textures;
  }

  /** Bytes of all uploaded weights. */
  get bytes(): number {
    let sum = 0;
    for (const { storage } of this.#tensors.values()) sum += storage.block?.bytes ?? 0;
    for (const { block } of this.#textures.values()) sum += block.bytes;
    return sum;
  }

  /** Frees all uploaded weights. Plans that use them must not run afterwards. */
  destroy(): void {
    for (const tensor of this.#tensors.values()) destroyTensor(this.host, tensor);
    for (const { block } of this.#textures.values()) this.host.release(block);
    this.#tensors.clear();
    this.#textures.clear();
  }
}

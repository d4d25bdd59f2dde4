/**
 * A checkpoint's weights on the device. Every tensor is prepared (permuted, scaled, padded) and uploaded once, when a network first asks
 * for it, and then shared by all plans; {@link WeightStore.destroy} frees them together.
 */
import { type Checkpoint, floatsOfShape } from '../checkpoints/checkpoint';
import { destroyTensor, elementCount, type Tensor, uploadTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';

/** Reads a tensor of the file as numbers. @throws MissingTensorError, or CheckpointTensorError for another shape */
export type FloatsReader = (name: string, shape: readonly number[]) => Float32Array;

/** Where the numbers come from. */
interface WeightSource {
  has(name: string): boolean;
  readonly floats: FloatsReader;
}

/** Stands in for a file when only sizes are of interest. All numbers are 1, so that no layer is left out for a factor of 0. */
const NO_FILE: WeightSource = {
  has: () => true,
  floats: (_, shape) => new Float32Array(elementCount(shape)).fill(1),
};

/** A tensor that is computed from the file's. */
export interface DerivedTensor {
  /** For messages, relative to the scope. Default: its key. */
  readonly label?: string | undefined;
  readonly shape: readonly number[];
  /** Its values, row-major without padding; called once, or never if only sizes are of interest. */
  readonly values: (floats: FloatsReader) => ArrayLike<number>;
}

/** The weights of one network or layer: all names are relative to its place in the file. */
export class WeightScope {
  constructor(
    protected readonly host: TensorHost,
    protected readonly source: WeightSource,
    private readonly uploaded: Map<string, Tensor>,
    /** What stands before every name, for example "backbone.synthesis.b8.conv0.". */
    readonly prefix: string,
  ) {}

  /** The weights of a part. @param prefix with its final dot, for example "conv0." */
  scope(prefix: string): WeightScope {
    return new WeightScope(this.host, this.source, this.uploaded, this.prefix + prefix);
  }

  has(name: string): boolean {
    return this.source.has(this.prefix + name);
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
  derived(key: string, { label = key, shape, values }: DerivedTensor): Tensor {
    const known = this.uploaded.get(this.prefix + key);
    if (known) return known;
    const compute = () => values((name, expected) => this.floats(name, expected));
    const tensor = uploadTensor(this.host, this.prefix + label, shape, compute);
    this.uploaded.set(this.prefix + key, tensor);
    return tensor;
  }
}

/** All weights of a file. */
export class WeightStore extends WeightScope {
  readonly #tensors: Map<string, Tensor>;

  /** @param checkpoint leave it out to learn the weights' sizes with a host that does not want their values */
  constructor(host: TensorHost, checkpoint?: Checkpoint) {
    const tensors = new Map<string, Tensor>();
    const source = checkpoint && {
      has: (name: string) => checkpoint.has(name),
      floats: (name: string, shape: readonly number[]) => floatsOfShape(checkpoint, name, shape),
    };
    super(host, source ?? NO_FILE, tensors, '');
    this.#tensors = tensors;
  }

  /** Bytes of all uploaded weights. */
  get bytes(): number {
    let sum = 0;
    for (const { storage } of this.#tensors.values()) sum += storage.block?.bytes ?? 0;
    return sum;
  }

  /** Frees all uploaded weights. Plans that use them must not run afterwards. */
  destroy(): void {
    for (const tensor of this.#tensors.values()) destroyTensor(this.host, tensor);
    this.#tensors.clear();
  }
}

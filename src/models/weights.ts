/**
 * A checkpoint's weights on the device. Every tensor is prepared (permuted, scaled, padded) and uploaded once, when a network first asks
 * for it, and then shared by all plans; {@link WeightStore.destroy} frees them together.
 */
import { type Checkpoint, floatsOfShape } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import { destroyTensor, type Tensor, uploadTensor } from '../gpu/tensor';

/** Reads a tensor of the file as numbers. @throws MissingTensorError, or CheckpointTensorError for another shape */
export type FloatsReader = (name: string, shape: readonly number[]) => Float32Array;

/** The weights of one network or layer: all names are relative to its place in the file. */
export class WeightScope {
  constructor(
    protected readonly gpu: Gpu,
    protected readonly checkpoint: Checkpoint,
    private readonly uploaded: Map<string, Tensor>,
    /** What stands before every name, for example "backbone.synthesis.b8.conv0.". */
    readonly prefix: string,
  ) {}

  /** The weights of a part. @param prefix with its final dot, for example "conv0." */
  scope(prefix: string): WeightScope {
    return new WeightScope(this.gpu, this.checkpoint, this.uploaded, this.prefix + prefix);
  }

  has(name: string): boolean {
    return this.checkpoint.has(this.prefix + name);
  }

  /**
   * A tensor of the file as numbers.
   * @throws MissingTensorError, or CheckpointTensorError when its shape is not `shape`; both name the tensor
   */
  floats(name: string, shape: readonly number[]): Float32Array {
    return floatsOfShape(this.checkpoint, this.prefix + name, shape);
  }

  /** A single number of the file. @throws as {@link floats} */
  scalar(name: string): number {
    return this.floats(name, [])[0]!;
  }

  /** A tensor of the file as it is, on the device. @throws as {@link floats} */
  tensor(name: string, shape: readonly number[]): Tensor {
    return this.derived(name, (gpu, floats) => uploadTensor(gpu, this.prefix + name, shape, floats(name, shape)));
  }

  /**
   * A tensor that is computed from the file's, once.
   * @param key tells it apart from all else that is derived in this scope
   * @param make computes and uploads it; the store frees it
   */
  derived(key: string, make: (gpu: Gpu, floats: FloatsReader) => Tensor): Tensor {
    const known = this.uploaded.get(this.prefix + key);
    if (known) return known;
    const tensor = make(this.gpu, (name, shape) => this.floats(name, shape));
    this.uploaded.set(this.prefix + key, tensor);
    return tensor;
  }
}

/** All weights of a file. */
export class WeightStore extends WeightScope {
  readonly #tensors: Map<string, Tensor>;

  constructor(gpu: Gpu, checkpoint: Checkpoint) {
    const tensors = new Map<string, Tensor>();
    super(gpu, checkpoint, tensors, '');
    this.#tensors = tensors;
  }

  /** Bytes of all uploaded weights. */
  get bytes(): number {
    let sum = 0;
    for (const { buffer } of this.#tensors.values()) sum += buffer.size;
    return sum;
  }

  /** Frees all uploaded weights. Plans that use them must not run afterwards. */
  destroy(): void {
    for (const tensor of this.#tensors.values()) destroyTensor(this.gpu, tensor);
    this.#tensors.clear();
  }
}

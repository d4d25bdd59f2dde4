/**
 * A checkpoint's parameters on the device. What kernels read is never the file's tensor as it is, but derived from it: permuted, scaled, padded,
 * transformed, rounded to halves.
 *
 * - A **frozen** parameter is derived once, on the processor, and uploaded when a network first asks for it; all plans share the result. There
 *   is nothing else of it on the device.
 * - A **trainable** one has a master tensor on the device, with the numbers that the file has, in its order: what an optimiser changes and a
 *   checkpoint keeps. What is derived from it is computed by operations of the plan that needs it, anew in each run, so that it follows the
 *   master and gradients find their way back. Run-time gains (learning-rate multipliers, 1 / sqrt(inputs)) are factors of these operations.
 */
import { type Checkpoint, floatsOfShape } from '../checkpoints/checkpoint';
import { TrifoldError } from '../errors';
import type { PlanBuilder } from '../gpu/plan';
import type { Tape } from '../gpu/tape';
import { destroyTensor, elementCount, type Tensor, uploadTensor, writeTensor } from '../gpu/tensor';
import type { StorageFormat, TensorHost, TextureExtents } from '../gpu/tensor-host';
import { createTexture, type Texture } from '../gpu/texture';
import { type Arrangement, arranged, rearrange, unchanged } from '../pipelines/dense/rearrange';

/** Reads a tensor of the file as numbers. @throws MissingTensorError, or CheckpointTensorError for another shape */
export type FloatsReader = (name: string, shape: readonly number[]) => Float32Array;

/** Gives a parameter as a tensor [count] with the numbers that the file has, in its order. @throws as {@link FloatsReader} */
export type MasterReader = (name: string, shape: readonly number[]) => Tensor;

/** Where the numbers come from. */
interface ParameterSource {
  has(name: string): boolean;
  /** Whether the file has this tensor as 16-bit floats of IEEE 754. */
  isHalf(name: string): boolean;
  readonly floats: FloatsReader;
}

/** What the head of a file tells of its tensors. */
export type ParameterHead = Pick<Checkpoint, 'has' | 'info'>;

/** Stands in for a file when only sizes are of interest. All numbers are 1, so that no layer is left out for a factor of 0. */
function noFile(head: ParameterHead | undefined): ParameterSource {
  return {
    has: () => true,
    isHalf: (name) => head?.has(name) === true && head.info(name).dtype === 'F16',
    floats: (_, shape) => new Float32Array(elementCount(shape)).fill(1),
  };
}

/** A trainable parameter. */
export class Parameter {
  #version = 0;

  constructor(
    private readonly host: TensorHost,
    /** As in the file, for example "backbone.synthesis.b8.conv0.weight". */
    readonly name: string,
    /** As in the file; [] for a scalar. */
    readonly shape: readonly number[],
    /** [count]: the numbers in the file's order, without padding between rows. */
    readonly master: Tensor,
  ) {}

  /** How often the master has been changed. Who keeps something derived from it beyond a run of a plan can tell by this that it is out of date. */
  get version(): number {
    return this.#version;
  }

  /** To be called by whoever has the device change the master (an optimiser's plan), each time. */
  countUpdate(): void {
    this.#version++;
  }

  /** Replaces all numbers. @param values in the file's order @throws ShapeError unless there is one for each number */
  write(values: ArrayLike<number>): void {
    writeTensor(this.host, this.master, values);
    this.countUpdate();
  }
}

/** Somebody wants to train a parameter for which there is no way to derive on the device what kernels need, or takes its numbers for fixed. */
export class TrainableParameterError extends TrifoldError {
  override readonly code = 'trainable-parameter';

  constructor(
    readonly parameter: string,
    problem: string,
  ) {
    super(`The parameter "${parameter}" is trainable, ${problem}.`, 'Leave it out of what is to be trained.');
  }
}

/** A tensor that is computed from the file's. */
export interface DerivedTensor {
  /** For messages, relative to the scope. Default: its key. */
  readonly label?: string | undefined;
  readonly shape: readonly number[];
  /** Default: 'f32'. */
  readonly format?: StorageFormat | undefined;
  /** Names of all the parameters that it is computed from. */
  readonly from: readonly string[];
  /** Its values while all of them are frozen, row-major without padding; called once, or never if only sizes are of interest. */
  readonly values: (floats: FloatsReader) => ArrayLike<number>;
  /** Appends the operations that compute it when one of them is trainable. Absent: none of them may be. */
  readonly onDevice?: ((masters: MasterReader) => Tensor) | undefined;
}

/** A parameter in the order that a kernel wants. */
export interface ArrangedParameter {
  /** Relative to the scope. */
  readonly name: string;
  /** Its shape in the file. */
  readonly stored: readonly number[];
  readonly arrangement: Arrangement;
  /** On all numbers: a run-time gain. Default: 1. */
  readonly factor?: number | undefined;
}

/** The same for a texture, which is computed from frozen parameters only. */
export interface DerivedTexture {
  readonly label?: string | undefined;
  readonly extents: TextureExtents;
  /** Its texels' numbers, row by row; called once, or never if only sizes are of interest. */
  readonly texels: (floats: FloatsReader) => Float32Array<ArrayBuffer>;
}

/** What all scopes of a store share, by full names. */
class StoredParameters {
  readonly tensors = new Map<string, Tensor>();
  readonly textures = new Map<string, Texture>();
  readonly trainable = new Map<string, Parameter>();
  /** What the operations of a plan compute, by the tape that has them: a gradient finds its way only on the tape that it is asked of. */
  readonly #computed = new WeakMap<PlanBuilder | Tape, Map<string, Tensor>>();

  constructor(readonly isTrainable: (name: string) => boolean) {}

  computedBy(plan: PlanBuilder): Map<string, Tensor> {
    const key = plan.tape ?? plan;
    const known = this.#computed.get(key) ?? new Map<string, Tensor>();
    this.#computed.set(key, known);
    return known;
  }
}

/** The parameters of one network or layer: all names are relative to its place in the file. */
export class ParameterScope {
  constructor(
    readonly host: TensorHost,
    protected readonly source: ParameterSource,
    protected readonly stored: StoredParameters,
    /** What stands before every name, for example "backbone.synthesis.b8.conv0.". */
    readonly prefix: string,
  ) {}

  /** The parameters of a part. @param prefix with its final dot, for example "conv0." */
  scope(prefix: string): ParameterScope {
    return new ParameterScope(this.host, this.source, this.stored, this.prefix + prefix);
  }

  has(name: string): boolean {
    return this.source.has(this.prefix + name);
  }

  isTrainable(name: string): boolean {
    return this.stored.isTrainable(this.prefix + name);
  }

  /** Whether its numbers will always be 16-bit floats, as the file stores them. Without a file and its head: no. */
  isHalf(name: string): boolean {
    return this.source.isHalf(this.prefix + name) && !this.isTrainable(name);
  }

  /**
   * A frozen tensor of the file as numbers.
   * @throws MissingTensorError, or CheckpointTensorError when its shape is not `shape`; TrainableParameterError. All name the tensor
   */
  floats(name: string, shape: readonly number[]): Float32Array {
    if (this.isTrainable(name)) {
      throw new TrainableParameterError(
        this.prefix + name,
        'but its network is wired with the numbers that it has now',
      );
    }
    return this.#fileFloats(name, shape);
  }

  /** A single number of the file, or for a trainable one its master, [1]. @throws as {@link floats} */
  scalar(name: string): number | Tensor {
    return this.isTrainable(name) ? this.parameter(name, []).master : this.floats(name, [])[0]!;
  }

  /**
   * A trainable parameter; its master is uploaded when it is first asked for.
   * @throws MissingTensorError, CheckpointTensorError
   */
  parameter(name: string, shape: readonly number[]): Parameter {
    const { trainable } = this.stored;
    const fullName = this.prefix + name;
    const known = trainable.get(fullName);
    if (known) return known;
    const master = uploadTensor(this.host, fullName, [elementCount(shape)], () => this.#fileFloats(name, shape));
    const parameter = new Parameter(this.host, fullName, shape, master);
    trainable.set(fullName, parameter);
    return parameter;
  }

  /** A parameter as it is: of a trainable one with one axis, the master itself. @throws as {@link floats} */
  tensor(plan: PlanBuilder, name: string, shape: readonly number[]): Tensor {
    if (shape.length === 1 && this.isTrainable(name)) return this.parameter(name, shape).master;
    return this.arranged(plan, name, { name, stored: shape, arrangement: unchanged(shape) });
  }

  /** A parameter in another order. @param key as for {@link derived} */
  arranged(plan: PlanBuilder, key: string, { name, stored, arrangement, factor }: ArrangedParameter): Tensor {
    return this.derived(plan, key, {
      label: name,
      shape: arrangement.shape,
      from: [name],
      values: (floats) => arranged(floats(name, stored), arrangement, factor).values,
      onDevice: (masters) => rearrange(plan, masters(name, stored), arrangement, { factor }),
    });
  }

  /**
   * A tensor that is computed from the file's: once, and then the store's, or by operations that are appended to the plan.
   * @param key tells it apart from all else that is derived in this scope
   * @throws as {@link floats}
   */
  derived(plan: PlanBuilder, key: string, description: DerivedTensor): Tensor {
    const { label = key, shape, format, from, values } = description;
    const trainable = from.find((name) => this.isTrainable(name));
    if (trainable !== undefined) return this.#onDevice(plan, key, trainable, description);
    return this.#uploaded(key, label, shape, () => values((...tensor) => this.floats(...tensor)), format);
  }

  /** A texture that is computed from the file's tensors, once; the store frees it. @param key as for {@link derived} */
  derivedTexture(key: string, { label = key, extents, texels }: DerivedTexture): Texture {
    const { textures } = this.stored;
    const known = textures.get(this.prefix + key);
    if (known) return known;
    const texture = createTexture(this.host, this.prefix + label, extents);
    textures.set(this.prefix + key, texture);
    this.host.write(texture.block, () => texels((...tensor) => this.floats(...tensor)));
    return texture;
  }

  #fileFloats(name: string, shape: readonly number[]): Float32Array {
    return this.source.floats(this.prefix + name, shape);
  }

  #uploaded(
    key: string,
    label: string,
    shape: readonly number[],
    values: () => ArrayLike<number>,
    format?: StorageFormat,
  ): Tensor {
    const { tensors } = this.stored;
    const known = tensors.get(this.prefix + key);
    if (known) return known;
    const tensor = uploadTensor(this.host, this.prefix + label, shape, values, format);
    tensors.set(this.prefix + key, tensor);
    return tensor;
  }

  /** @param trainable the parameter that makes it so */
  #onDevice(plan: PlanBuilder, key: string, trainable: string, { onDevice }: DerivedTensor): Tensor {
    if (!onDevice) {
      throw new TrainableParameterError(
        this.prefix + trainable,
        `but "${this.prefix}${key}" is computed on the processor only`,
      );
    }
    const known = this.stored.computedBy(plan);
    const tensor =
      known.get(this.prefix + key) ??
      onDevice((name, shape) =>
        this.isTrainable(name)
          ? this.parameter(name, shape).master
          : this.#uploaded(`${name} as stored`, name, [elementCount(shape)], () => this.floats(name, shape)),
      );
    known.set(this.prefix + key, tensor);
    return tensor;
  }
}

export interface TrainableParameters {
  /** Which parameters are trainable, by their names in the file. Default: none. */
  readonly isTrainable?: ((name: string) => boolean) | undefined;
}

export interface ParameterStoreOptions extends TrainableParameters {
  /** In place of a file, to learn how its parameters will be stored. */
  readonly head?: ParameterHead | undefined;
}

/** All parameters of a file. */
export class ParameterStore extends ParameterScope {
  /** @param checkpoint leave it out to learn the parameters' sizes with a host that does not want their values */
  constructor(
    host: TensorHost,
    checkpoint?: Checkpoint,
    { head, isTrainable = () => false }: ParameterStoreOptions = {},
  ) {
    const source = checkpoint && {
      has: (name: string) => checkpoint.has(name),
      isHalf: (name: string) => checkpoint.info(name).dtype === 'F16',
      floats: (name: string, shape: readonly number[]) => floatsOfShape(checkpoint, name, shape),
    };
    super(host, source ?? noFile(head), new StoredParameters(isTrainable), '');
  }

  /** The trainable parameters that networks have asked for, in the order in which they first did. */
  get trainable(): readonly Parameter[] {
    return [...this.stored.trainable.values()];
  }

  /** Bytes of all that is on the device: masters, and what was derived from frozen parameters. */
  get bytes(): number {
    let sum = 0;
    for (const { storage } of this.#tensors()) sum += storage.block?.bytes ?? 0;
    for (const { block } of this.stored.textures.values()) sum += block.bytes;
    return sum;
  }

  /** Frees it. Plans that use it must not run afterwards. */
  destroy(): void {
    const { tensors, textures, trainable } = this.stored;
    for (const tensor of this.#tensors()) destroyTensor(this.host, tensor);
    for (const { block } of textures.values()) this.host.release(block);
    tensors.clear();
    textures.clear();
    trainable.clear();
  }

  #tensors(): Tensor[] {
    return [...this.stored.tensors.values(), ...this.trainable.map(({ master }) => master)];
  }
}

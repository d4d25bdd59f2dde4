/**
 * A plan: a fixed list of dispatches with all their buffers and bind groups made beforehand. Networks are written as ordinary function
 * calls on a {@link PlanBuilder} (`x = modulatedConv(plan, {...})`), once; running the plan then only records commands, with no
 * allocation. What changes from run to run (latent code, camera, truncation) is a tensor that the owner writes before.
 *
 * A plan has two kinds of tensors. `plan.tensor` and `plan.constant` have memory of their own, from the start until the plan is destroyed.
 * `plan.scratch` is for what kernels compute on the way: its memory is shared with whatever else is computed before its first or after its
 * last use, unless the owner of the plan says `plan.keep`. A forgotten `keep` is an error with the tensor's name, never a wrong number.
 */
import { Gpu } from './device';
import { ScratchAccessError, ShapeError } from './errors';
import { encodeParams, type Kernel, type KernelConstants, type KernelParams } from './kernel';
import { type ScratchClaim, ScratchPool, type ScratchTensor } from './scratch-pool';
import { spoilMemory } from './spoil';
import type { VectorFormats } from './stored-vectors';
import { createTensor, describeTensor, destroyTensor, type StorageFormat, type Tensor, uploadTensor } from './tensor';
import { bufferBytes, type MemoryBlock, type TensorHost, type TensorStorage } from './tensor-host';
import { createTexture, type Texture, type TextureExtents } from './texture';

/** One dispatch as a pipeline wrapper describes it. */
export interface DispatchDescription {
  readonly kernel: Kernel;
  /** Tensor for each storage binding, by the name in the shader. */
  readonly bindings: Readonly<Record<string, Tensor>>;
  /** Texture for each texture binding, by the name in the shader. The sampler needs no mention. */
  readonly textures?: Readonly<Record<string, Texture>>;
  readonly params?: KernelParams;
  readonly constants?: KernelConstants;
  /** Workgroups in x, y, z. */
  readonly workgroups: readonly [number, number?, number?];
}

interface ReadyDispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

export interface PlanOptions {
  /** Scratch memory shared with plans that run before or after this one. Default: a pool of its own. */
  readonly pool?: ScratchPool | undefined;
  /** Whether scratch tensors take turns in the same memory. Without, each has its own: to look for a fault. Default: true. */
  readonly sharesScratch?: boolean | undefined;
}

/** First and last dispatch that bind a scratch tensor; undefined while none does. */
interface Use {
  first: number;
  last: number;
}

/** Collects the dispatches of one stage. Call {@link PlanBuilder.build} once; a builder that fails frees what it made. */
export class PlanBuilder {
  #dispatches: DispatchDescription[] = [];
  #tensors: Tensor[] = [];
  #textures: Texture[] = [];
  #pooledTextures: Texture[] = [];
  #buffers: GPUBuffer[] = [];
  #scratch = new Map<TensorStorage, Use | undefined>();
  #kept: MemoryBlock[] = [];
  #claim: ScratchClaim | undefined;
  #claimed = new Map<TensorStorage, MemoryBlock>();
  readonly #pool: ScratchPool;
  readonly #sharesScratch: boolean;

  /**
   * @param host the device, or a survey that only learns how much memory the plan takes
   * @param stage name under which time and dispatches are counted, for example "tri-planes"
   */
  constructor(
    readonly host: TensorHost,
    readonly stage: string,
    options: PlanOptions = {},
  ) {
    this.#pool = options.pool ?? new ScratchPool(host);
    this.#sharesScratch = options.sharesScratch ?? true;
  }

  /** A tensor of zeros that belongs to the plan and that anybody may read and write between its runs. */
  tensor(label: string, shape: readonly number[]): Tensor {
    this.#expectOpen();
    const tensor = createTensor(this.host, label, shape);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** A tensor with fixed values that belongs to the plan; `values` without padding. */
  constant(label: string, shape: readonly number[], values: ArrayLike<number>, format?: StorageFormat): Tensor {
    this.#expectOpen();
    const tensor = uploadTensor(this.host, label, shape, values, format);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** A texture of zeros that belongs to the plan: its own kernels write it, and any may read it afterwards. */
  texture(label: string, extents: TextureExtents): Texture {
    this.#expectOpen();
    const texture = createTexture(this.host, label, extents);
    this.#textures.push(texture);
    return texture;
  }

  /** A texture with fixed values that belongs to the plan. @param texels rows of all layers, four numbers each */
  constantTexture(label: string, extents: TextureExtents, texels: Float32Array<ArrayBuffer>): Texture {
    const texture = this.texture(label, extents);
    this.host.write(texture.block, () => texels);
    return texture;
  }

  /**
   * A texture for what a kernel hands to those right behind it: at least as tall as asked for. All that are asked for one purpose, by this plan or
   * by others that share its pool, may be one and the same: what was written before is gone with the next call.
   */
  scratchTexture(purpose: string, extents: TextureExtents): Texture {
    this.#expectOpen();
    const texture = this.#pool.takeTexture(purpose, extents);
    this.#pooledTextures.push(texture);
    return texture;
  }

  /**
   * A tensor for what a kernel computes. It holds anything at first: its kernel must write all of it, padding included, before anybody reads
   * it. What is left after its last use in this plan is not for reading, unless it is {@link keep kept}.
   */
  scratch(label: string, shape: readonly number[], format?: StorageFormat): Tensor {
    this.#expectOpen();
    const tensor = describeTensor(label, shape, format);
    this.#scratch.set(tensor.storage, undefined);
    return tensor;
  }

  /**
   * Gives a scratch tensor memory of its own, so that its values last from one run to the next and others may bind and read it. A tensor that
   * is no scratch of this plan is left as it is.
   */
  keep<T extends Tensor>(tensor: T): T {
    const { storage } = tensor;
    if (!this.#scratch.has(storage)) return tensor;
    this.#expectOpen();
    storage.block = this.host.allocate(storage.label, storage.bytes);
    this.#scratch.delete(storage);
    this.#tensors.push(tensor);
    this.#kept.push(storage.block);
    return tensor;
  }

  /**
   * Appends a dispatch.
   * @throws ShapeError when a name is not in the shader, the grid is too large, or scratch is read that nothing has written;
   * ScratchAccessError for scratch of another plan
   */
  dispatch(description: DispatchDescription): void {
    this.#expectOpen();
    const { kernel, bindings, textures = {}, workgroups } = description;
    expectSameNames(kernel, kernel.bindings, bindings);
    expectSameNames(kernel, kernel.textures, textures);
    expectReadableHalves(kernel, bindings);
    const limit = this.host.limits.maxComputeWorkgroupsPerDimension;
    if (workgroups.some((count) => count !== undefined && (count > limit || count < 1))) {
      throw new ShapeError(
        `kernel "${kernel.name}": a grid of [${workgroups}] workgroups; the device allows 1 to ${limit}`,
      );
    }
    for (const [name, { storage }] of Object.entries(bindings)) this.#noteUse(storage, kernel, name);
    this.#dispatches.push(description);
  }

  get dispatchCount(): number {
    return this.#dispatches.length;
  }

  /** Bytes of the largest scratch tensor. */
  get largestScratch(): number {
    let largest = 0;
    for (const { bytes } of this.#scratch.keys()) largest = Math.max(largest, bytes);
    return largest;
  }

  /**
   * Takes memory for the scratch tensors, of which there can be no more afterwards. {@link build} does this where the owner has not.
   * @throws BufferLimitError
   */
  reserve(): void {
    if (this.#claim) return;
    const storages: TensorStorage[] = [];
    const tensors: ScratchTensor[] = [];
    const wholePlan = { first: 0, last: this.#dispatches.length };
    for (const [storage, use] of this.#scratch) {
      if (!use) continue; // nobody uses it
      storages.push(storage);
      tensors.push({ label: storage.label, bytes: storage.bytes, ...(this.#sharesScratch ? use : wholePlan) });
    }
    const claim = this.#pool.claim(tensors, this.#pooledTextures);
    this.#claim = claim;
    storages.forEach((storage, index) => {
      this.#claimed.set(storage, claim.blocks[index]!);
    });
  }

  /**
   * Compiles all kernels side by side. Of a plan that is wired against a survey this is done ahead: the device keeps what is compiled, and the
   * same network, wired for the device, finds it there.
   * @throws KernelCompileError
   */
  compile(gpu: Gpu): Promise<GPUComputePipeline[]> {
    return Promise.all(
      this.#dispatches.map(({ kernel, constants, bindings }) =>
        gpu.kernels.pipeline(kernel, constants, formatsOf(kernel, bindings)),
      ),
    );
  }

  /** {@link compile Compiles} and makes the bind groups. @throws BufferLimitError, KernelCompileError */
  async build(): Promise<Plan> {
    const { host } = this;
    try {
      if (!(host instanceof Gpu))
        throw new ShapeError(`the plan "${this.stage}" was wired for a survey, not for a device`);
      this.reserve();
      const pipelines = await this.compile(host);
      const ready = this.#dispatches.map((dispatch, index) => this.#bind(host, dispatch, pipelines[index]!));
      return new Plan(host, this.stage, ready, {
        tensors: this.#tensors,
        textures: this.#textures,
        buffers: this.#buffers,
        scratch: this.#claim!,
        written: [...this.#kept, ...this.#claimed.values()],
      });
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Frees what was made, for a plan that will not be built after all. */
  discard(): void {
    for (const tensor of this.#tensors.splice(0)) destroyTensor(this.host, tensor);
    for (const { block } of this.#textures.splice(0)) this.host.release(block);
    for (const buffer of this.#buffers.splice(0)) this.host.release({ bytes: buffer.size, buffer });
    if (!this.#claim) this.#pool.giveTextures(this.#pooledTextures.splice(0));
    this.#claim?.release();
    this.#claim = undefined;
  }

  #expectOpen(): void {
    if (this.#claim) throw new ShapeError(`the plan "${this.stage}" has its memory and cannot be changed any more`);
  }

  #noteUse(storage: TensorStorage, kernel: Kernel, binding: string): void {
    if (!storage.isScratch) return;
    if (!this.#scratch.has(storage)) throw new ScratchAccessError(storage.label);
    const use = this.#scratch.get(storage);
    const now = this.#dispatches.length;
    if (!use && !kernel.writes.has(binding)) {
      throw new ShapeError(`kernel "${kernel.name}" reads "${storage.label}", which no dispatch before it has written`);
    }
    this.#scratch.set(storage, { first: use?.first ?? now, last: now });
  }

  #bind(gpu: Gpu, dispatch: DispatchDescription, pipeline: GPUComputePipeline): ReadyDispatch {
    const { kernel, bindings, textures = {}, params, workgroups } = dispatch;
    const entries: GPUBindGroupEntry[] = [];
    for (const [name, binding] of kernel.bindings) {
      const { storage } = bindings[name]!;
      const buffer = this.#claimed.get(storage)?.buffer ?? storage.buffer;
      entries.push({ binding, resource: { buffer, size: bufferBytes(storage.bytes) } });
    }
    for (const [name, binding] of kernel.textures) {
      const { texture } = textures[name]!.block;
      const dimension = texture!.dimension === '3d' ? '3d' : '2d-array';
      entries.push({ binding, resource: texture!.createView({ dimension }) });
    }
    if (kernel.samplerBinding !== undefined) {
      entries.push({ binding: kernel.samplerBinding, resource: gpu.sampler(kernel.samplerFilter) });
    }
    if (kernel.paramsBinding !== undefined) {
      const bytes = encodeParams(kernel, params ?? {});
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      const buffer = gpu.memory.create(`${kernel.name} params`, bytes.byteLength, usage);
      gpu.device.queue.writeBuffer(buffer, 0, bytes);
      this.#buffers.push(buffer);
      entries.push({ binding: kernel.paramsBinding, resource: { buffer } });
    }
    const bindGroup = gpu.device.createBindGroup({
      label: kernel.name,
      layout: pipeline.getBindGroupLayout(0),
      entries,
    });
    return {
      label: kernel.name,
      pipeline,
      bindGroup,
      workgroups: [workgroups[0], workgroups[1] ?? 1, workgroups[2] ?? 1],
    };
  }
}

/** @throws ShapeError unless exactly the names of the shader are bound */
function expectSameNames(kernel: Kernel, names: ReadonlyMap<string, number>, bound: object): void {
  for (const name of names.keys()) {
    if (!(name in bound)) throw new ShapeError(`kernel "${kernel.name}": nothing is bound to "${name}"`);
  }
  for (const name of Object.keys(bound)) {
    if (!names.has(name)) throw new ShapeError(`kernel "${kernel.name}" has no binding "${name}"`);
  }
}

/** @throws ShapeError where a kernel would take halves for floats */
function expectReadableHalves(kernel: Kernel, bindings: DispatchDescription['bindings']): void {
  for (const [name, { format, label }] of Object.entries(bindings)) {
    if (format === 'f32' || kernel.vectors.has(name) || kernel.packed.has(name)) continue;
    throw new ShapeError(`kernel "${kernel.name}" takes floats for "${name}"; "${label}" holds halves`);
  }
}

/** The formats of a kernel's open vector types. @throws ShapeError where one type would have to be two */
function formatsOf(kernel: Kernel, bindings: DispatchDescription['bindings']): VectorFormats {
  const formats: Record<string, StorageFormat> = {};
  for (const [name, type] of kernel.vectors) {
    const { format, label } = bindings[name]!;
    if ((formats[type] ?? format) !== format) {
      throw new ShapeError(`kernel "${kernel.name}": "${label}" holds ${format}, unlike the other ${type} bindings`);
    }
    formats[type] = format;
  }
  return formats;
}

/** What a plan frees when it is destroyed. */
interface PlanMemory {
  readonly tensors: readonly Tensor[];
  readonly textures: readonly Texture[];
  readonly buffers: readonly GPUBuffer[];
  readonly scratch: ScratchClaim;
  /** Scratch and kept results: what the dispatches write before they read it. */
  readonly written: readonly MemoryBlock[];
}

/** Some consecutive dispatches of a plan: from the one numbered `from` up to, and without, the one numbered `to`. */
export interface PlanPart {
  readonly from: number;
  readonly to: number;
}

/** A built plan. Owns the tensors that its builder made. */
export class Plan {
  #destroyed = false;

  constructor(
    readonly gpu: Gpu,
    readonly stage: string,
    private readonly dispatches: readonly ReadyDispatch[],
    private readonly memory: PlanMemory,
  ) {}

  get dispatchCount(): number {
    return this.dispatches.length;
  }

  /**
   * Appends the plan's dispatches, or some of them, to an open compute pass. Dispatches see the writes of those before them, in order. Parts
   * that are submitted one by one must follow each other without a gap, and no other plan of the same scratch pool may run between them.
   */
  encode(pass: GPUComputePassEncoder, { from, to }: PlanPart = { from: 0, to: this.dispatches.length }): void {
    for (let index = from; index < to; index++) {
      const { pipeline, bindGroup, workgroups } = this.dispatches[index]!;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
    this.gpu.countDispatches(this.stage, to - from);
  }

  /**
   * Fills with NaN all that the plan must write before it reads it: scratch and kept results. A kernel that relies on what memory happens to
   * hold, or leaves a hole in its output, then shows in the result. For tests and for the search for a fault.
   */
  spoil(): void {
    spoilMemory(this.gpu, new Set(this.memory.written));
  }

  /** Frees the plan's tensors. Calling it again does nothing. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    const { tensors, textures, buffers, scratch } = this.memory;
    for (const tensor of tensors) destroyTensor(this.gpu, tensor);
    for (const { block } of textures) this.gpu.release(block);
    for (const buffer of buffers) this.gpu.memory.release(buffer);
    scratch.release();
  }
}

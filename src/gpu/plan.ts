/**
 * A plan: a fixed list of steps (dispatches, and now and then a fill or a copy) with all their buffers and bind groups made beforehand. Networks
 * are written as ordinary function calls on a {@link PlanBuilder} (`x = modulatedConv(plan, {...})`), once; running the plan then only records
 * commands, with no allocation. What changes from run to run (latent code, camera, truncation) is a tensor that the owner writes before.
 *
 * A plan has two kinds of tensors. `plan.tensor` and `plan.constant` have memory of their own, from the start until the plan is destroyed.
 * `plan.scratch` is for what kernels compute on the way: its memory is shared with whatever else is computed before its first or after its
 * last use, unless the owner of the plan says `plan.keep`. A forgotten `keep` is an error with the tensor's name, never a wrong number.
 */
import { Plan, type ReadyStep } from './built-plan';
import { Gpu } from './device';
import {
  type BufferPlace,
  bindDispatch,
  checkedDispatch,
  type Dispatch,
  type DispatchDescription,
  formatsOf,
} from './dispatch';
import { PlanClosedError, ScratchAccessError, SurveyedPlanError, UnwrittenScratchError, WiringError } from './errors';
import { finalText } from './kernel';
import { type ScratchClaim, type ScratchPlace, ScratchPool, type ScratchTensor } from './scratch-pool';
import type { MemoryUse, Operation, Tape } from './tape';
import { createTensor, describeTensor, destroyTensor, expectShape, type Tensor, uploadTensor } from './tensor';
import type { MemoryBlock, StorageFormat, TensorHost, TensorStorage, TextureExtents } from './tensor-host';
import { createTexture, type Texture } from './texture';
import type { BindingAccess } from './wgsl';

export { Plan, type PlanPart } from './built-plan';
export type { DispatchDescription } from './dispatch';

export interface PlanOptions {
  /** Scratch memory shared with plans that run before or after this one. Default: a pool of its own. */
  readonly pool?: ScratchPool | undefined;
  /** Whether scratch tensors take turns in the same memory. Without, each has its own: to look for a fault. Default: true. */
  readonly sharesScratch?: boolean | undefined;
}

/** First and last step that uses a scratch tensor; undefined while none does. */
interface Use {
  first: number;
  last: number;
}

/** Overwrites a tensor: with what another holds, or with zeros. */
interface Transfer {
  readonly from: Tensor | undefined;
  readonly to: Tensor;
}

type Step = Dispatch | Transfer;

/** Collects the steps of one stage. Call {@link PlanBuilder.build} once; a builder that fails frees what it made. */
export class PlanBuilder {
  /** Set before the first operation of a plan whose gradients will be asked for. */
  tape: Tape | undefined;
  #steps: Step[] = [];
  #tensors: Tensor[] = [];
  #textures: Texture[] = [];
  #pooledTextures: Texture[] = [];
  #buffers: GPUBuffer[] = [];
  #scratch = new Map<TensorStorage, Use | undefined>();
  /** For each step what it reads, and what it writes or adds to. */
  #uses: { readonly read: readonly TensorStorage[]; readonly written: readonly TensorStorage[] }[] = [];
  /** Scratch, kept or not, that no step has written yet. */
  #unwritten = new Set<TensorStorage>();
  #written = new Set<TensorStorage>();
  #kept: MemoryBlock[] = [];
  #claim: ScratchClaim | undefined;
  #claimed = new Map<TensorStorage, ScratchPlace>();
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
    this.#unwritten.add(tensor.storage);
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
   * @throws WiringError, ShapeError when it does not fit its kernel; UnwrittenScratchError when it reads scratch that nothing has written, or adds to it;
   * ScratchAccessError for scratch of another plan
   */
  dispatch(description: DispatchDescription): void {
    this.#expectOpen();
    const dispatch = checkedDispatch(description, this.host);
    const { kernel, bindings, textures, copiedParams } = dispatch;
    const bound = Object.entries(bindings).map(([name, { storage }]) => ({
      storage,
      access: kernel.access.get(name)!,
    }));
    const params = copiedParams.map(({ from: { storage } }) => ({ storage, access: 'read' as const }));
    const used = Object.entries(textures);
    const isWritten = ([name]: [string, Texture]) => kernel.text.writtenTextures.has(name);
    this.#append(dispatch, kernel.name, [...bound, ...params], {
      reads: used.filter((use) => !isWritten(use)).map(([, texture]) => texture),
      writes: used.filter(isWritten).map(([, texture]) => texture),
    });
  }

  /**
   * Appends a step that fills a tensor with zeros, padding included: before kernels add to it.
   * @throws ScratchAccessError for scratch of another plan
   */
  fill<T extends Tensor>(tensor: T): T {
    this.#expectOpen();
    this.#append({ from: undefined, to: tensor }, 'fill', [{ storage: tensor.storage, access: 'write' }]);
    this.record({ inputs: [], outputs: [tensor], backward: () => [] });
    return tensor;
  }

  /**
   * Appends a step that copies a tensor to another of the same shape and format.
   * @throws ShapeError, WiringError; as {@link dispatch}
   */
  copy<T extends Tensor>(from: Tensor, to: T): T {
    this.#expectOpen();
    expectShape(to, from.shape, 'copy');
    if (from.format !== to.format || from.storage === to.storage) {
      throw new WiringError(
        `copy: "${from.label}" holds ${from.format}, and cannot be copied to "${to.label}" of ${to.format}`,
      );
    }
    this.#append({ from, to }, 'copy', [
      { storage: from.storage, access: 'read' },
      { storage: to.storage, access: 'write' },
    ]);
    this.record({ inputs: [from], outputs: [to], backward: ([gradient]) => [gradient] });
    return to;
  }

  /** Notes what the operation that calls it has done, and how to go back, if there is a {@link tape}. */
  record<const Inputs extends readonly Tensor[], const Outputs extends readonly Tensor[]>(
    operation: Operation<Inputs, Outputs>,
  ): void {
    this.tape?.record(operation);
  }

  get dispatchCount(): number {
    return this.#steps.filter((step) => 'kernel' in step).length;
  }

  /** What a device would compile for the dispatches, each text once. */
  get kernelTexts(): ReadonlySet<string> {
    return new Set(this.#steps.flatMap((step) => ('kernel' in step ? [finalText(step.kernel, formatsOf(step))] : [])));
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
    const wholePlan = { first: 0, last: this.#steps.length };
    for (const [storage, use] of this.#scratch) {
      if (!use) continue; // nobody uses it
      storages.push(storage);
      tensors.push({ label: storage.label, bytes: storage.bytes, ...(this.#sharesScratch ? use : wholePlan) });
    }
    // A plan that learns holds what its forward part has computed until the way back has read it: buffers that tensors only take in turns stay half empty.
    const apart = this.tape && this.#apart(storages);
    const claim = this.#pool.claim(tensors, { textures: this.#pooledTextures, apart });
    this.#claim = claim;
    storages.forEach((storage, index) => {
      this.#claimed.set(storage, claim.places[index]!);
    });
  }

  /** For each tensor those that some step reads while it writes it, or the other way round. */
  #apart(storages: readonly TensorStorage[]): ReadonlySet<number>[] {
    const indexOf = new Map(storages.map((storage, index) => [storage, index]));
    const apart = storages.map(() => new Set<number>());
    for (const { read, written } of this.#uses) {
      for (const from of read) {
        for (const to of written) {
          const [a, b] = [indexOf.get(from), indexOf.get(to)];
          if (a === undefined || b === undefined) continue;
          apart[a]!.add(b);
          apart[b]!.add(a);
        }
      }
    }
    return apart;
  }

  /**
   * Compiles all kernels side by side. Of a plan that is wired against a survey this is done ahead: the device keeps what is compiled, and the
   * same network, wired for the device, finds it there.
   * @returns a pipeline for each step that is a dispatch
   * @throws KernelCompileError
   */
  compile(gpu: Gpu): Promise<(GPUComputePipeline | undefined)[]> {
    return Promise.all(
      this.#steps.map((step) => ('kernel' in step ? gpu.kernels.pipeline(step.kernel, formatsOf(step)) : undefined)),
    );
  }

  /** {@link compile Compiles} and makes the bind groups. @throws BufferLimitError, KernelCompileError, SurveyedPlanError */
  async build(): Promise<Plan> {
    const { host } = this;
    try {
      if (!(host instanceof Gpu)) throw new SurveyedPlanError(this.stage);
      this.reserve();
      const pipelines = await this.compile(host);
      const ready = this.#steps.map((step, index) => this.#ready(host, step, pipelines[index]));
      return new Plan(host, this.stage, ready, {
        tensors: this.#tensors,
        textures: this.#textures,
        buffers: this.#buffers,
        scratch: this.#claim!,
        written: [...this.#kept, ...[...this.#claimed.values()].map(({ block }) => block)],
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
    if (this.#claim) throw new PlanClosedError(this.stage);
  }

  #append(
    step: Step,
    name: string,
    uses: readonly StorageUse[],
    textures: Pick<MemoryUse, 'reads' | 'writes'> = { reads: [], writes: [] },
  ): void {
    const now = this.#steps.length;
    for (const { storage, access } of uses) this.#expectReady(storage, access, name);
    for (const { storage, access } of uses) {
      if (access !== 'read') {
        this.#unwritten.delete(storage);
        this.#written.add(storage);
      }
      if (storage.isScratch) this.#scratch.set(storage, { first: this.#scratch.get(storage)?.first ?? now, last: now });
    }
    this.#steps.push(step);
    const storages = (does: (access: BindingAccess) => boolean) =>
      uses.filter(({ access }) => does(access)).map(({ storage }) => storage);
    this.#uses.push({
      read: storages((access) => access === 'read'),
      written: storages((access) => access !== 'read'),
    });
    this.tape?.note({
      step: name,
      reads: [...storages((access) => access !== 'write'), ...textures.reads],
      writes: [...storages((access) => access !== 'read'), ...textures.writes],
    });
  }

  #expectReady(storage: TensorStorage, access: BindingAccess, step: string): void {
    if (storage.isScratch && !this.#scratch.has(storage)) throw new ScratchAccessError(storage.label);
    if (access === 'write' || !this.#unwritten.has(storage)) return;
    throw new UnwrittenScratchError(storage.label, step, access === 'read' ? 'reads' : 'accumulates into');
  }

  #ready(gpu: Gpu, step: Step, pipeline: GPUComputePipeline | undefined): ReadyStep {
    const placeOf = (storage: TensorStorage): BufferPlace => {
      const claimed = this.#claimed.get(storage);
      return claimed
        ? { buffer: claimed.block.buffer!, offset: claimed.offset }
        : { buffer: storage.buffer, offset: 0 };
    };
    if (!('kernel' in step)) {
      const { from, to } = step;
      const source = from && placeOf(from.storage);
      return { transfers: [{ source, target: placeOf(to.storage), bytes: to.storage.bytes }] };
    }
    const dispatch = bindDispatch(gpu, step, pipeline!, placeOf);
    if (dispatch.paramsBuffer) this.#buffers.push(dispatch.paramsBuffer);
    const copies = step.copiedParams.map(({ byteOffset: offset, from: { storage } }) => ({
      isFixed: !this.#written.has(storage),
      transfer: { source: placeOf(storage), target: { buffer: dispatch.paramsBuffer!, offset }, bytes: 4 },
    }));
    const transfersOf = (isFixed: boolean) =>
      copies.filter((copy) => copy.isFixed === isFixed).map(({ transfer }) => transfer);
    return { dispatch, transfers: transfersOf(false), earlyTransfers: transfersOf(true) };
  }
}

interface StorageUse {
  readonly storage: TensorStorage;
  readonly access: BindingAccess;
}

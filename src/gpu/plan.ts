/**
 * A plan: a fixed list of dispatches with all their buffers and bind groups made beforehand. Networks are written as ordinary function
 * calls on a {@link PlanBuilder} (`x = modulatedConv(plan, {...})`), once; running the plan then only records commands, with no
 * allocation. What changes from run to run (latent code, camera, truncation) is a tensor that the owner writes before.
 */
import type { Gpu } from './device';
import { ShapeError } from './errors';
import { encodeParams, type Kernel, type KernelConstants, type KernelParams } from './kernel';
import { createTensor, destroyTensor, type Tensor, uploadTensor } from './tensor';

/** One dispatch as a pipeline wrapper describes it. */
export interface DispatchDescription {
  readonly kernel: Kernel;
  /** Tensor for each storage binding, by the name in the shader. */
  readonly bindings: Readonly<Record<string, Tensor>>;
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

/** Collects the dispatches of one stage. Call {@link PlanBuilder.build} once; a builder that fails frees what it made. */
export class PlanBuilder {
  #dispatches: DispatchDescription[] = [];
  #tensors: Tensor[] = [];
  #buffers: GPUBuffer[] = [];

  /** @param stage name under which time and dispatches are counted, for example "tri-planes" */
  constructor(
    readonly gpu: Gpu,
    readonly stage: string,
  ) {}

  /** A tensor of zeros that belongs to the plan. */
  tensor(label: string, shape: readonly number[]): Tensor {
    const tensor = createTensor(this.gpu, label, shape);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** A tensor with fixed values that belongs to the plan; `values` without padding. */
  constant(label: string, shape: readonly number[], values: ArrayLike<number>): Tensor {
    const tensor = uploadTensor(this.gpu, label, shape, values);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** Appends a dispatch. @throws ShapeError when a name is not in the shader or the grid is too large */
  dispatch(description: DispatchDescription): void {
    const { kernel, bindings, workgroups } = description;
    for (const name of kernel.bindings.keys()) {
      if (!bindings[name]) throw new ShapeError(`kernel "${kernel.name}": nothing is bound to "${name}"`);
    }
    for (const name of Object.keys(bindings)) {
      if (!kernel.bindings.has(name)) throw new ShapeError(`kernel "${kernel.name}" has no binding "${name}"`);
    }
    const limit = this.gpu.device.limits.maxComputeWorkgroupsPerDimension;
    if (workgroups.some((count) => count !== undefined && (count > limit || count < 1))) {
      throw new ShapeError(
        `kernel "${kernel.name}": a grid of [${workgroups}] workgroups; the device allows 1 to ${limit}`,
      );
    }
    this.#dispatches.push(description);
  }

  /** Compiles all kernels side by side and makes the bind groups. */
  async build(): Promise<Plan> {
    try {
      const pipelines = await Promise.all(
        this.#dispatches.map(({ kernel, constants }) => this.gpu.kernels.pipeline(kernel, constants)),
      );
      const ready = this.#dispatches.map((dispatch, index) => this.#bind(dispatch, pipelines[index]!));
      return new Plan(this.gpu, this.stage, ready, this.#tensors, this.#buffers);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Frees what was made, for a plan that will not be built after all. */
  discard(): void {
    for (const tensor of this.#tensors.splice(0)) destroyTensor(this.gpu, tensor);
    for (const buffer of this.#buffers.splice(0)) this.gpu.memory.release(buffer);
  }

  #bind(dispatch: DispatchDescription, pipeline: GPUComputePipeline): ReadyDispatch {
    const { kernel, bindings, params, workgroups } = dispatch;
    const entries: GPUBindGroupEntry[] = [];
    for (const [name, binding] of kernel.bindings)
      entries.push({ binding, resource: { buffer: bindings[name]!.buffer } });
    if (kernel.paramsBinding !== undefined) {
      const bytes = encodeParams(kernel, params ?? {});
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      const buffer = this.gpu.memory.create(`${kernel.name} params`, bytes.byteLength, usage);
      this.gpu.device.queue.writeBuffer(buffer, 0, bytes);
      this.#buffers.push(buffer);
      entries.push({ binding: kernel.paramsBinding, resource: { buffer } });
    }
    const bindGroup = this.gpu.device.createBindGroup({
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

/** A built plan. Owns the tensors that its builder made. */
export class Plan {
  #destroyed = false;

  constructor(
    readonly gpu: Gpu,
    readonly stage: string,
    private readonly dispatches: readonly ReadyDispatch[],
    private readonly tensors: readonly Tensor[],
    private readonly buffers: readonly GPUBuffer[],
  ) {}

  get dispatchCount(): number {
    return this.dispatches.length;
  }

  /** Appends the plan's dispatches to an open compute pass. Dispatches of one pass see each other's writes, in order. */
  encode(pass: GPUComputePassEncoder): void {
    for (const { pipeline, bindGroup, workgroups } of this.dispatches) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
    this.gpu.countDispatches(this.stage, this.dispatches.length);
  }

  /** Frees the plan's tensors. Calling it again does nothing. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const tensor of this.tensors) destroyTensor(this.gpu, tensor);
    for (const buffer of this.buffers) this.gpu.memory.release(buffer);
  }
}

/** What a `PlanBuilder` (plan.ts) builds: the steps of a plan with all that the device needs for them, to be recorded as often as one likes. */
import type { Gpu } from './device';
import type { BoundDispatch, BufferPlace } from './dispatch';
import type { ScratchClaim } from './scratch-pool';
import { spoilMemory } from './spoil';
import { destroyTensor, type Tensor } from './tensor';
import type { MemoryBlock } from './tensor-host';
import type { Texture } from './texture';

/** Copies bytes, or fills them with zeros where there is no source. */
interface ReadyTransfer {
  readonly source: BufferPlace | undefined;
  readonly target: BufferPlace;
  readonly bytes: number;
}

export interface ReadyStep {
  readonly dispatch?: BoundDispatch;
  /** Right before the dispatch. They end a compute pass: within one WebGPU has no transfers. */
  readonly transfers: readonly ReadyTransfer[];
  /** From what no step of the plan writes: done before the first compute pass, so that none has to end for them. */
  readonly earlyTransfers?: readonly ReadyTransfer[];
}

/** What a plan frees when it is destroyed. */
interface PlanMemory {
  readonly tensors: readonly Tensor[];
  readonly textures: readonly Texture[];
  readonly buffers: readonly GPUBuffer[];
  readonly scratch: ScratchClaim;
  /** Scratch and kept results: what the steps write before they read it. */
  readonly written: readonly MemoryBlock[];
}

/** Some consecutive steps of a plan: from the one numbered `from` up to, and without, the one numbered `to`. */
export interface PlanPart {
  readonly from: number;
  readonly to: number;
}

/** How a plan is to be recorded. */
export interface PlanEncoding {
  /** Default: the whole plan. */
  readonly part?: PlanPart | undefined;
  /** How often, one after the other. Default: once. */
  readonly times?: number | undefined;
  /** Written at the beginning of the first compute pass and at the end of the last. */
  readonly timestamps?: Required<GPUComputePassTimestampWrites> | undefined;
}

/** Dispatches of one compute pass, and the transfers before it. */
interface Pass {
  readonly transfers: ReadyTransfer[];
  readonly dispatches: BoundDispatch[];
}

/** A built plan. Owns the tensors that its builder made. */
export class Plan {
  #destroyed = false;

  constructor(
    readonly gpu: Gpu,
    readonly stage: string,
    private readonly steps: readonly ReadyStep[],
    private readonly memory: PlanMemory,
  ) {}

  /** Dispatches, fills and copies. */
  get stepCount(): number {
    return this.steps.length;
  }

  get dispatchCount(): number {
    return this.steps.filter(({ dispatch }) => dispatch).length;
  }

  /**
   * Appends the plan's steps, or some of them: in one compute pass, or in several if fills and copies stand between dispatches. Steps see the
   * writes of those before them, in order. Parts that are submitted one by one must follow each other without a gap, and no other plan of the
   * same scratch pool may run between them.
   */
  encode(encoder: GPUCommandEncoder, { part, times = 1, timestamps }: PlanEncoding = {}): void {
    const steps = part ? this.steps.slice(part.from, part.to) : this.steps;
    const passes = passesOf(steps, times);
    const withDispatches = passes.filter(({ dispatches }) => dispatches.length > 0);
    for (const pass of passes) {
      for (const { source, target, bytes } of pass.transfers) {
        const { buffer, offset } = target;
        if (source) encoder.copyBufferToBuffer(source.buffer, source.offset, buffer, offset, bytes);
        else encoder.clearBuffer(buffer, offset, bytes);
      }
      if (pass.dispatches.length === 0) continue;
      const isFirst = pass === withDispatches[0];
      const isLast = pass === withDispatches.at(-1);
      const timestampWrites = timestamps && (isFirst || isLast) && ends(timestamps, isFirst, isLast);
      const compute = encoder.beginComputePass({ label: this.stage, ...(timestampWrites && { timestampWrites }) });
      for (const { pipeline, bindGroup, workgroups } of pass.dispatches) {
        compute.setPipeline(pipeline);
        compute.setBindGroup(0, bindGroup);
        compute.dispatchWorkgroups(...workgroups);
      }
      compute.end();
      this.gpu.countDispatches(this.stage, pass.dispatches.length);
    }
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

function passesOf(steps: readonly ReadyStep[], times: number): Pass[] {
  let pass: Pass = { transfers: steps.flatMap(({ earlyTransfers = [] }) => earlyTransfers), dispatches: [] };
  const passes = [pass];
  for (let time = 0; time < times; time++) {
    for (const { dispatch, transfers } of steps) {
      if (transfers.length > 0 && pass.dispatches.length > 0) {
        pass = { transfers: [], dispatches: [] };
        passes.push(pass);
      }
      pass.transfers.push(...transfers);
      if (dispatch) pass.dispatches.push(dispatch);
    }
  }
  return passes;
}

/** The timestamps of a stage that a pass writes, if it is the first, the last, or both. */
function ends(
  { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex }: Required<GPUComputePassTimestampWrites>,
  isFirst: boolean,
  isLast: boolean,
): GPUComputePassTimestampWrites {
  return { querySet, ...(isFirst && { beginningOfPassWriteIndex }), ...(isLast && { endOfPassWriteIndex }) };
}

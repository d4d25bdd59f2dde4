/** Our own contender: a plan that counts what its dispatches bind. */
import type { Gpu } from '../src/gpu/device';
import { type DispatchDescription, type Plan, PlanBuilder } from '../src/gpu/plan';
import { Recorder } from '../src/gpu/recorder';
import { readTensor, type Tensor } from '../src/gpu/tensor';
import { StageTimer } from '../src/gpu/timing';
import type { Contender, Racer } from './racer';

/** A builder that also adds up the bytes of every tensor and texture that a dispatch binds. */
export class CountingBuilder extends PlanBuilder {
  #boundBytes = 0;

  get boundBytes(): number {
    return this.#boundBytes;
  }

  override dispatch(description: DispatchDescription): void {
    super.dispatch(description);
    const { bindings, textures = {} } = description;
    for (const storage of new Set(Object.values(bindings).map((tensor) => tensor.storage))) {
      this.#boundBytes += storage.bytes;
    }
    for (const { block } of new Set(Object.values(textures))) this.#boundBytes += block.bytes;
  }
}

/** What a wired case gives: the tensor to be checked, or a function that reads it in the layout of the case. */
export type WiredOutput = Tensor | (() => Promise<Float32Array>);

/** Trifold's contender, from the function calls that wire it. Its tensors are made by the plan and freed with it. */
export function trifoldContender(
  gpu: Gpu,
  name: string,
  wire: (plan: CountingBuilder) => WiredOutput | Promise<WiredOutput>,
): Contender {
  return {
    name,
    async open() {
      const before = gpu.memory.bytesInUse;
      const builder = new CountingBuilder(gpu, name);
      let output: WiredOutput;
      try {
        output = await wire(builder);
      } catch (error) {
        builder.discard();
        throw error;
      }
      if (typeof output !== 'function') builder.keep(output);
      const plan = await builder.build();
      const work = {
        dispatches: plan.dispatchCount,
        bytes: builder.boundBytes,
        memoryBytes: gpu.memory.bytesInUse - before,
      };
      const read = typeof output === 'function' ? output : readerOf(gpu, output);
      return { ...planRunner(gpu, plan), work, output: read };
    },
  };
}

const readerOf = (gpu: Gpu, tensor: Tensor) => () => readTensor(gpu, tensor);

/** Runs a plan, one submit a run; the last of several is timed on the device, where that can be. */
export function planRunner(gpu: Gpu, plan: Plan): Pick<Racer, 'run' | 'close' | 'deviceMilliseconds'> {
  let noteResult = () => {};
  const timer = StageTimer.create(gpu, () => noteResult());
  return {
    async run(repeats) {
      const timed = new Promise<void>((resolve) => {
        noteResult = resolve;
      });
      for (let repeat = 1; repeat <= repeats; repeat++) {
        const recorder = new Recorder(gpu, repeat === repeats ? timer : undefined);
        recorder.run(plan);
        recorder.submit();
      }
      await gpu.finished();
      if (timer) await Promise.race([timed, gpu.lost]);
    },
    deviceMilliseconds: () => timer?.milliseconds.get(plan.stage),
    async close() {
      timer?.destroy();
      plan.destroy();
    },
  };
}

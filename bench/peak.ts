/** How many f32 multiply-adds the device can do at best, measured: what GFLOP/s of the kernels are compared with. */
import type { Gpu } from '../src/gpu/device';
import { defineKernel } from '../src/gpu/kernel';
import { PlanBuilder } from '../src/gpu/plan';
import { measure } from './clock';
import { planRunner } from './counting-plan';
import peakFmaShader from './peak-fma.wgsl';
import type { PeakRunner } from './racer';

const KERNEL = defineKernel(peakFmaShader);
const FLOPS_PER_ITERATION = 512;
const THREADS_PER_WORKGROUP = 64;
/** Enough threads to fill any card; a processor has no use for so many. */
const WORKGROUPS = { software: 256, hardware: 16_384 };
const FIRST_ITERATIONS = 64;
const LEAST_MILLISECONDS = 50;
const MOST_ITERATIONS = 2 ** 20;
const REPEATS = 3;

/** Finds out how long a run must be to be timed well. */
export async function openPeak(gpu: Gpu): Promise<PeakRunner> {
  const workgroups = WORKGROUPS[gpu.adapter.isSoftware ? 'software' : 'hardware'];
  for (let iterations = FIRST_ITERATIONS; ; iterations *= 4) {
    const builder = new PlanBuilder(gpu, 'peak');
    const output = builder.keep(builder.scratch('peak', [workgroups * THREADS_PER_WORKGROUP, 4]));
    builder.dispatch({
      kernel: KERNEL,
      bindings: { output },
      constants: { ITERATIONS: iterations },
      workgroups: [workgroups],
    });
    const runner = planRunner(gpu, await builder.build());
    await runner.run(1);
    const { wall } = await measure(async () => undefined, 1, runner.run);
    if (wall < LEAST_MILLISECONDS && iterations < MOST_ITERATIONS) {
      await runner.close();
      continue;
    }
    return {
      flops: iterations * FLOPS_PER_ITERATION * workgroups * THREADS_PER_WORKGROUP,
      async sample(clock) {
        const cost = await measure(clock, REPEATS, runner.run);
        return { ...cost, device: runner.deviceMilliseconds?.() };
      },
      close: runner.close,
    };
  }
}

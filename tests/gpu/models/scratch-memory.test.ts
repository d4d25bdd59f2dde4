/** Scratch memory on a device: networks compute the same with and without sharing it, and take less. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ScratchAccessError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { ScratchPool } from '../../../src/gpu/scratch-pool';
import { readTensor, type Tensor } from '../../../src/gpu/tensor';
import type { TensorHost } from '../../../src/gpu/tensor-host';
import { biasAct } from '../../../src/pipelines/dense/bias-act';
import { startTape } from '../../../src/pipelines/gradients';
import { blend, resizeBilinear } from '../../../src/pipelines/resampling/resize';
import { testGpu } from '../support';

/** One step of a random network: what it does, and how far back its two operands were made. */
const step = fc.record({
  kind: fc.constantFrom('blend', 'activate', 'resize'),
  first: fc.integer({ min: 1, max: 5 }),
  second: fc.integer({ min: 1, max: 9 }),
  side: fc.integer({ min: 1, max: 12 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const CHANNELS = 6;

/** Wires the network; every `keepEvery`-th tensor is a result, and so is the last. */
function wire(plan: PlanBuilder, steps: readonly Step[], keepEvery: number): Tensor[] {
  const input = Float32Array.from({ length: 25 * CHANNELS }, (_, k) => Math.sin(k));
  const made = [plan.constant('input', [1, 5, 5, CHANNELS], input)];
  const bias = plan.constant('bias', [CHANNELS], [0.1, -0.2, 0.3, 0, 0.5, -0.1]);
  const ago = (distance: number) => made[Math.max(0, made.length - distance)]!;
  for (const { kind, first, second, side } of steps) {
    const x = ago(first);
    const [, height, width] = x.shape;
    if (kind === 'resize') made.push(resizeBilinear(plan, x, { height: side, width: 13 - side, antialias: false }));
    else if (kind === 'activate') made.push(biasAct(plan, x, bias, { activation: 'lrelu' }));
    else {
      const y = resizeBilinear(plan, ago(second), { height: height!, width: width!, antialias: true });
      made.push(blend(plan, x, y, 0.3));
    }
  }
  const results = made.filter((_, index) => index % keepEvery === 0 || index === made.length - 1);
  return results.map((tensor) => plan.keep(tensor));
}

type Sharing = 'apart' | 'in turns' | 'side by side';

async function run(steps: readonly Step[], keepEvery: number, sharing: Sharing) {
  const gpu = await testGpu();
  const before = gpu.memory.bytesInUse;
  const wiredOn = (host: TensorHost) => {
    const pool = new ScratchPool(host);
    const builder = new PlanBuilder(host, 'random network', { pool, sharesScratch: sharing !== 'apart' });
    if (sharing === 'side by side') startTape(builder);
    return { pool, builder, results: wire(builder, steps, keepEvery) };
  };
  const { pool, builder, results } = wiredOn(gpu);
  const plan = await builder.build();
  const bytes = gpu.memory.bytesInUse - before;
  const surveyed = wiredOn(new MemorySurvey(gpu));
  surveyed.builder.reserve();
  expect(surveyed.pool.bytes).toBe(pool.bytes);
  plan.spoil();
  for (let times = 0; times < 2; times++) {
    const recorder = new Recorder(gpu); // the second run finds what the first has left
    recorder.run(plan);
    recorder.submit();
  }
  const values: Float32Array[] = [];
  for (const tensor of results) values.push(await readTensor(gpu, tensor));
  plan.destroy();
  expect(gpu.memory.bytesInUse).toBe(before);
  return { bytes, values };
}

it('random networks compute the same with shared scratch memory, in less of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 2, max: 30 }),
      async (steps, keepEvery) => {
        const shared = await run(steps, keepEvery, 'in turns');
        const separate = await run(steps, keepEvery, 'apart');
        const packed = await run(steps, keepEvery, 'side by side');
        expect(shared.values).toEqual(separate.values);
        expect(packed.values).toEqual(separate.values);
        expect(packed.bytes).toBeLessThanOrEqual(shared.bytes);
        expect(shared.values.every((values) => values.every(Number.isFinite))).toBe(true);
        expect(shared.bytes).toBeLessThanOrEqual(separate.bytes);
        if (steps.length > 12 && keepEvery > 12) expect(shared.bytes).toBeLessThan(separate.bytes);
      },
    ),
    { numRuns: 25, seed: 3 },
  );
});

it('spoiling shows what a plan does not write', async () => {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'idle');
  const untouched = builder.keep(builder.scratch('untouched', [5]));
  const plan = await builder.build();
  plan.spoil();
  expect([...(await readTensor(gpu, untouched))]).toEqual(Array(5).fill(Number.NaN));
  plan.destroy();
});

it('scratch cannot be read back', async () => {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'forgetful');
  const x = builder.tensor('x', [4]);
  const forgotten = blend(builder, x, x, 0.5);
  const plan = await builder.build();
  await expect(readTensor(gpu, forgotten)).rejects.toThrow(ScratchAccessError);
  plan.destroy();
});

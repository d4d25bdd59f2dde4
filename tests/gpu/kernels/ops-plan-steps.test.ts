/** Steps of a plan that are no dispatches (fills, copies), and parameters that are tensors, on a device. */
import { describe, expect, it } from 'vitest';
import { ShapeError, WiringError } from '../../../src/gpu/errors';
import { type Plan, PlanBuilder } from '../../../src/gpu/plan';
import { Recorder } from '../../../src/gpu/recorder';
import { readTensor, type Tensor, writeTensor } from '../../../src/gpu/tensor';
import { StageTimer } from '../../../src/gpu/timing';
import { add, addScaledInto } from '../../../src/pipelines/dense/add';
import { testGpu } from '../support';

const SHAPE = [2, 3];
const X = [1, 2, 3, 4, 5, 6];
const times = (factor: number) => X.map((value) => value * factor);

/** Builds a plan with x = 1..6, runs it in spoiled memory, or by parts of so many steps, and hands over what else the test wants. */
async function built(wire: (plan: PlanBuilder, x: Tensor) => Tensor) {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'steps');
  const output = builder.keep(wire(builder, builder.constant('x', SHAPE, X)));
  const plan = await builder.build();
  plan.spoil();
  const run = async (stepsOfPart = plan.stepCount) => {
    gpu.device.pushErrorScope('validation');
    for (let from = 0; from < plan.stepCount; from += stepsOfPart) {
      const recorder = new Recorder(gpu);
      recorder.run(plan, { from, to: Math.min(plan.stepCount, from + stepsOfPart) });
      recorder.submit();
    }
    const error = await gpu.device.popErrorScope();
    if (error) throw new Error(error.message);
    return [...(await readTensor(gpu, output))];
  };
  return { gpu, plan, run };
}

/** Notes the timestamps of each compute pass that an encoder begins. */
function watchPasses(encoder: GPUCommandEncoder) {
  const begin = encoder.beginComputePass.bind(encoder);
  const passes: (readonly (number | undefined)[])[] = [];
  encoder.beginComputePass = (descriptor) => {
    const { beginningOfPassWriteIndex, endOfPassWriteIndex } = descriptor?.timestampWrites ?? {};
    passes.push([beginningOfPassWriteIndex, endOfPassWriteIndex]);
    return begin(descriptor);
  };
  return passes;
}

/** Compute passes that recording a plan begins. */
function passesOf(plan: Plan): number {
  const encoder = plan.gpu.device.createCommandEncoder();
  const passes = watchPasses(encoder);
  plan.encode(encoder);
  encoder.finish();
  return passes.length;
}

describe('a plan with fills and copies', () => {
  const wire = (plan: PlanBuilder, x: Tensor) => {
    const sum = plan.fill(plan.scratch('sum', SHAPE));
    addScaledInto(plan, sum, x, 2);
    addScaledInto(plan, sum, x, 3);
    const copy = plan.copy(sum, plan.scratch('copy', SHAPE));
    addScaledInto(plan, sum, x, 100);
    return add(plan, copy, x);
  };

  it('gives the same in each run, and in parts of any length', async () => {
    const { plan, run } = await built(wire);
    expect(plan.stepCount).toBe(6);
    for (const stepsOfPart of [6, 1, 2, 4]) expect(await run(stepsOfPart)).toEqual(times(6));
    plan.destroy();
  });

  it('counts its dispatches alone', async () => {
    const { gpu, plan, run } = await built(wire);
    const before = gpu.statistics.dispatches.steps ?? 0;
    await run(1);
    expect(gpu.statistics.dispatches.steps! - before).toBe(4);
    expect(plan.dispatchCount).toBe(4);
    plan.destroy();
  });

  it('takes a compute pass between any two of them, and one without', async () => {
    const { plan } = await built(wire);
    const { plan: plain } = await built((builder, x) => add(builder, add(builder, x, x), x));
    expect([passesOf(plan), passesOf(plain)]).toEqual([2, 1]);
    plan.destroy();
    plain.destroy();
  });

  it('is timed as one stage, from the beginning of its first pass to the end of its last', async () => {
    const { gpu, plan } = await built(wire);
    let arrived = () => {};
    const timer = StageTimer.create(gpu, () => arrived());
    if (!timer) return; // no device of the tests is without, but a driver may be
    const timed = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    gpu.device.pushErrorScope('validation');
    const recorder = new Recorder(gpu, timer);
    const passes = watchPasses(recorder.encoder);
    recorder.repeat(plan, 2);
    recorder.submit();
    expect(passes).toEqual([
      [0, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, 1],
    ]);
    await timed;
    expect((await gpu.device.popErrorScope())?.message).toBeUndefined();
    expect([...timer.milliseconds.keys()]).toEqual(['steps']);
    timer.destroy();
    plan.destroy();
  });

  it('copies only between tensors of one shape, and none to itself', async () => {
    const builder = new PlanBuilder(await testGpu(), 'steps');
    const x = builder.tensor('x', SHAPE);
    expect(() => builder.copy(x, builder.tensor('y', [3, 2]))).toThrow(ShapeError);
    expect(() => builder.copy(x, x)).toThrow(WiringError);
    builder.discard();
  });
});

describe('a parameter that is a tensor', () => {
  it('is what the tensor holds when the plan runs, in one compute pass', async () => {
    let scale: Tensor | undefined;
    const { gpu, plan, run } = await built((builder, x) => {
      scale = builder.tensor('scale', [1]);
      const sum = builder.keep(builder.scratch('sum', SHAPE));
      builder.fill(sum);
      addScaledInto(builder, sum, x, scale);
      addScaledInto(builder, sum, x, scale);
      return sum;
    });
    for (const factor of [0.5, -2]) {
      writeTensor(gpu, scale!, [factor]);
      expect(await run()).toEqual(times(2 * factor));
    }
    expect(passesOf(plan)).toBe(1);
    plan.destroy();
  });

  it('may be computed by the plan, right before', async () => {
    const { plan, run } = await built((builder, x) => {
      const two = builder.constant('two', [1], [2]);
      const four = add(builder, two, two);
      const sum = builder.fill(builder.scratch('sum', SHAPE));
      addScaledInto(builder, sum, x, four);
      addScaledInto(builder, four, two, 1);
      addScaledInto(builder, sum, x, four); // six by now
      return sum;
    });
    for (const stepsOfPart of [plan.stepCount, 1]) expect(await run(stepsOfPart)).toEqual(times(10));
    plan.destroy();
  });

  it('is one f32 number, for an f32 field, that something has written', async () => {
    const builder = new PlanBuilder(await testGpu(), 'steps');
    const x = builder.tensor('x', SHAPE);
    expect(() => addScaledInto(builder, x, builder.tensor('y', SHAPE), x)).toThrow(/"x" \[2,3\] of f32 for "scale"/);
    expect(() => addScaledInto(builder, x, x, builder.scratch('unknown', [1]))).toThrow(/reads "unknown"/);
    const half = builder.constant('half', [1], [1], 'f16');
    expect(() => addScaledInto(builder, x, builder.tensor('y', SHAPE), half)).toThrow(ShapeError);
    builder.discard();
  });
});

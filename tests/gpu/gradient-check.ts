/**
 * Gradients of the tape beside numerical ones: the loss L is the sum of an operation's results, each times a fixed random number, and
 *
 *   dL/dx = (L(x + e) - L(x - e)) / 2e  up to the third derivative times e^2 / 6.
 *
 * The results are f32 and are added up in double precision, so that with e = 2^-7 both errors of the quotient stay near 1e-5 for numbers
 * around 1. Inputs are multiples of 2^-10, for x + e and x - e to be exact. Where half the step gives another quotient there is a kink
 * between (a ReLU's, or a clamp's): no derivative tells what happens there, and the number is left out.
 */
import { expect } from 'vitest';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import type { Tape } from '../../src/gpu/tape';
import { elementCount, readTensor, type Tensor, writeTensor } from '../../src/gpu/tensor';
import { startTape } from '../../src/pipelines/gradients';
import { randomValues } from './conv-cases';
import { readChecked, testGpu } from './support';

const STEP = 2 ** -7;
const GRID = 2 ** 10;

/** How far quotients of the two steps are apart at most, in parts of the largest gradient, where there is no kink. */
const SMOOTH = 2e-3;

/** Largest relative error of a right gradient: some ten times what the quotients' own errors come to. A factor or a sign is an error of order 1. */
export const GRADIENT_TOLERANCE = 1e-3;

/** Numbers of each input that are changed, evenly spread. */
const CHECKED = 6;

/** One number of an input. */
export interface GradientRow {
  readonly parameter: string;
  readonly numerical: number;
  readonly analytical: number;
  /** Their difference, in parts of the largest gradient of the input. */
  readonly relativeError: number;
}

/** Appends an operation and returns its result. */
export type WiredOperation = (plan: PlanBuilder, inputs: Record<string, Tensor>, tape: Tape) => Tensor;

/** @param shapes of the inputs, whose values are drawn from -1..1 by `seed` */
export async function gradientRows(
  shapes: Readonly<Record<string, readonly number[]>>,
  wire: WiredOperation,
  seed = 1,
): Promise<GradientRow[]> {
  const gpu = await testGpu();
  const builder = new PlanBuilder(gpu, 'gradient check');
  const tape = startTape(builder);
  const inputs = Object.entries(shapes).map(([name, shape], index) => ({
    name,
    tensor: builder.tensor(name, shape),
    values: randomValues(elementCount(shape), seed + index).map((value) => Math.round(value * GRID) / GRID),
  }));
  const y = builder.keep(wire(builder, Object.fromEntries(inputs.map(({ name, tensor }) => [name, tensor])), tape));
  const factors = randomValues(elementCount(y.shape), seed + 100);
  const seeds = [{ of: y, gradient: builder.constant('factors', y.shape, factors) }];
  const wanted = inputs.map(({ tensor }) => tensor);
  const gradients = tape.gradients(seeds, wanted).map((gradient, index) => {
    return builder.keep(gradient ?? expect.fail(`no gradient for ${inputs[index]!.name}`));
  });
  const plan = await builder.build();
  plan.spoil();

  const loss = async () => {
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    return (await readTensor(gpu, y)).reduce((sum, value, index) => sum + value * factors[index]!, 0);
  };
  const quotient = async (tensor: Tensor, values: Float32Array, at: number, step: number) => {
    const lossAt = (value: number) => {
      writeTensor(gpu, tensor, values.with(at, value));
      return loss();
    };
    return ((await lossAt(values[at]! + step)) - (await lossAt(values[at]! - step))) / (2 * step);
  };

  for (const { tensor, values } of inputs) writeTensor(gpu, tensor, values);
  await loss();
  const rows: GradientRow[] = [];
  const analyticals = [];
  for (const gradient of gradients) analyticals.push(await readChecked(gpu, gradient));
  for (const [index, { name, tensor, values }] of inputs.entries()) {
    const analytical = analyticals[index]!;
    const scale = analytical.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const stride = Math.max(1, Math.floor(values.length / CHECKED));
    let smooth = 0;
    let tried = 0;
    for (let at = 0; at < values.length; at += stride) {
      tried++;
      const numerical = await quotient(tensor, values, at, STEP);
      const closer = await quotient(tensor, values, at, STEP / 2);
      if (Math.abs(numerical - closer) > SMOOTH * scale) continue;
      smooth++;
      const relativeError = Math.abs(closer - analytical[at]!) / scale;
      rows.push({ parameter: `${name}[${at}]`, numerical: closer, analytical: analytical[at]!, relativeError });
    }
    expect(smooth, `${name}: numbers away from kinks, of ${tried}`).toBeGreaterThan(tried / 2);
    writeTensor(gpu, tensor, values);
  }
  plan.destroy();
  return rows;
}

/** Compares all inputs' gradients, and prints the worst number of each input. */
export async function expectGradients(
  label: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  wire: WiredOperation,
  seed?: number,
): Promise<void> {
  const rows = await gradientRows(shapes, wire, seed);
  for (const name of Object.keys(shapes)) {
    const [worst] = rows
      .filter(({ parameter }) => parameter.startsWith(`${name}[`))
      .sort((a, b) => b.relativeError - a.relativeError);
    const { parameter, numerical, analytical, relativeError } = worst!;
    const figures = `numerical ${numerical.toFixed(6)}, analytical ${analytical.toFixed(6)}`;
    console.info(`${label} ${parameter}: ${figures}, relative error ${relativeError.toExponential(1)}`);
    expect(relativeError, `${label} ${parameter}: ${figures}`).toBeLessThan(GRADIENT_TOLERANCE);
  }
}

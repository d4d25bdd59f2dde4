/**
 * Gradients of the tape beside numerical ones: the loss L is the sum of an operation's results, each times a fixed random number, and
 *
 *   dL/dx = (L(x + e) - L(x - e)) / 2e  up to the third derivative times e^2 / 6.
 *
 * The results are f32 and are added up in double precision, so that with e = 2^-7 both errors of the quotient stay near 1e-5 for numbers
 * around 1. Inputs are multiples of 2^-10, for x + e and x - e to be exact. Where half the step gives another quotient there is a kink
 * between (a ReLU's, or a clamp's): no derivative tells what happens there, and the number is left out. So it is where half the step has not half the
 * difference between the slopes of both sides, by more than rounding: the kink is right there.
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

/** Least and largest extent of an axis. */
export type ExtentRange = readonly [least: number, largest: number];

/** A random shape, the same for the same label each time. */
export function randomShape(label: string, ranges: readonly ExtentRange[]): number[] {
  const seed = [...label].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)!) | 0, 0);
  const drawn = randomValues(ranges.length + 3, seed).subarray(3); // the first few of near seeds are near each other
  return ranges.map(([least, largest], axis) => least + Math.floor(((drawn[axis]! + 1) / 2) * (largest - least + 1)));
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
  const rows = await rowsBesideQuotients(
    inputs.map((input, index) => ({ ...input, gradient: gradients[index]! })),
    loss,
  );
  plan.destroy();
  return rows;
}

/** What a loss depends on, with its gradient. */
export interface CheckedInput {
  readonly name: string;
  readonly tensor: Tensor;
  readonly values: Float32Array;
  readonly gradient: Tensor;
  /** By which its numbers are changed: larger where little of the loss depends on them. Default: 2^-7. */
  readonly step?: number | undefined;
}

/**
 * Changes the inputs' numbers one by one.
 * @param loss runs the plan, which computes the gradients too
 * @param checked numbers of each input that are changed, evenly spread
 */
export async function rowsBesideQuotients(
  inputs: readonly CheckedInput[],
  loss: () => Promise<number>,
  checked = CHECKED,
): Promise<GradientRow[]> {
  const gpu = await testGpu();
  for (const { tensor, values } of inputs) writeTensor(gpu, tensor, values);
  const unchanged = await loss();
  /** The slope over a step to both sides, and by how much the slopes of the two sides differ. */
  const quotient = async (tensor: Tensor, values: Float32Array, at: number, step: number) => {
    const riseTo = async (value: number) => {
      writeTensor(gpu, tensor, values.with(at, value));
      return (await loss()) - unchanged;
    };
    const [up, down] = [await riseTo(values[at]! + step), await riseTo(values[at]! - step)];
    return { slope: (up - down) / (2 * step), bend: (up + down) / step };
  };

  const rows: GradientRow[] = [];
  const analyticals = [];
  for (const { gradient } of inputs) analyticals.push(await readChecked(gpu, gradient));
  for (const [index, { name, tensor, values, step = STEP }] of inputs.entries()) {
    const analytical = analyticals[index]!;
    const scale = analytical.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const stride = Math.max(1, Math.floor(values.length / checked));
    let smooth = 0;
    let tried = 0;
    for (let at = 0; at < values.length; at += stride) {
      tried++;
      const wide = await quotient(tensor, values, at, step);
      const close = await quotient(tensor, values, at, step / 2);
      const isKink = Math.abs(wide.bend - 2 * close.bend) > Math.max(SMOOTH * scale, Math.abs(wide.bend) / 2);
      if (isKink || Math.abs(wide.slope - close.slope) > SMOOTH * scale) continue;
      smooth++;
      const relativeError = Math.abs(close.slope - analytical[at]!) / scale;
      rows.push({ parameter: `${name}[${at}]`, numerical: close.slope, analytical: analytical[at]!, relativeError });
    }
    expect(smooth, `${name}: numbers away from kinks, of ${tried}`).toBeGreaterThan(tried / 2);
    writeTensor(gpu, tensor, values);
  }
  return rows;
}

/** Rows for people. */
export function gradientTable(rows: readonly GradientRow[]): string {
  const width = Math.max(...rows.map(({ parameter }) => parameter.length));
  const line = (parameter: string, ...figures: readonly string[]) =>
    [parameter.padEnd(width), ...figures.map((figure) => figure.padStart(12))].join(' ');
  return [
    line('parameter', 'numerical', 'analytical', 'relative'),
    ...rows.map(({ parameter, numerical, analytical, relativeError }) =>
      line(parameter, numerical.toExponential(4), analytical.toExponential(4), relativeError.toExponential(1)),
    ),
  ].join('\n');
}

/** Compares all inputs' gradients, and prints a table of the worst number of each input. */
export async function expectGradients(
  label: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  wire: WiredOperation,
  seed?: number,
): Promise<void> {
  const rows = await gradientRows(shapes, wire, seed);
  const worst = Object.keys(shapes).map((name) =>
    rows
      .filter(({ parameter }) => parameter.startsWith(`${name}[`))
      .reduce((most, row) => (row.relativeError > most.relativeError ? row : most)),
  );
  const table = `${label}\n${gradientTable(worst)}`;
  console.info(table);
  for (const { relativeError } of worst) expect(relativeError, table).toBeLessThan(GRADIENT_TOLERANCE);
}

/**
 * What every kernel test needs: one device, reference vectors, layout conversion, and a comparison that prints its largest error.
 */
import { expect } from 'vitest';
import { type Checkpoint, readSafetensors } from '../../src/checkpoints/safetensors';
import { Gpu } from '../../src/gpu/device';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import { readTensor, type Tensor } from '../../src/gpu/tensor';
import { missingFixture } from '../support/missing-fixture';

let opened: Promise<Gpu> | undefined;

/** The device that all tests of a file share. */
export function testGpu(): Promise<Gpu> {
  opened ??= Gpu.request();
  return opened;
}

/** Reads `tests/fixtures/NAME.safetensors`, such as 'ops' or 'small/small-eg3d'. */
export async function fixture(name: string): Promise<Checkpoint> {
  return readSafetensors(await fixtureBytes(`${name}.safetensors`));
}

/** The bytes of a file in tests/fixtures. @throws Error that names the command which makes it, if there is no such file */
export async function fixtureBytes(name: string): Promise<ArrayBuffer> {
  const response = await fetch(`/tests/fixtures/${name}`);
  const isThere = response.ok && !response.headers.get('content-type')?.startsWith('text/html');
  if (!isThere) throw new Error(missingFixture(name));
  return response.arrayBuffer();
}

/** Reads a bundled model's file. */
export async function bundledModel(name: string): Promise<Checkpoint> {
  const response = await fetch(`/weights/${name}.safetensors`);
  if (!response.ok) throw new Error(`model ${name}: ${response.status}`);
  return readSafetensors(await response.arrayBuffer());
}

/** [N, C, H, W] values to [N, H, W, C]. */
export function toChannelsLast(values: Float32Array, [n, c, h, w]: readonly number[]): Float32Array {
  return permute(values, [n!, c!, h!, w!], [0, 2, 3, 1]);
}

/** [N, H, W, C] values to [N, C, H, W]. */
export function toChannelsFirst(values: Float32Array, [n, h, w, c]: readonly number[]): Float32Array {
  return permute(values, [n!, h!, w!, c!], [0, 3, 1, 2]);
}

/** Reorders the axes of a row-major array: axis k of the result is axis `order[k]` of the input. */
export function permute(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const result = new Float32Array(values.length);
  const outShape = order.map((axis) => shape[axis]!);
  const outStrides = order.map((axis) => strides[axis]!);
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0; to < result.length; to++) {
    let from = 0;
    for (let axis = 0; axis < index.length; axis++) from += index[axis]! * outStrides[axis]!;
    result[to] = values[from]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < outShape[axis]!) break;
      index[axis] = 0;
    }
  }
  return result;
}

/**
 * Builds a plan with `wire`, runs it once and reads the tensors that it returns, without padding. All memory that the kernels must write holds
 * NaN before, and the padding of every result must be zero after.
 */
export async function runOnce<T extends Record<string, Tensor>>(
  wire: (plan: PlanBuilder) => T,
): Promise<{ [K in keyof T]: Float32Array }> {
  const gpu = await testGpu();
  gpu.device.pushErrorScope('validation');
  const builder = new PlanBuilder(gpu, 'test');
  const tensors = wire(builder);
  for (const tensor of Object.values(tensors)) builder.keep(tensor);
  const plan = await builder.build();
  plan.spoil();
  const recorder = new Recorder(gpu);
  recorder.run(plan);
  recorder.submit();
  const error = await gpu.device.popErrorScope();
  if (error) throw new Error(error.message);
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(tensors)) values[name] = await readChecked(gpu, tensor);
  plan.destroy();
  return values as { [K in keyof T]: Float32Array };
}

/** Reads a tensor without its padding, which must be zero: kernels read it as vec4f. */
export async function readChecked(gpu: Gpu, tensor: Tensor): Promise<Float32Array> {
  const channels = tensor.shape[tensor.shape.length - 1]!;
  if (channels === tensor.stride) return readTensor(gpu, tensor);
  const padded = await readTensor(gpu, { ...tensor, shape: [...tensor.shape.slice(0, -1), tensor.stride] });
  const hole = padded.findIndex((value, index) => index % tensor.stride >= channels && value !== 0);
  expect(hole, `${tensor.label}: the padding at ${hole} is ${padded[hole]}`).toBe(-1);
  return padded.filter((_, index) => index % tensor.stride < channels);
}

/** Fails unless all values agree within `tolerance` (absolute); prints the largest error under `label`. */
export function expectClose(label: string, actual: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  let largest = 0;
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    if (!(error <= largest)) {
      largest = error; // also takes NaN, which no later error replaces
      at = i;
      if (Number.isNaN(error)) break;
    }
  }
  console.info(`${label}: largest error ${largest.toExponential(2)} (allowed ${tolerance})`);
  expect(largest, `${label}: at ${at} got ${actual[at]}, expected ${expected[at]}`).toBeLessThanOrEqual(tolerance);
}

/** How far a gradient may be from the reference's: parts of the number itself, or absolute for numbers near 0. */
export const REFERENCE_GRADIENT = { relative: 1e-3, absolute: 1e-5 } as const;

/** Fails unless every number of a gradient is within {@link REFERENCE_GRADIENT} of the reference's; prints the largest error under `label`. */
export function expectGradient(label: string, actual: Float32Array, expected: Float32Array): void {
  expect(actual.length, `${label}: number of values`).toBe(expected.length);
  const { relative, absolute } = REFERENCE_GRADIENT;
  let largest = 0;
  let worst = 0; // error over what is allowed
  let at = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!);
    const share = error / Math.max(absolute, relative * Math.abs(expected[i]!));
    largest = Math.max(largest, error);
    if (share <= worst) continue;
    worst = share; // also takes NaN, which no later error replaces
    at = i;
    if (Number.isNaN(share)) break;
  }
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  console.info(
    `${label}: largest error ${largest.toExponential(2)} of values up to ${scale.toExponential(2)}; ` +
      `${(100 * worst).toFixed(1)} % of what is allowed (${relative} relative or ${absolute})`,
  );
  expect(worst, `${label}: at ${at} got ${actual[at]}, expected ${expected[at]}`).toBeLessThanOrEqual(1);
}

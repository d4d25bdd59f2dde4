/** Kernels that read and write halves or floats with one text: what is bound decides. */
import { describe, expect, it } from 'vitest';
import { WiringError } from '../../../src/gpu/errors';
import { defineKernel } from '../../../src/gpu/kernel';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tensor } from '../../../src/gpu/tensor';
import type { StorageFormat } from '../../../src/gpu/tensor-host';
import { floatsFromHalves, halvesFromFloats } from '../../../src/numbers/half';
import { expectClose, runOnce } from '../support';

const VALUES = Float32Array.of(0, 1, -1 / 3, 1e-3, 65504, -2.5, 123.456, 6e-8, 1e6, -1e6, 0.1, -0.2);
const SHAPE = [3, 4];
const IN_RANGE = VALUES.map((value) => Math.min(65504, Math.max(-65504, value)));
const ROUNDED = floatsFromHalves(halvesFromFloats(IN_RANGE));

const DOUBLE = defineKernel({
  path: 'double.wgsl',
  text: `
  #storage InputVector
  #storage OutputVector
  #read input: array<InputVector>
  #write output: array<OutputVector>
  @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) {
    output[id.x] = toOutputVector(2.0 * fromInputVector(input[id.x]) * 0.5);
  }`,
  includes: {},
});

const FLOATS_ONLY = defineKernel({
  path: 'floats-only.wgsl',
  text: `
  #read input: array<vec4f>
  #write output: array<vec4f>
  @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { output[id.x] = input[id.x]; }`,
  includes: {},
});

function copied(plan: PlanBuilder, values: Float32Array, from: StorageFormat, to: StorageFormat): { output: Tensor } {
  const input = plan.constant('input', SHAPE, values, from);
  const output = plan.scratch('output', SHAPE, to);
  plan.dispatch({ kernel: DOUBLE, bindings: { input, output }, workgroups: [3] });
  return { output };
}

describe('stored vectors', () => {
  it('floats stay what they are', async () => {
    const { output } = await runOnce((plan) => copied(plan, VALUES, 'f32', 'f32'));
    expectClose('floats', output, VALUES, 0);
  });

  it('halves are rounded once on their way in, and widened exactly', async () => {
    const { output } = await runOnce((plan) => copied(plan, IN_RANGE, 'f16', 'f32'));
    expectClose('halves in', output, ROUNDED, 0);
  });

  it('results are brought into the range of halves, never to infinity', async () => {
    const { output } = await runOnce((plan) => copied(plan, VALUES, 'f32', 'f16'));
    // WGSL lets pack2x16float round either way: one step of 11 bits.
    output.forEach((value, index) => {
      expect(Math.abs(value - IN_RANGE[index]!)).toBeLessThanOrEqual(Math.max(2 ** -10 * Math.abs(value), 2 ** -24));
    });
  });

  it('takes half of the memory', async () => {
    const bytes: number[] = [];
    await runOnce((plan) => {
      const { output } = copied(plan, VALUES, 'f16', 'f16');
      bytes.push(output.storage.bytes);
      return { output };
    });
    expect(bytes).toEqual([3 * 4 * 2]);
  });

  it('refuses halves where a kernel takes floats', async () => {
    const wire = runOnce((plan) => {
      const input = plan.constant('input', SHAPE, VALUES, 'f16');
      const output = plan.scratch('output', SHAPE);
      plan.dispatch({ kernel: FLOATS_ONLY, bindings: { input, output }, workgroups: [3] });
      return { output };
    });
    await expect(wire).rejects.toThrow(WiringError);
    await expect(wire).rejects.toThrow(/takes floats for "input"; "input" holds halves/);
  });
});

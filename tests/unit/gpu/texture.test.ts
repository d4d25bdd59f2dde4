/** Textures beside tensors: what a kernel declares of them, what they weigh, and that plans give them back. No device is needed. */
import { describe, expect, it } from 'vitest';
import { ShapeError, WiringError } from '../../../src/gpu/errors';
import { defineKernel } from '../../../src/gpu/kernel';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { DEFAULT_LIMITS } from '../../full-size';

const KERNEL = defineKernel({
  path: 'filtered-read.wgsl',
  text: `#write output: array<vec4f>
   #texture planes: texture_2d_array<f32>
   #texture texels: texture_storage_2d_array<rgba16float, write>
   #sampler filtered`,
  includes: {},
});
const survey = () => new MemorySurvey({ adapter: { isSoftware: true }, limits: DEFAULT_LIMITS });
const EXTENTS = { format: 'rgba16float', width: 6, height: 5, layers: 3 } as const;

describe('textures', () => {
  it('are found in the text of a kernel, apart from buffers', () => {
    const { text } = KERNEL.variant();
    expect([...text.bindings]).toEqual([['output', { number: 0, access: 'write', element: 'vec4f' }]]);
    expect([...text.textures]).toEqual([
      ['planes', 1],
      ['texels', 2],
    ]);
    expect(text.sampler).toEqual({ name: 'filtered', number: 3 });
  });

  it('count as memory until their plan gives them back', () => {
    const host = survey();
    const plan = new PlanBuilder(host, 'test');
    plan.texture('half', EXTENTS);
    expect(host.bytesInUse).toBe(6 * 5 * 3 * 8);
    plan.texture('single', { ...EXTENTS, format: 'rgba32float' });
    expect(host.bytesInUse).toBe(6 * 5 * 3 * (8 + 16));
    plan.discard();
    expect(host.bytesInUse).toBe(0);
  });

  it('are bound by the names of the shader', () => {
    const plan = new PlanBuilder(survey(), 'test');
    const output = plan.scratch('output', [4]);
    const planes = plan.texture('planes', EXTENTS);
    const dispatch = (textures: Record<string, typeof planes>) => () =>
      plan.dispatch({ kernel: KERNEL, bindings: { output }, textures, workgroups: [1] });
    expect(dispatch({ planes })).toThrow(WiringError);
    expect(dispatch({ planes, texels: planes, others: planes })).toThrow(WiringError);
    expect(() => plan.texture('nothing', { ...EXTENTS, layers: 0 })).toThrow(ShapeError);
    plan.discard();
  });
});

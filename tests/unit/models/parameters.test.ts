/** Parameters without a device: what is on it of frozen and of trainable ones, versions, and names in errors. */
import { describe, expect, it } from 'vitest';
import { CheckpointTensorError, MissingTensorError } from '../../../src/checkpoints/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { convLayerWeights } from '../../../src/models/conv-layer-weights';
import { denseLayer } from '../../../src/models/dense-layer';
import { ParameterStore, type ParameterStoreOptions, TrainableParameterError } from '../../../src/models/parameters';
import { synthesis, synthesisNumWs } from '../../../src/models/synthesis';
import { TAPS_FIRST } from '../../../src/pipelines/convolution/conv-weights';
import { arranged, unchanged } from '../../../src/pipelines/dense/rearrange';
import { DEFAULT_LIMITS, FULL_SIZE } from '../../full-size';
import { readFixture } from '../fixtures';

const mapping = readFixture('mapping'); // its "tri2" has a w_avg of 96 numbers
const survey = (isSoftware = false) =>
  new MemorySurvey({
    adapter: { isSoftware },
    limits: DEFAULT_LIMITS,
    features: new Set<GPUFeatureName>(['float32-filterable']),
  });
const everything = () => true;

function withoutFile(options: ParameterStoreOptions = {}, host = survey()) {
  return { store: new ParameterStore(host, undefined, options), plan: new PlanBuilder(host, 'test'), host };
}

describe('a trainable parameter', () => {
  it('has one master in the order of the file, of which each plan derives its own tensors', () => {
    const { store, plan, host } = withoutFile({ isTrainable: everything });
    const options = { inFeatures: 6, outFeatures: 5 };
    const layer = denseLayer(plan, store.scope('mapping.'), 'fc0', options);
    expect(layer.weight.shape).toEqual([8, 5]);
    expect(layer.weight.storage.isScratch).toBe(true);
    expect(denseLayer(plan, store.scope('mapping.'), 'fc0', options).weight).toBe(layer.weight);
    const another = denseLayer(new PlanBuilder(host, 'other'), store.scope('mapping.'), 'fc0', options);
    expect(another.weight.storage).not.toBe(layer.weight.storage);
    expect(store.trainable.map(({ name, shape, master }) => [name, shape, master.shape])).toEqual([
      ['mapping.fc0.weight', [5, 6], [30]],
      ['mapping.fc0.bias', [5], [5]],
    ]);
  });

  it('that kernels read as it is, is its master', () => {
    const { store, plan } = withoutFile({ isTrainable: everything });
    const bias = store.scope('conv0.').tensor(plan, 'bias', [7]);
    const strength = store.scope('conv0.').scalar('noise_strength');
    expect(store.trainable.map(({ master }) => master)).toEqual([bias, strength]);
    expect(strength).toMatchObject({ shape: [1], label: 'conv0.noise_strength' });
  });

  it('counts how often it is changed, by the device or from outside', () => {
    const { store } = withoutFile({ isTrainable: everything });
    const parameter = store.parameter('bias', [3]);
    expect(parameter.version).toBe(0);
    parameter.countUpdate();
    parameter.write([1, 2, 3]);
    expect(parameter.version).toBe(2);
    expect(store.parameter('bias', [3])).toBe(parameter);
  });

  it('takes the bytes of its master; a frozen one those of what is derived from it', () => {
    const wire = (options: ParameterStoreOptions) => {
      const { store, plan, host } = withoutFile(options);
      denseLayer(plan, store, 'fc', { inFeatures: 6, outFeatures: 5 });
      const { bytes } = store;
      expect(host.bytesInUse).toBe(bytes);
      store.destroy();
      expect(host.bytesInUse).toBe(0);
      return bytes;
    };
    expect(wire({})).toBe(8 * 8 * 4 + 8 * 4); // [8, 5] and [5], rows padded to 8
    expect(wire({ isTrainable: everything })).toBe(32 * 4 + 8 * 4); // [30] and [5]
    expect(wire({ isTrainable: (name) => name === 'fc.bias' })).toBe(8 * 8 * 4 + 8 * 4);
  });

  it('is counted in the survey of a network, at its full size', () => {
    const { store, plan } = withoutFile({ isTrainable: everything });
    const { backbone } = FULL_SIZE;
    const ws = plan.tensor('ws', [1, synthesisNumWs(backbone), backbone.wDim]);
    synthesis(plan, store.scope('backbone.synthesis.'), backbone, ws);
    const numbers = store.trainable.reduce((sum, { master }) => sum + master.shape[0]!, 0);
    expect(store.bytes).toBeGreaterThanOrEqual(4 * numbers);
    expect(store.bytes).toBeLessThan(4.01 * numbers);
    expect(numbers).toBeGreaterThan(20e6);
    expect(store.trainable.map(({ name }) => name)).toContain('backbone.synthesis.b256.conv1.noise_strength');
  });

  it('is stored as floats, and offers no texels', () => {
    const head = { has: () => true, info: () => ({ dtype: 'F16', shape: [], byteOffset: 0, byteLength: 0 }) as const };
    const frozen = withoutFile({ head }, survey(true));
    const trained = withoutFile({ head, isTrainable: everything }, survey(true));
    const weightsOf = ({ store, plan }: typeof frozen) => convLayerWeights(plan, store, [8, 8, 3, 3]);
    expect(weightsOf(frozen)).toMatchObject({ areHalves: true, areTrainable: false });
    expect(weightsOf(frozen).as(TAPS_FIRST).format).toBe('f16');
    expect(weightsOf(trained)).toMatchObject({ areHalves: false, areTrainable: true });
    expect(weightsOf(trained).as(TAPS_FIRST).format).toBe('f32');
  });
});

describe('errors name the parameter', () => {
  it('that the file lacks, or has in another shape', () => {
    const store = new ParameterStore(survey(), mapping);
    expect(() => store.floats('tri2.param.fc7.weight', [1])).toThrow(MissingTensorError);
    expect(() => store.floats('tri2.param.w_avg', [95])).toThrow(CheckpointTensorError);
  });

  it('whose numbers a network takes for fixed', () => {
    const store = new ParameterStore(survey(), mapping, { isTrainable: (name) => name.endsWith('w_avg') });
    const read = () => store.scope('tri2.param.').floats('w_avg', [96]);
    expect(read).toThrow(TrainableParameterError);
    expect(read).toThrow(/"tri2\.param\.w_avg" is trainable/);
  });

  it('that can be derived on the processor only', () => {
    const { store, plan } = withoutFile({ isTrainable: (name) => name === 'input.phases' });
    const waves = () =>
      store.scope('input.').derived(plan, 'waves', {
        shape: [2],
        from: ['freqs', 'phases'],
        values: (floats) => [...floats('freqs', [1]), ...floats('phases', [1])],
      });
    expect(waves).toThrow(/"input\.phases" is trainable, but "input\.waves" is computed on the processor only/);
  });
});

describe('an arrangement on the processor', () => {
  it('permutes, repeats, turns and pads, and multiplies by a factor', () => {
    const source = [1, 2, 3, 4, 5, 6];
    expect(arranged(source, unchanged([2, 3]), 2).values).toEqual(Float32Array.of(2, 4, 6, 8, 10, 12));
    const transposed = {
      shape: [4, 2],
      axes: [
        { extent: 3, from: 1, to: 2 },
        { extent: 2, from: 3, to: 1 },
      ],
    };
    expect(arranged(source, transposed).values).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6, 0, 0));
    const turnedTwice = {
      shape: [2, 6],
      start: 5,
      axes: [
        { extent: 2, from: 0, to: 6 },
        { extent: 6, from: -1, to: 1 },
      ],
    };
    expect(arranged(source, turnedTwice).values).toEqual(Float32Array.of(6, 5, 4, 3, 2, 1, 6, 5, 4, 3, 2, 1));
  });
});

/** The mapping network against the reference: labels, depths, truncation with cutoffs, no label, no z, and the moving average of w. */
import { describe, expect, it } from 'vitest';
import { MissingTensorError } from '../../../src/checkpoints/errors';
import { ShapeError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import type { MappingConfig } from '../../../src/models/config';
import { mapping, updatedAverageW } from '../../../src/models/mapping';
import { ParameterStore } from '../../../src/models/parameters';
import { truncationValues } from '../../../src/pipelines/dense/truncation';
import { startTape } from '../../../src/pipelines/gradients';
import { plainInput } from '../ops-cases';
import { expectClose, expectGradient, fixture, runOnce, testGpu } from '../support';

const TOLERANCE = 5e-4; // of a whole stage; measured errors are printed
const vectors = await fixture('mapping');
const gradients = await fixture('mapping-gradients');

interface CaseOptions {
  readonly z_dim: number;
  readonly c_dim: number;
  readonly w_dim: number;
  readonly num_ws: number | null;
  readonly num_layers?: number;
}

function configOf(name: string): MappingConfig {
  const options: CaseOptions = JSON.parse(vectors.metadata[name]!);
  return {
    zDim: options.z_dim,
    cDim: options.c_dim,
    wDim: options.w_dim,
    numWs: options.num_ws ?? undefined,
    layers: options.num_layers ?? 8,
    lrMultiplier: 0.01,
  };
}

/** What the name of an output says: "w_psi07_cut4" is psi 0.7 on the first four layers, "w_c0" a label of zeros. */
function readOutputName(output: string) {
  const psi = /_psi0(\d?)/.exec(output)?.[1];
  const cutoff = /_cut(\d+)$/.exec(output)?.[1];
  return {
    zeroLabel: output === 'w_c0',
    truncation: truncationValues(
      psi === undefined ? 1 : Number(`0.${psi || '0'}`),
      cutoff ? Number(cutoff) : undefined,
    ),
  };
}

async function runMapping(name: string, output: string): Promise<Float32Array> {
  const config = configOf(name);
  const store = new ParameterStore(await testGpu(), vectors);
  const { zeroLabel, truncation } = readOutputName(output);
  const { w } = await runOnce((plan) => {
    const input = (key: string) => {
      const values = vectors.floats(`${name}.in.${key}`);
      return plan.constant(
        key,
        vectors.info(`${name}.in.${key}`).shape,
        zeroLabel && key === 'c' ? values.map(() => 0) : values,
      );
    };
    return {
      w: mapping(plan, store.scope(`${name}.param.`), config, {
        z: config.zDim > 0 ? input('z') : undefined,
        c: config.cDim > 0 ? input('c') : undefined,
        truncation: plan.constant('truncation', [2], truncation),
      }),
    };
  });
  store.destroy();
  return w;
}

const outputs = vectors.names().flatMap((name) => {
  const [, network, output] = /^(\w+)\.out\.(w\w*)$/.exec(name) ?? [];
  return network && output ? [{ network, output }] : [];
});

describe('mapping', () => {
  it.each(outputs.filter(({ output }) => output !== 'w_avg_after_update'))(
    '$network $output',
    async ({ network, output }) => {
      const w = await runMapping(network, output);
      expectClose(`${network}.${output}`, w, vectors.floats(`${network}.out.${output}`), TOLERANCE);
    },
  );

  it('covers every network of the file', () => {
    expect(new Set(outputs.map(({ network }) => network))).toEqual(new Set(Object.keys(vectors.metadata)));
  });

  it('needs no truncation tensor', async () => {
    const config = configOf('noc');
    const store = new ParameterStore(await testGpu(), vectors);
    const { w } = await runOnce((plan) => {
      const z = plan.constant('z', [3, 16], vectors.floats('noc.in.z'));
      return { w: mapping(plan, store.scope('noc.param.'), config, { z }) };
    });
    store.destroy();
    expectClose('noc.w without truncation', w, vectors.floats('noc.out.w'), TOLERANCE);
  });

  it('says which input is missing', async () => {
    const store = new ParameterStore(await testGpu(), vectors);
    const wire = runOnce((plan) => {
      const z = plan.constant('z', [3, 64], vectors.floats('tri2.in.z'));
      return { w: mapping(plan, store.scope('tri2.param.'), configOf('tri2'), { z }) };
    });
    await expect(wire).rejects.toThrow(/needs c of shape \[N, 25\]/);
    await expect(wire).rejects.toThrow(ShapeError);
    store.destroy();
  });
});

describe('gradients of mapping, as the reference', () => {
  const reference = gradients.names().filter((name) => name.includes('.grad.'));

  /** Gradients of the sum of ws times the cotangent, by their names in the reference without the network's. */
  async function gradientsOf(name: string): Promise<Record<string, Float32Array>> {
    const prefix = `${name}.param.`;
    const isTrainable = (parameter: string) => parameter.startsWith(prefix) && !parameter.endsWith('w_avg');
    const store = new ParameterStore(await testGpu(), vectors, { isTrainable });
    const found = await runOnce((plan) => {
      const tape = startTape(plan);
      const z = plainInput(plan, vectors, `${name}.in.z`);
      const c = plainInput(plan, vectors, `${name}.in.c`);
      const w = mapping(plan, store.scope(prefix), configOf(name), { z, c });
      const wanted = { z, c, ...Object.fromEntries(store.trainable.map(({ name, master }) => [name, master])) };
      const seeds = [{ of: w, gradient: plainInput(plan, gradients, `${name}.cot.w`) }];
      const all = tape.gradients(seeds, Object.values(wanted));
      return Object.fromEntries(
        Object.keys(wanted).map((key, at) => [key.replace(prefix, ''), all[at] ?? expect.fail(`no gradient: ${key}`)]),
      );
    });
    store.destroy();
    return found;
  }

  it.each([...new Set(reference.map((name) => name.split('.')[0]!))])('%s', async (name) => {
    const found = await gradientsOf(name);
    for (const key of reference.filter((one) => one.startsWith(`${name}.`))) {
      const values = found[key.slice(`${name}.grad.`.length)] ?? expect.fail(`${key} was not computed`);
      expectGradient(key, values, gradients.floats(key));
    }
  });
});

describe('updatedAverageW', () => {
  it.each(outputs.filter(({ output }) => output === 'w_avg_after_update'))('$network', ({ network }) => {
    const { wDim, numWs } = configOf(network);
    const ws = vectors.floats(`${network}.out.w`);
    const samples = ws.length / (numWs! * wDim);
    const first = new Float32Array(samples * wDim);
    for (let n = 0; n < samples; n++) first.set(ws.subarray(n * numWs! * wDim, (n * numWs! + 1) * wDim), n * wDim);
    const updated = updatedAverageW(vectors.floats(`${network}.param.w_avg`), first);
    expectClose(`${network}.w_avg`, updated, vectors.floats(`${network}.out.w_avg_after_update`), 1e-6);
  });
});

describe('ParameterStore', () => {
  it('uploads once, counts bytes and frees them', async () => {
    const gpu = await testGpu();
    const before = gpu.memory.bytesInUse;
    const store = new ParameterStore(gpu, vectors);
    const plan = new PlanBuilder(gpu, 'test');
    const average = store.scope('tri2.').scope('param.').tensor(plan, 'w_avg', [96]);
    expect(store.tensor(plan, 'tri2.param.w_avg', [96])).toBe(average);
    const doubled = () =>
      store.derived(plan, 'doubled', {
        shape: [96],
        from: ['tri2.param.w_avg'],
        values: (floats) => floats('tri2.param.w_avg', [96]).map((value) => value * 2),
      });
    expect(doubled()).toBe(doubled());
    expect(store.bytes).toBe(2 * 96 * 4);
    expect(gpu.memory.bytesInUse - before).toBe(2 * 96 * 4);
    store.destroy();
    expect(gpu.memory.bytesInUse).toBe(before);
  });

  it('names the tensor that is missing or has another shape', async () => {
    const gpu = await testGpu();
    const store = new ParameterStore(gpu, vectors);
    const plan = new PlanBuilder(gpu, 'test');
    expect(() => store.scope('tri2.param.').tensor(plan, 'fc7.weight', [1])).toThrow(MissingTensorError);
    expect(() => store.scope('tri2.param.').tensor(plan, 'fc7.weight', [1])).toThrow(/tri2\.param\.fc7\.weight/);
    expect(() => store.floats('tri2.param.w_avg', [95])).toThrow(/tri2\.param\.w_avg.*\[96\].*\[95\]/);
  });
});

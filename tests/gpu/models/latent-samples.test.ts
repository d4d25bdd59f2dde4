/** Samples of w from the mapping network, and the directions that a worker finds in them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { DIRECTION_COUNT, type LatentDirections } from '../../../src/models/faces/directions';
import { Generator } from '../../../src/models/generator';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { FaceLatents } from '../../../src/render/face-latents';
import { type LatentRows, LatentSampler } from '../../../src/render/latent-samples';
import { findDirections, keptDirections } from '../../../src/studio/face/directions';
import { browserStore, type KeyValueStore } from '../../../src/studio/shared/browser-store';
import { FrameLoopStoppedError } from '../../../src/studio/view/frame-loop';
import { expectClose, fixture, testGpu } from '../support';

let generator: Generator;
beforeAll(async () => {
  generator = Generator.create(await testGpu(), await fixture('generator_tiny'));
});

/** The rows of all batches, and how many each had. */
async function drain(sampler: LatentRows): Promise<{ rows: Float32Array; lengths: number[] }> {
  const batches: Float32Array[] = [];
  for (let rows = await sampler.next(); rows; rows = await sampler.next()) batches.push(rows);
  return {
    rows: Float32Array.from(batches.flatMap((rows) => [...rows])),
    lengths: batches.map(({ length }) => length),
  };
}

describe('LatentSampler', () => {
  it('gives the w that a face of the same z has, in batches of which the last is shorter, and frees its memory', async () => {
    const { zDim, wDim } = generator.config.mapping;
    const latents = await FaceLatents.create(generator);
    const z = Float32Array.from(new NumpyRandomState(3).randn(7 * zDim));
    const expected: number[] = [];
    for (let row = 0; row < 7; row++) {
      expected.push(...(await latents.map({ z: z.subarray(row * zDim, (row + 1) * zDim) })));
    }
    const before = generator.host.memory.bytesInUse;
    const sampler = await LatentSampler.create(generator, { samples: 7, seed: 3, batch: 4 });
    expect(generator.host.memory.bytesInUse).toBeGreaterThan(before);
    const { rows, lengths } = await drain(sampler);
    expect(lengths).toEqual([4 * wDim, 3 * wDim]);
    expectClose('samples of w', rows, Float32Array.from(expected), 0); // the same kernels, row by row
    sampler.destroy();
    expect(generator.host.memory.bytesInUse).toBe(before);
    latents.destroy();
  });
});

/** A cloud of w that is drawn at once, longest along the last dimension. */
class Cloud implements LatentRows {
  readonly #random = new NumpyRandomState(1);
  destroyed = false;

  constructor(
    private remaining: number,
    private readonly wDim: number,
  ) {}

  async next(): Promise<Float32Array<ArrayBuffer> | undefined> {
    if (this.remaining === 0) return undefined;
    const count = Math.min(2000, this.remaining);
    this.remaining -= count;
    const { wDim } = this;
    return Float32Array.from(this.#random.randn(count * wDim), (value, at) => value * (1 + (at % wDim)));
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** A database in memory. */
function memoryStore(): KeyValueStore & { readonly entries: Map<string, unknown> } {
  const entries = new Map<string, unknown>();
  return {
    entries,
    get: async (key) => entries.get(key),
    set: async (key, value) => void entries.set(key, value),
    delete: async (key) => void entries.delete(key),
    keys: async () => [...entries.keys()],
  };
}

describe('findDirections', () => {
  const model = { key: 'f0'.repeat(32), wDim: 6 };
  const opened: Cloud[] = [];
  const openCloud = async (_: string, samples: number) => {
    const cloud = new Cloud(samples, 6);
    opened.push(cloud);
    return cloud;
  };
  const contextOf = (signal: AbortSignal, devices: readonly string[] = ['device']) => {
    let steps = 0;
    return {
      signal,
      step: async <T>(work: (device: string) => Promise<T>) => {
        signal.throwIfAborted();
        const result = await work(devices[Math.min(steps++, devices.length - 1)]!);
        signal.throwIfAborted();
        return result;
      },
    };
  };
  const running = () => contextOf(new AbortController().signal);

  it('finds them in a worker, reports progress, keeps them, and draws nothing the next time', async () => {
    const store = memoryStore();
    const shares: number[] = [];
    const found = await findDirections(model, running(), openCloud, (share) => shares.push(share), store);
    expect(found).toMatchObject({ wDim: 6, samples: 10_000 });
    expect(found.directions.map((direction) => Math.round(Math.max(...direction)))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(found.directions[0]!.indexOf(Math.max(...found.directions[0]!))).toBe(5);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    expect(shares.at(-1)).toBe(1);
    expect(shares.length).toBeGreaterThan(2);
    const draws = opened.length;
    expect(opened.at(-1)!.destroyed).toBe(true);
    expect(await findDirections(model, running(), openCloud, () => {}, store)).toEqual(found);
    expect(await keptDirections({ key: 'another model', wDim: 6 }, store)).toBeUndefined();
    expect(await keptDirections({ key: undefined, wDim: 6 }, store)).toBeUndefined();
    expect(opened.length).toBe(draws);
  });

  it('looks at nothing that is damaged or of another model', async () => {
    const store = memoryStore();
    const found = await findDirections(model, running(), openCloud, () => {}, store);
    const key = [...store.entries.keys()][0]!;
    const damaged: unknown[] = [
      'text',
      null,
      { ...found, wDim: 5 },
      { ...found, mean: [...found.mean] },
      { ...found, samples: 10 },
      { ...found, shares: found.shares.slice(1) },
      { ...found, shares: found.shares.map(() => 2) },
      { ...found, directions: [new Float32Array(6).fill(Number.NaN), ...found.directions.slice(1)] },
    ];
    for (const value of damaged) {
      store.entries.set(key, value);
      expect(await keptDirections(model, store)).toBeUndefined();
    }
    store.entries.set(key, 'text');
    expect(await findDirections(model, running(), openCloud, () => {}, store)).toEqual(found);
    expect(store.entries.get(key)).toEqual(found);
  });

  it('works where storage is forbidden', async () => {
    const refuse = () => Promise.reject(new DOMException('forbidden', 'SecurityError'));
    const forbidden: KeyValueStore = { get: refuse, set: refuse, delete: refuse, keys: refuse };
    const found = await findDirections(model, running(), openCloud, () => {}, forbidden);
    expect(found.directions).toHaveLength(6);
  });

  it('stops when it is told to, and gives back what it took', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    const reason = new Error('not wanted any more');
    const stop = () => controller.abort(reason);
    await expect(findDirections(model, contextOf(controller.signal), openCloud, stop, store)).rejects.toBe(reason);
    expect(opened.at(-1)!.destroyed).toBe(true);
    expect(store.entries.size).toBe(0);
  });

  it('gives up when the device is another one than the samples are drawn on', async () => {
    const context = contextOf(new AbortController().signal, ['first', 'first', 'second']);
    await expect(findDirections(model, context, openCloud, () => {}, memoryStore())).rejects.toThrow(
      FrameLoopStoppedError,
    );
    expect(opened.at(-1)!.destroyed).toBe(true);
  });

  it('says so when the model gives no numbers', async () => {
    const openBroken = async () => {
      let rows: Float32Array<ArrayBuffer> | undefined = new Float32Array(12).fill(Number.NaN);
      return {
        next: async () => {
          const given = rows;
          rows = undefined;
          return given;
        },
        destroy: () => {},
      };
    };
    const finding = findDirections(model, running(), openBroken, () => {}, memoryStore());
    await expect(finding).rejects.toMatchObject({ name: 'DirectionsFailedError' });
    await expect(finding).rejects.toThrow('there is NaN among them');
  });

  it('finds those of a model file, and keeps them in the browser’s own database', async () => {
    const small = Generator.create(await testGpu(), await fixture('small/small-eg3d'));
    const { wDim } = small.config.mapping;
    const real = { key: crypto.randomUUID(), wDim };
    const context = {
      signal: new AbortController().signal,
      step: <T>(work: (device: Generator) => Promise<T>) => work(small),
    };
    const store = browserStore('trifold-directions-test');
    const open = (device: Generator, samples: number) => LatentSampler.create(device, { samples });
    const before = small.host.memory.bytesInUse;
    const found = await findDirections(real, context, open, () => {}, store);
    expect(small.host.memory.bytesInUse - small.weightBytes).toBe(before);
    expect(found.directions).toHaveLength(DIRECTION_COUNT);
    expect(found.shares.reduce((sum, share) => sum + share, 0)).toBeLessThan(1);
    const kept: LatentDirections | undefined = await keptDirections(real, store);
    expect(kept).toEqual(found);
    await store.delete((await store.keys()).find((key) => key.endsWith(real.key))!);
    expect(await keptDirections(real, store)).toBeUndefined();
    small.destroy();
  });
});

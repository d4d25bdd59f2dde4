/** Which tensors share memory, what a plan refuses, and what plans give back: without any device, on a survey. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanClosedError, ScratchAccessError, SurveyedPlanError } from '../../../src/gpu/errors';
import { MemorySurvey } from '../../../src/gpu/memory-survey';
import { PlanBuilder } from '../../../src/gpu/plan';
import { discardTogether, reserveTogether } from '../../../src/gpu/plans-together';
import { type Lifetime, packSideBySide, takeTurns } from '../../../src/gpu/scratch-packing';
import { ScratchPool } from '../../../src/gpu/scratch-pool';
import { writeTensor } from '../../../src/gpu/tensor';
import { blend } from '../../../src/pipelines/resampling/resize';
import { DEFAULT_LIMITS } from '../../full-size';

const lifetimes = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(20), fc.nat(6))
    .map(([bytes, first, length]): Lifetime => ({ bytes, first, last: first + length })),
  { maxLength: 30 },
);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const liveAtOnce = (a: Lifetime, b: Lifetime) => a.first <= b.last && b.first <= a.last;

describe('takeTurns', () => {
  it('lets tensors take turns that never live at once, in buffers that are large enough', () => {
    fc.assert(
      fc.property(lifetimes, fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 4 }), (tensors, existing) => {
        const { places, sizes } = takeTurns(tensors, existing);
        expect(sizes.slice(0, existing.length)).toEqual(existing);
        tensors.forEach((tensor, a) => {
          const { buffer, offset } = places[a]!;
          expect(sizes[buffer]).toBeGreaterThanOrEqual(tensor.bytes);
          expect(offset).toBe(0);
          tensors.slice(0, a).forEach((other, b) => {
            if (liveAtOnce(other, tensor)) expect(buffer).not.toBe(places[b]!.buffer);
          });
        });
      }),
    );
  });

  it('takes no more than a buffer for each, and no less than what lives at once', () => {
    fc.assert(
      fc.property(lifetimes, (tensors) => {
        const total = sum(takeTurns(tensors).sizes);
        expect(total).toBeLessThanOrEqual(sum(tensors.map(({ bytes }) => bytes)));
        for (let moment = 0; moment < 27; moment++) {
          const alive = tensors.filter(({ first, last }) => first <= moment && moment <= last);
          expect(total).toBeGreaterThanOrEqual(sum(alive.map(({ bytes }) => bytes)));
        }
      }),
    );
  });

  it('needs two buffers for a chain, whatever its length', () => {
    const chain = Array.from({ length: 9 }, (_, k) => ({ bytes: 100 - k, first: k, last: k + 1 }));
    expect(takeTurns(chain).sizes).toEqual([100, 99]);
  });
});

describe('packSideBySide', () => {
  /** Pairs of tensors, by numbers of which the remainder counts. */
  const pairs = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 20 });
  const apartOf = (tensors: readonly Lifetime[], meeting: readonly (readonly [number, number])[]) => {
    const apart = tensors.map(() => new Set<number>());
    for (const [a, b] of meeting.map((pair) => pair.map((one) => one % tensors.length) as [number, number])) {
      if (tensors.length === 0 || a === b) continue;
      apart[a]!.add(b);
      apart[b]!.add(a);
    }
    return apart;
  };

  it('keeps those apart that live at once in the same bytes, or that a dispatch reads and writes', () => {
    fc.assert(
      fc.property(
        lifetimes,
        pairs,
        fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 4 }),
        (some, meeting, existing) => {
          const tensors = some.map((tensor) => ({ ...tensor, bytes: 3 * tensor.bytes }));
          const apart = apartOf(tensors, meeting);
          const largest = Math.max(2000, ...tensors.map(({ bytes }) => Math.ceil(bytes / 256) * 256));
          const { places, sizes } = packSideBySide(tensors, apart, 2000, existing);
          expect(sizes.slice(0, existing.length)).toEqual(existing);
          for (const size of sizes.slice(existing.length)) expect(size).toBeLessThanOrEqual(largest);
          tensors.forEach((tensor, a) => {
            const { buffer, offset } = places[a]!;
            expect(offset % 256).toBe(0);
            expect(offset + tensor.bytes).toBeLessThanOrEqual(sizes[buffer]!);
            tensors.slice(0, a).forEach((other, b) => {
              const there = places[b]!;
              if (there.buffer !== buffer) return;
              expect(apart[a]!.has(b)).toBe(false);
              const meet = there.offset < offset + tensor.bytes && offset < there.offset + other.bytes;
              expect(meet && liveAtOnce(tensor, other)).toBe(false);
            });
          });
        },
      ),
    );
  });

  it('fills a large buffer with small tensors', () => {
    const large = { bytes: 1024, first: 0, last: 1 };
    const small = [0, 1, 2, 3].map(() => ({ bytes: 256, first: 2, last: 3 }));
    const none = [large, ...small].map(() => new Set<number>());
    expect(packSideBySide([large, ...small], none, 1024).sizes).toEqual([1024]);
    expect(takeTurns([large, ...small]).sizes).toEqual([1024, 256, 256, 256]);
  });
});

const survey = () => new MemorySurvey({ adapter: { isSoftware: false }, limits: DEFAULT_LIMITS });
const SHAPE = [4, 4];
const BYTES = 64;

/** A chain of `length` dispatches behind `input`. */
function chain(plan: PlanBuilder, length: number, input = plan.tensor('input', SHAPE)) {
  let last = input;
  for (let k = 0; k < length; k++) last = blend(plan, last, last, 0.5);
  return last;
}

describe('a plan', () => {
  it('shares scratch, keeps what it is told to keep, and frees all', () => {
    const host = survey();
    const plan = new PlanBuilder(host, 'chain');
    const output = plan.keep(chain(plan, 6));
    expect(host.bytesInUse).toBe(2 * BYTES); // input and output
    plan.reserve();
    expect(host.bytesInUse).toBe(4 * BYTES); // and two for all between
    writeTensor(host, output, new Float32Array(16));
    plan.discard();
    expect(host.bytesInUse).toBe(0);
  });

  it('takes memory for each tensor if told not to share', () => {
    const host = survey();
    const plan = new PlanBuilder(host, 'chain', { sharesScratch: false });
    chain(plan, 6);
    plan.reserve();
    expect(host.bytesInUse).toBe(7 * BYTES);
  });

  it('does not let scratch out', () => {
    const plan = new PlanBuilder(survey(), 'chain');
    const forgotten = chain(plan, 3);
    expect(() => writeTensor(plan.host, forgotten, new Float32Array(16))).toThrow(ScratchAccessError);
    expect(() => writeTensor(plan.host, forgotten, new Float32Array(16))).toThrow(/input blended blended/);
    expect(() => chain(new PlanBuilder(plan.host, 'other'), 1, forgotten)).toThrow(ScratchAccessError);
    expect(() => forgotten.storage.buffer).toThrow(/scratch memory/);
  });

  it('refuses to read scratch that nothing has written, and to change when it has its memory', () => {
    const plan = new PlanBuilder(survey(), 'chain');
    expect(() => chain(plan, 1, plan.scratch('empty', SHAPE))).toThrow(/reads "empty"/);
    const output = chain(plan, 1);
    plan.reserve();
    expect(() => plan.keep(output)).toThrow(PlanClosedError);
    expect(() => plan.scratch('late', SHAPE)).toThrow(/cannot be changed/);
  });

  it('cannot be built for a survey', async () => {
    await expect(new PlanBuilder(survey(), 'chain').build()).rejects.toThrow(SurveyedPlanError);
  });
});

describe('plans with one pool', () => {
  it('share memory with each other, the largest first, and give it back when the last is gone', () => {
    const host = survey();
    const pool = new ScratchPool(host);
    const small = new PlanBuilder(host, 'small', { pool });
    const large = new PlanBuilder(host, 'large', { pool });
    chain(small, 4, small.tensor('input', [4, 4]));
    chain(large, 4, large.tensor('input', [4, 4, 4]));
    reserveTogether([small, large]);
    expect(pool.bytes).toBe(2 * 4 * BYTES);
    large.discard();
    expect(pool.bytes).toBe(2 * 4 * BYTES);
    discardTogether([small]);
    expect(pool.bytes).toBe(0);
    expect(host.bytesInUse).toBe(0);
  });
});

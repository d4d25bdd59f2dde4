/** The first minute: a head that turns a little by itself comes back to where it was, and gives way to a hand. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { homeOf, type OrbitState, orbitAt } from '../../../src/camera/orbit';
import type { Studio } from '../../../src/studio/studio';
import { FirstTurn } from '../../../src/ui/stage/first-turn';

/** As much of a studio as it knows. */
function studioWith({ prefersReducedMotion = false, fullMilliseconds = 20 } = {}) {
  const state = {
    status: 'ready',
    view: orbitAt(homeOf()),
    settings: { autoRotate: false },
    device: { fullMilliseconds },
  };
  const seen: number[] = [];
  const studio = {
    state,
    prefersReducedMotion,
    moveCamera(change: (view: OrbitState) => OrbitState) {
      state.view = change(state.view);
      seen.push(state.view.yaw);
    },
  };
  return { studio: studio as unknown as Studio, state, seen };
}

/** A clock of its own, in milliseconds, and what is due on it. */
let clock = 0;
let due: { at: number; run: (now: number) => void }[] = [];

function passes(milliseconds: number): void {
  const end = clock + milliseconds;
  for (; clock < end; clock += 16) {
    const ready = due.filter(({ at }) => at <= clock);
    due = due.filter(({ at }) => at > clock);
    for (const { run } of ready) run(clock);
  }
}

beforeEach(() => {
  clock = 0;
  due = [];
  const add = (run: (now: number) => void, delay = 1) => {
    const entry = { at: clock + delay, run };
    due.push(entry);
    return entry;
  };
  const cancel = (entry: unknown) => {
    due = due.filter((other) => other !== entry);
  };
  vi.stubGlobal('requestAnimationFrame', (run: (now: number) => void) => add(run));
  vi.stubGlobal('cancelAnimationFrame', cancel);
  vi.stubGlobal('setTimeout', add);
  vi.stubGlobal('clearTimeout', cancel);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the first turn', () => {
  it('goes a little to both sides and comes back exactly, three times', () => {
    const { studio, state, seen } = studioWith();
    const { yaw } = state.view;
    const turn = new FirstTurn(studio);
    passes(9500);
    expect(Math.max(...seen) - yaw).toBeGreaterThan(0.1);
    expect(Math.min(...seen) - yaw).toBeLessThan(-0.1);
    expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(0.7);
    expect(state.view.yaw).toBe(yaw);
    const frames = seen.length;
    passes(5000);
    expect(seen).toHaveLength(frames); // it rests, and nothing is drawn
    passes(120_000);
    expect(seen.length).toBeGreaterThan(2 * frames);
    expect(seen.length).toBeLessThan(4 * frames);
    expect(state.view.yaw).toBe(yaw);
    expect(turn.isTaken).toBe(false);
  });

  it('never moves by much between two frames', () => {
    const { studio, seen } = studioWith();
    new FirstTurn(studio);
    passes(9500);
    const steps = seen.slice(1).map((yaw, at) => Math.abs(yaw - seen[at]!));
    expect(Math.max(...steps)).toBeLessThan(0.008);
  });

  it.each([
    ['a hand on the head', (view: OrbitState) => ({ ...view, held: true })],
    ['a turn by key', (view: OrbitState) => ({ ...view, yaw: view.yaw + 0.1 })],
    ['a zoom', (view: OrbitState) => ({ ...view, radius: view.radius * 0.9 })],
  ])('is taken by %s', (_, change) => {
    const { studio, state } = studioWith();
    const turn = new FirstTurn(studio);
    passes(3000);
    expect(turn.isTaken).toBe(false);
    state.view = change(state.view);
    expect(turn.isTaken).toBe(true);
    turn.stop();
    const { view } = state;
    passes(60_000);
    expect(state.view).toBe(view);
  });

  it.each([
    ['for people who prefer reduced motion', { prefersReducedMotion: true }],
    ['on a device that would jump rather than turn', { fullMilliseconds: 900 }],
  ])('does not move %s', (_, options) => {
    const { studio, seen } = studioWith(options);
    new FirstTurn(studio);
    passes(60_000);
    expect(seen).toEqual([]);
  });
});

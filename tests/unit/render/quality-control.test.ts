/** The quality ladder and who climbs it: a simulated device says how long frames take. */
import { describe, expect, test } from 'vitest';
import { QualityControl, volumetricLevels, workOf } from '../../../src/render/quality';

const SETTINGS = { neuralResolution: 64, depthSamples: 24, importanceSamples: 24, quality: 'fast' } as const;
const LADDER = volumetricLevels(SETTINGS);
/** For the simulated device: rays along a side and work, as shares of the full picture's. */
const LEVELS = [
  { rays: 1, work: 1 },
  { rays: 1, work: 0.5 },
  { rays: 0.75, work: 0.28125 },
  { rays: 0.5, work: 0.0625 },
  { rays: 0.375, work: 0.0352 },
  { rays: 0.25, work: 0.0156 },
];
const REPAINT = 1000 / 60;

/** The same numbers between 0 and 1 every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Device {
  /** Milliseconds of a full picture, and of a frame without any work, at a frame. */
  full(frame: number): number;
  readonly overhead?: number;
  /** Times vary by this factor up and down. */
  readonly noise?: number;
  /** Share of frames that take three times as long. */
  readonly hiccups?: number;
  /** Work of the levels, if it is not what the ladder thinks. */
  readonly work?: readonly number[];
}

/** @returns the level of each frame */
function simulate(
  frames: number,
  { full, overhead = 3, noise = 1, hiccups = 0, work }: Device,
  control = controlled(),
) {
  const random = randomNumbers(frames);
  return Array.from({ length: frames }, (_, frame) => {
    const level = control.level(REPAINT);
    const usual = full(frame) * (work?.[level] ?? LEVELS[level]!.work) + overhead;
    const hiccup = random() < hiccups ? 3 : 1;
    control.moved(usual * noise ** (2 * random() - 1) * hiccup, REPAINT);
    return level;
  });
}

const controlled = (startsSlow = false) => new QualityControl(LEVELS, startsSlow);
const changes = (levels: readonly number[]) => levels.filter((level, i) => i > 0 && level !== levels[i - 1]).length;

describe('the ladder', () => {
  test('leads from the full picture down to a quarter of the rays, each step less work', () => {
    expect(LADDER.map(({ side, isEnlarged }) => [side, isEnlarged])).toEqual([
      [64, true],
      [64, false],
      [48, false],
      [32, false],
      [24, false],
      [16, false],
    ]);
    const work = LADDER.map((level) => workOf(level, LADDER[0]!, true));
    work.slice(1).forEach((less, index) => {
      expect(less).toBeLessThan(work[index]!);
    });
  });

  test('the raw picture has the rays of the full one where those are fast; fewer rays are drafts', () => {
    const qualities = (quality: 'fast' | 'exact') =>
      volumetricLevels({ ...SETTINGS, quality }).map(({ settings }) => settings.quality);
    expect(qualities('fast')).toEqual(['fast', 'fast', 'draft', 'draft', 'draft', 'draft']);
    expect(qualities('exact')).toEqual(['exact', 'draft', 'draft', 'draft', 'draft', 'draft']);
    expect(LADDER[0]!.settings).toBe(SETTINGS);
    expect(LADDER[1]!.settings).toBe(SETTINGS);
  });

  test('few rays leave few steps', () => {
    const sides = (neuralResolution: number) =>
      volumetricLevels({ ...SETTINGS, neuralResolution }).map(({ side }) => side);
    expect(sides(16)).toEqual([16, 16]);
    expect(sides(32)).toEqual([32, 32, 24, 16]);
  });
});

describe('a steady device', () => {
  test.each([
    ['draws the full picture at every repaint', 8, 0],
    ['leaves the super-resolution out to keep up with the display', 18, 1],
    ['has fewer rays to keep up with the display', 30, 2],
    ['rather shows all rays at every second repaint than few at every one', 40, 1],
    ['shows the best picture that comes twelve times a second', 120, 1],
    ['shows few rays if that is what it can', 1500, 4],
    ['shows the least if nothing is quick enough', 100_000, 5],
  ])('%s', (_, full, level) => {
    const levels = simulate(400, { full: () => full });
    expect(levels.at(-1)).toBe(level);
    expect(changes(levels.slice(40))).toBe(0);
  });

  test('begins below the full picture where that is likely too slow, and at the full picture elsewhere', () => {
    expect(controlled(true).level(REPAINT)).toBe(1);
    expect(controlled(false).level(REPAINT)).toBe(0);
  });

  test('begins where the picture at rest says', () => {
    const control = controlled(true);
    control.measured(0, 700);
    const first = control.level(REPAINT);
    expect(first).toBe(3);
    expect(simulate(100, { full: () => 700 }, control).every((level) => level === first)).toBe(true);
  });

  test('a display that repaints more often wants more', () => {
    const control = controlled();
    control.measured(0, 14);
    expect(control.level(1000 / 60)).toBe(0);
    expect(control.level(1000 / 120)).toBe(1);
  });

  test('guesses of work that are wrong are found out', () => {
    const work = [1, 0.9, 0.85, 0.3, 0.25, 0.2]; // the ladder thinks that half of it is super-resolution
    const levels = simulate(2000, { full: () => 120, work });
    expect(work[levels.at(-1)!]! * 120).toBeLessThan(75);
    expect(changes(levels.slice(200))).toBeLessThanOrEqual(4);
  });
});

describe('a device whose times vary', () => {
  test.each([
    [10, 1.3, 0.02],
    [15, 1.4, 0.05],
    [30, 1.4, 0.02],
    [60, 1.4, 0.05],
    [140, 1.3, 0.05],
    [160, 1.4, 0.02],
    [700, 1.5, 0.05],
    [2000, 1.4, 0.05],
  ])(
    'full picture %d ms, up to %d times more or less, hiccups %d: the picture does not pump',
    (full, noise, hiccups) => {
      const levels = simulate(3000, { full: () => full, noise, hiccups });
      // Ten seconds and more to settle; then a step is tried again now and then, ever more rarely.
      expect(changes(levels.slice(600))).toBeLessThanOrEqual(8);
    },
  );

  test('slower from one frame to the next: it goes down at once, and comes back when it is over', () => {
    const busy = (frame: number) => frame >= 300 && frame < 600;
    const levels = simulate(1500, { full: (frame) => (busy(frame) ? 80 : 8), noise: 1.1 });
    expect(levels[299]).toBe(0);
    expect(levels.slice(306, 590).every((level) => level > 0)).toBe(true);
    expect(levels.at(-1)).toBe(0);
    expect(changes(levels)).toBeLessThanOrEqual(8);
  });

  test('one late frame changes nothing, one that is far too late does', () => {
    const after = (milliseconds: number) =>
      simulate(110, { full: (frame) => (frame === 100 ? milliseconds : 8), overhead: 1 })[101];
    expect(after(30)).toBe(0);
    expect(after(160)).toBeGreaterThan(0);
  });
});

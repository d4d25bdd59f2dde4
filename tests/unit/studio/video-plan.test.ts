/** The frames of a video: how many, from where, and that loops close. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frameCount,
  planVideo,
  VIDEO_LIMITS,
  type VideoOptions,
  VideoPlanError,
  type VideoPose,
} from '../../../src/studio/export/video-plan';

const FRONT: VideoPose = { yaw: 0.2, pitch: 0.1, radius: 2.7, focal: 4.2647, pivot: [0, 0, 0.2] };
const LENGTH = { seconds: 2, fps: 24 };
const yaws = (options: VideoOptions) => planVideo(options).frames.map(({ pose }) => pose.yaw);
const key = (yaw: number, change: Partial<VideoPose> = {}): VideoPose => ({ ...FRONT, yaw, ...change });
/** The steps from frame to frame, and from the last to the first, a whole number of turns apart. */
const steps = (angles: readonly number[]) =>
  angles.map((angle, index) => {
    const step = (angles[index + 1] ?? angles[0]!) - angle;
    return step - 2 * Math.PI * Math.round(step / (2 * Math.PI));
  });

describe('frameCount', () => {
  it.each([
    [5, 24, 120],
    [2.5, 30, 75],
    [1, 23.976, 24],
    [0.1, 1, 1],
  ])('%d s at %d frames a second are %i frames', (seconds, fps, count) => {
    expect(frameCount({ seconds, fps })).toBe(count);
  });
});

describe('a turntable', () => {
  it('turns once, evenly, and closes', () => {
    const angles = yaws({ ...LENGTH, kind: 'turntable', from: FRONT, motion: { kind: 'turn', turns: 1 } });
    expect(angles.length).toBe(48);
    expect(angles[0]).toBe(FRONT.yaw);
    for (const step of steps(angles)) expect(step).toBeCloseTo((2 * Math.PI) / 48, 10);
  });

  it('swings about the pose that it starts from, and closes', () => {
    const { frames } = planVideo({
      ...LENGTH,
      kind: 'turntable',
      from: FRONT,
      motion: { kind: 'swing', yaw: 0.35, pitch: 0.25 },
    });
    expect(frames[0]!.pose).toEqual({ ...FRONT, pitch: FRONT.pitch + 0.25 });
    expect(frames[12]!.pose.yaw).toBeCloseTo(FRONT.yaw + 0.35, 10);
    expect(frames[24]!.pose.pitch).toBeCloseTo(FRONT.pitch - 0.25, 10);
    for (const step of steps(frames.map(({ pose }) => pose.yaw))) expect(Math.abs(step)).toBeLessThan(0.05);
    expect(frames.every(({ walkPosition }) => walkPosition === undefined)).toBe(true);
  });
});

describe('a walk', () => {
  it('passes the sources at equal times and ends before the first comes again', () => {
    const { frames } = planVideo({
      ...LENGTH,
      kind: 'latent-walk',
      from: FRONT,
      motion: { kind: 'turn', turns: -1 },
      sources: 3,
    });
    expect(frames[0]!.walkPosition).toBe(0);
    expect(frames[16]!.walkPosition).toBe(1);
    expect(frames[47]!.walkPosition).toBeCloseTo(3 - 3 / 48, 10);
    expect(frames[24]!.pose.yaw).toBeCloseTo(FRONT.yaw - Math.PI, 10);
  });
});

describe('a camera path', () => {
  it('goes round with keys all round, at an even pace', () => {
    const keys = [0, 2, 4].map((third) => key((third * Math.PI) / 3 - Math.PI));
    const angles = yaws({ ...LENGTH, kind: 'camera-path', keys, isLoop: true });
    for (const step of steps(angles)) expect(step).toBeCloseTo((2 * Math.PI) / 48, 5);
  });

  it('passes its keys, takes the shorter way over the back, and rests at the end', () => {
    const keys = [key(3), key(-3, { radius: 1.35, pivot: [0.1, 0, 0] }), key(-2.5, { pitch: -0.4 })];
    const { frames } = planVideo({ seconds: 49 / 24, fps: 24, kind: 'camera-path', keys, isLoop: false });
    const near = (found: VideoPose, wanted: VideoPose) => {
      expect(Math.cos(found.yaw - wanted.yaw)).toBeCloseTo(1, 6);
      for (const name of ['pitch', 'radius', 'focal'] as const) expect(found[name]).toBeCloseTo(wanted[name], 5);
      found.pivot.forEach((value, axis) => {
        expect(value).toBeCloseTo(wanted.pivot[axis]!, 6);
      });
    };
    expect(frames.length).toBe(49);
    near(frames[0]!.pose, keys[0]!);
    near(frames[24]!.pose, keys[1]!);
    near(frames[48]!.pose, keys[2]!);
    const moves = frames.slice(1).map(({ pose }, index) => Math.abs(pose.yaw - frames[index]!.pose.yaw));
    expect(Math.max(...moves)).toBeLessThan(0.1);
    expect(moves[0]).toBeLessThan(moves[5]! / 3);
    expect(moves.at(-1)).toBeLessThan(Math.max(...moves) / 3);
  });

  it('is a path of possible cameras through any keys', () => {
    const pose = fc.record({
      yaw: fc.double({ min: -4, max: 4, noNaN: true }),
      pitch: fc.double({ min: -Math.PI / 2, max: Math.PI / 2, noNaN: true }),
      radius: fc.double({ min: 0.1, max: 20, noNaN: true }),
      focal: fc.double({ min: 0.5, max: 20, noNaN: true }),
      pivot: fc.constant([0, 0, 0] as const),
    });
    fc.assert(
      fc.property(fc.array(pose, { minLength: 2, maxLength: 6 }), fc.boolean(), (keys, isLoop) => {
        const { frames } = planVideo({ ...LENGTH, kind: 'camera-path', keys, isLoop });
        for (const { pose } of frames) {
          expect(Math.abs(pose.pitch)).toBeLessThanOrEqual(Math.PI / 2);
          expect(pose.radius).toBeGreaterThan(0);
          expect(Number.isFinite(pose.yaw + pose.focal)).toBe(true);
        }
        expect(Math.cos(frames[0]!.pose.yaw - keys[0]!.yaw)).toBeCloseTo(1, 6);
      }),
      { numRuns: 50 },
    );
  });
});

it.each<[string, VideoOptions]>([
  ['seconds', { seconds: Number.NaN, fps: 24, kind: 'camera-path', keys: [FRONT, FRONT], isLoop: true }],
  ['seconds', { seconds: 601, fps: 24, kind: 'camera-path', keys: [FRONT, FRONT], isLoop: true }],
  ['fps', { seconds: 1, fps: 0, kind: 'camera-path', keys: [FRONT, FRONT], isLoop: true }],
  ['keys', { ...LENGTH, kind: 'camera-path', keys: [FRONT], isLoop: false }],
  ['turns', { ...LENGTH, kind: 'turntable', from: FRONT, motion: { kind: 'turn', turns: 0.5 } }],
  ['swing', { ...LENGTH, kind: 'turntable', from: FRONT, motion: { kind: 'swing', yaw: 4, pitch: 0 } }],
  ['sources', { ...LENGTH, kind: 'latent-walk', from: FRONT, motion: { kind: 'still' }, sources: 0 }],
])('refuses impossible %s, and says what is possible', (option, options) => {
  let error: unknown;
  try {
    planVideo(options);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(VideoPlanError);
  if (!(error instanceof VideoPlanError)) return;
  expect(error.option).toBe(option);
  expect(error.limit).toBe(VIDEO_LIMITS[error.option]);
  expect(error.remedy).toContain(String(Number(error.limit.most.toFixed(2))));
});

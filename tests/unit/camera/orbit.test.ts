/** The orbit control as maths: what each gesture does, and that motion does not depend on the frame rate. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advance,
  drag,
  FARTHEST_PAN,
  FARTHEST_ZOOM,
  grab,
  homeOf,
  isMoving,
  isOrbitKey,
  labelOf,
  lookFrom,
  NEAREST_ZOOM,
  type OrbitState,
  orbitAt,
  PITCH_LIMIT,
  pan,
  pinch,
  pressKey,
  release,
  reset,
  settle,
  wheel,
  wrapAngle,
} from '../../../src/camera/orbit';
import { orbitLabel } from '../../../src/camera/orbit-pose';

const home = orbitAt(homeOf());
const viewport = { width: 512, height: 512 };
const FRAME = 1 / 60;

/** A hand that moves steadily for some frames and lets go. */
function thrown(dx: number, dy: number, frames = 12): OrbitState {
  let state = grab(home);
  for (let i = 0; i < frames; i++) state = drag(state, dx, dy, viewport, FRAME);
  return release(state);
}

function advanceBySteps(state: OrbitState, steps: readonly number[]): OrbitState {
  return steps.reduce((moved, seconds) => advance(moved, seconds), state);
}

/** Difference of two states in everything that moves; angles round the circle. */
function difference(a: OrbitState, b: OrbitState): number {
  return Math.max(
    Math.abs(wrapAngle(a.yaw - b.yaw)),
    Math.abs(a.pitch - b.pitch),
    Math.abs(a.radius - b.radius),
    ...a.pivot.map((value, axis) => Math.abs(value - b.pivot[axis]!)),
  );
}

describe('home', () => {
  test('is in front at the default radius and focal length, at rest', () => {
    expect(labelOf(home)).toEqual(orbitLabel({ yaw: 0, pitch: 0, radius: 2.7, focal: 4.2647 }));
    expect(isMoving(home)).toBe(false);
    expect(advance(home, 1)).toBe(home);
  });

  test("is the model's own where it says so", () => {
    const state = orbitAt(homeOf({ radius: 1.7, pivot: [0, 0.05, 0.2], focal: 1.7074 }));
    const label = labelOf(state);
    expect([label[3], label[7], label[11]]).toEqual([0, Math.fround(0.05), Math.fround(1.9)]);
    expect(label[16]).toBe(Math.fround(1.7074));
  });

  test('is where reset leads, from anywhere', () => {
    const away = wheel(pan(thrown(9, 7), 30, 20, viewport), 200);
    expect(reset(away)).toEqual(home);
    expect(pressKey(away, 'Home')).toEqual(home);
    expect(pressKey(away, 'r')).toEqual(home);
  });
});

describe('turning', () => {
  test('follows the hand: right takes the camera to the right side of the head, down lifts it', () => {
    const state = drag(grab(home), 128, 64, viewport, FRAME);
    expect(state.yaw).toBeCloseTo(-Math.PI / 4, 12);
    expect(state.pitch).toBeCloseTo(Math.PI / 8, 12);
    const label = labelOf(state);
    expect(label[3]).toBeLessThan(0);
    expect(label[7]).toBeGreaterThan(0);
  });

  test('goes all the way round and stays within (-pi, pi]', () => {
    let state = grab(home);
    for (let i = 0; i < 40; i++) {
      state = drag(state, -50, 0, viewport, FRAME);
      expect(state.yaw).toBeGreaterThan(-Math.PI);
      expect(state.yaw).toBeLessThanOrEqual(Math.PI);
    }
    expect(difference(state, { ...home, yaw: wrapAngle((2000 / 512) * Math.PI) })).toBeLessThan(1e-9);
    expect(wrapAngle(Math.PI)).toBe(Math.PI);
    expect(wrapAngle(-Math.PI)).toBe(Math.PI);
    expect(wrapAngle(3 * Math.PI)).toBeCloseTo(Math.PI, 12);
  });

  test('resists beyond the pitch limit, never passes 85 degrees, and springs back when let go', () => {
    const pulled = drag(grab(home), 0, 2000, viewport, FRAME);
    expect(pulled.pitch).toBeGreaterThan(PITCH_LIMIT);
    expect(pulled.pitch).toBeLessThanOrEqual((85 * Math.PI) / 180);
    expect(advance(pulled, 1)).toBe(pulled); // a hand holds it
    const released = release(pulled, 1);
    expect(isMoving(released)).toBe(true);
    expect(advance(released, 3).pitch).toBeCloseTo(PITCH_LIMIT, 9);
    expect(isMoving(advance(released, 3))).toBe(false);
  });

  test('the rubber band does not slip: pulling out and back ends where it began', () => {
    const out = drag(grab(lookFrom(home, { pitch: 1.2 })), 0, 60, viewport, FRAME);
    expect(drag(out, 0, -60, viewport, FRAME).pitch).toBeCloseTo(1.2, 9);
  });

  test('no throw shows a camera that is upside down', () => {
    let state = thrown(0, 400, 3);
    for (let i = 0; i < 120; i++) {
      state = advance(state, FRAME);
      expect(labelOf(state)[5]).toBeLessThan(0); // the camera's down axis points down
    }
    expect(isMoving(state)).toBe(false);
  });
});

describe('inertia', () => {
  test('goes on after the hand lets go, fades, and ends', () => {
    const state = thrown(8, 0);
    const later = advance(state, 0.1);
    expect(Math.abs(wrapAngle(later.yaw - state.yaw))).toBeGreaterThan(0.01);
    expect(Math.abs(later.yawVelocity)).toBeLessThan(Math.abs(state.yawVelocity));
    expect(isMoving(advance(state, 5))).toBe(false);
  });

  test('is not there if the hand rested before it let go', () => {
    const held = drag(grab(home), 8, 0, viewport, FRAME);
    expect(isMoving(release(held, 0.2))).toBe(false);
  });

  test('one step of 100 ms is ten of 10 ms', () => {
    const state = wheel(thrown(8, 20), 100);
    const tenSteps = advanceBySteps(
      state,
      Array.from({ length: 10 }, () => 0.01),
    );
    expect(difference(advance(state, 0.1), tenSteps)).toBeLessThan(1e-6);
  });

  test('no cut of the time into frames changes the path by more than 1e-6, over limits and to the end', () => {
    const anyThrow = fc.record({
      pitch: fc.double({ min: -1.48, max: 1.48, noNaN: true }),
      yawVelocity: fc.double({ min: -15, max: 15, noNaN: true }),
      pitchVelocity: fc.double({ min: -15, max: 15, noNaN: true }),
      zoomVelocity: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    const anySteps = fc.array(fc.double({ min: 1e-4, max: 0.3, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyThrow, anySteps, (motion, steps) => {
        const state = { ...home, ...motion };
        const total = steps.reduce((sum, seconds) => sum + seconds, 0);
        expect(difference(advance(state, total), advanceBySteps(state, steps))).toBeLessThan(1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  test('every motion ends within five seconds, inside the limits', () => {
    const velocity = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(velocity, velocity, velocity, (yawVelocity, pitchVelocity, zoomVelocity) => {
        const end = advance({ ...home, yawVelocity, pitchVelocity, zoomVelocity }, 5);
        expect(isMoving(end)).toBe(false);
        expect(Math.abs(end.pitch)).toBeLessThanOrEqual(PITCH_LIMIT);
      }),
    );
  });

  test('can be skipped: settle ends at once where the motion would have ended', () => {
    const state = wheel(thrown(8, 0), 120);
    expect(difference(settle(state), advance(state, 5))).toBeLessThan(1e-9);
    expect(isMoving(settle(state))).toBe(false);
  });
});

describe('zoom', () => {
  test('by two fingers is at once and by their ratio', () => {
    expect(pinch(home, 1.5).radius).toBeCloseTo(1.8, 12);
    expect(pinch(home, 0)).toBe(home);
    expect(pinch(home, Number.NaN)).toBe(home);
  });

  test("keeps the model's field of view", () => {
    expect(labelOf(pinch(home, 1.5))[16]).toBe(labelOf(home)[16]);
  });

  test('stays between limits that are relative to the home radius', () => {
    const state = orbitAt(homeOf({ radius: 1.3 }));
    expect(pinch(state, 100).radius).toBeCloseTo(NEAREST_ZOOM * 1.3, 12);
    expect(pinch(state, 0.01).radius).toBeCloseTo(FARTHEST_ZOOM * 1.3, 12);
    let away = state;
    for (let i = 0; i < 50; i++) away = advance(wheel(away, 300), FRAME);
    expect(advance(away, 5).radius).toBeCloseTo(FARTHEST_ZOOM * 1.3, 9);
  });

  test('by the wheel glides: down moves away, lines and pages count as pixels', () => {
    const away = advance(wheel(home, 100), 5);
    expect(away.radius).toBeCloseTo(2.7 * Math.exp(0.125), 9);
    expect(advance(wheel(home, 6.25, 1), 5).radius).toBeCloseTo(away.radius, 9);
    expect(advance(wheel(home, -0.25, 2), 5).radius).toBeCloseTo(2.7 * Math.exp(-0.125), 9);
  });
});

describe('keys', () => {
  test('arrows turn by five degrees, fifteen with Shift, like a drag that way', () => {
    const degrees = (radians: number) => (radians * 180) / Math.PI;
    expect(degrees(advance(pressKey(home, 'ArrowRight'), 5).yaw)).toBeCloseTo(-5, 9);
    expect(degrees(advance(pressKey(home, 'ArrowLeft', true), 5).yaw)).toBeCloseTo(15, 9);
    expect(degrees(advance(pressKey(home, 'ArrowDown'), 5).pitch)).toBeCloseTo(5, 9);
    expect(degrees(settle(pressKey(home, 'ArrowUp')).pitch)).toBeCloseTo(-5, 9);
  });

  test('plus comes nearer, minus undoes it', () => {
    const nearer = advance(pressKey(home, '+'), 5);
    expect(nearer.radius).toBeCloseTo(2.7 / 1.08, 9);
    expect(advance(pressKey(nearer, '-'), 5).radius).toBeCloseTo(2.7, 9);
  });

  test('others are not ours', () => {
    expect(isOrbitKey('ArrowUp')).toBe(true);
    expect(isOrbitKey('Tab')).toBe(false);
  });
});

describe('panning', () => {
  test('moves the pivot so that what is under the finger follows', () => {
    const { pivot } = pan(home, 51.2, -25.6, viewport);
    const worldPerPixel = 2.7 / (4.2647 * 512);
    expect(pivot[0]).toBeCloseTo(-51.2 * worldPerPixel, 12);
    expect(pivot[1]).toBeCloseTo(-25.6 * worldPerPixel, 12);
    expect(pivot[2]).toBeCloseTo(0, 12);
  });

  test('stays near home', () => {
    const { pivot } = pan(home, 1e5, 1e5, viewport);
    expect(Math.hypot(...pivot)).toBeCloseTo(FARTHEST_PAN * 2.7, 12);
  });
});

test('whatever the gestures, the label is 25 finite numbers and the limits hold', () => {
  const pixels = fc.integer({ min: -3000, max: 3000 });
  const gesture = fc.oneof(
    fc.tuple(pixels, pixels).map(
      ([dx, dy]) =>
        (state: OrbitState) =>
          drag(grab(state), dx, dy, viewport, FRAME),
    ),
    fc.tuple(pixels, pixels).map(
      ([dx, dy]) =>
        (state: OrbitState) =>
          pan(state, dx, dy, { width: 0, height: 0 }),
    ),
    pixels.map((delta) => (state: OrbitState) => wheel(state, delta)),
    fc.double({ min: 0, max: 10 }).map((ratio) => (state: OrbitState) => pinch(state, ratio)),
    fc.constant((state: OrbitState) => release(state)),
    fc.double({ min: 0, max: 1, noNaN: true }).map((seconds) => (state: OrbitState) => advance(state, seconds)),
  );
  fc.assert(
    fc.property(fc.array(gesture, { maxLength: 30 }), (gestures) => {
      const state = gestures.reduce((before, apply) => apply(before), home);
      expect(labelOf(state).every(Number.isFinite)).toBe(true);
      expect(state.radius).toBeGreaterThanOrEqual(NEAREST_ZOOM * 2.7 - 1e-9);
      expect(state.radius).toBeLessThanOrEqual(FARTHEST_ZOOM * 2.7 + 1e-9);
    }),
    { numRuns: 500 },
  );
});

/** Splines through w, against the numbers of the official video script. */
import { describe, expect, it } from 'vitest';
import { cubicSpline, LatentPathError, loopThroughKeyframes } from '../../../src/models/faces/path';
import { expectClose, readFixture } from '../fixtures';

describe('loopThroughKeyframes', () => {
  it('gives the numbers of the official script (generator_tiny, video_interp)', () => {
    const vectors = readFixture('generator_tiny');
    const path = loopThroughKeyframes([
      vectors.floats('ws.out.z1').subarray(0, 512),
      vectors.floats('ws.out.z2_first'),
      vectors.floats('ws.out.z1_psi07'),
    ]);
    const times = vectors.floats('video_interp.in.t');
    const found = Float32Array.from([...times].flatMap((t) => [...path(t).subarray(0, 64)]));
    expectClose('video_interp', found, vectors.floats('video_interp.out.w_layer0_first64'), 1e-5);
  });

  it('passes through its keyframes and closes', () => {
    const keyframes = [
      [0, 1],
      [2, -1],
      [5, 3],
    ].map((point) => Float32Array.from(point));
    const path = loopThroughKeyframes(keyframes);
    for (const [k, point] of [...keyframes, keyframes[0]!].entries()) {
      expect(path(k)[0]).toBeCloseTo(point[0]!, 5);
      expect(path(k)[1]).toBeCloseTo(point[1]!, 5);
    }
    expect(path(-0.5)).toEqual(path(2.5));
  });

  it('refuses no keyframes and keyframes of different lengths', () => {
    expect(() => loopThroughKeyframes([])).toThrow(LatentPathError);
    expect(() => loopThroughKeyframes([new Float32Array(2), new Float32Array(3)])).toThrow('have one length');
  });
});

describe('cubicSpline', () => {
  it('is exact for a cubic polynomial, as not-a-knot ends promise', () => {
    const cubic = (t: number) => 0.25 * t ** 3 - t ** 2 + 2 * t - 3;
    const spline = cubicSpline([0, 1, 2, 3, 4, 5].map((t) => Float32Array.of(cubic(t))));
    for (const t of [0, 0.3, 1.7, 2.5, 4.9, 5]) expect(spline(t)[0]).toBeCloseTo(cubic(t), 4);
  });
});

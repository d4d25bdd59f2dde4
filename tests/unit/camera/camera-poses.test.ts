/** Poses, intrinsics and labels against the reference vectors. Tolerance 1e-5: the reference calculates in F32. */
import { describe, expect, test } from 'vitest';
import {
  CameraError,
  camToWorldOf,
  intrinsicsOf,
  makeLabel,
  type Point,
  positionOf,
} from '../../../src/camera/conventions';
import { fieldOfView, intrinsicsFromFocal, intrinsicsFromFov } from '../../../src/camera/intrinsics';
import { lookAtPose } from '../../../src/camera/look-at';
import { orbitAxes, orbitLabel, orbitPose } from '../../../src/camera/orbit-pose';
import { gaussianPoses, posesFromDraws, uniformPoses } from '../../../src/camera/pose-distributions';
import { videoPose } from '../../../src/camera/trajectories';
import { viewOctant } from '../../../src/camera/view-octant';
import { NumpyRandomState } from '../../../src/models/numpy-random';
import { caseOptions, expectClose, readFixture } from '../fixtures';

const rays = readFixture('rays');
const radians = (degrees: number) => (degrees * Math.PI) / 180;
const joined = (matrices: Float64Array[]) => matrices.flatMap((matrix) => [...matrix]);

describe('the official samplers', () => {
  test('look-at poses', () => {
    const cases = rays.floats('pose.in.yaw_pitch_radius_pivot');
    const poses = Array.from({ length: cases.length / 6 }, (_, i) => {
      const [yaw = 0, pitch = 0, radius, x = 0, y = 0, z = 0] = cases.subarray(6 * i, 6 * i + 6);
      return lookAtPose({ yaw: Math.PI / 2 + yaw, pitch: Math.PI / 2 + pitch, radius, pivot: [x, y, z] });
    });
    expectClose('pose', joined(poses), rays.floats('pose.out.cam2world'), 1e-5);
  });

  test('the pitch argument is no plain angle, but level is level', () => {
    expect(positionOf(lookAtPose({ yaw: Math.PI / 2, pitch: Math.PI / 2, radius: 1 }))[1]).toBeCloseTo(0, 12);
    const [, height] = positionOf(lookAtPose({ yaw: Math.PI / 2, pitch: Math.PI / 2 - 0.5, radius: 1 }));
    expect(height).toBeCloseTo(1 / Math.PI, 12);
  });

  test('pitch is clamped before the poles', () => {
    expect(lookAtPose({ yaw: 1, pitch: -3 }).every(Number.isFinite)).toBe(true);
    expect(lookAtPose({ yaw: 1, pitch: -3 })).toEqual(lookAtPose({ yaw: 1, pitch: 1e-5 }));
  });

  interface SamplerOptions {
    horizontal_mean: number;
    vertical_mean: number;
    horizontal_stddev: number;
    vertical_stddev: number;
    radius: number;
  }
  const distribution = (name: string) => {
    const options = caseOptions<SamplerOptions>(rays, name);
    return {
      yawMean: options.horizontal_mean,
      pitchMean: options.vertical_mean,
      yawSpread: options.horizontal_stddev,
      pitchSpread: options.vertical_stddev,
      radius: options.radius,
    };
  };

  test('Gaussian poses', () => {
    const draws = [rays.floats('pose_gauss.rnd00.randn'), rays.floats('pose_gauss.rnd01.randn')];
    const poses = gaussianPoses(distribution('pose_gauss'), 3, { randn: () => draws.shift() ?? [] });
    expectClose('pose_gauss', joined(poses), rays.floats('pose_gauss.out.cam2world'), 1e-5);
  });

  test('uniform poses', () => {
    const draws = [rays.floats('pose_uniform.rnd00.rand'), rays.floats('pose_uniform.rnd01.rand')];
    const poses = uniformPoses(distribution('pose_uniform'), 3, { rand: () => draws.shift() ?? [] });
    expectClose('pose_uniform', joined(poses), rays.floats('pose_uniform.out.cam2world'), 1e-5);
  });

  test('a seeded generator gives the same cameras again, and draws of zero the mean', () => {
    const spread = distribution('pose_gauss');
    const draw = () => gaussianPoses(spread, 4, new NumpyRandomState(5));
    expect(draw()).toEqual(draw());
    const mean = lookAtPose({ yaw: spread.yawMean, pitch: spread.pitchMean, radius: spread.radius });
    expect(posesFromDraws(spread, [0], [0])).toEqual([mean]);
  });

  test('the trajectory of the video script', () => {
    const { frames, radius, pivot } = caseOptions<{ frames: number; radius: number; pivot: Point }>(rays, 'video_pose');
    const poses = Array.from({ length: frames }, (_, frame) => videoPose(frame, { frames, radius, pivot }));
    expectClose('video_pose', joined(poses), rays.floats('video_pose.out.cam2world'), 1e-5);
  });

  test('intrinsics from a field of view', () => {
    const degrees = rays.floats('fov.in.degrees');
    const matrices = Array.from(degrees, (angle) => intrinsicsFromFov(angle));
    expectClose('fov', joined(matrices), rays.floats('fov.out.intrinsics'), 1e-5);
    expect(intrinsicsFromFov(18.837)[0]).toBeCloseTo(4.26339, 5);
  });
});

describe('the orbiting camera', () => {
  test('labels of the bundled model', () => {
    const expected = readFixture('portrait-expected');
    const yaws: number[] = JSON.parse(expected.metadata.yaws_degrees ?? '[]');
    const pitches: number[] = JSON.parse(expected.metadata.pitches_degrees ?? '[]');
    const labels = yaws.map((yaw, i) => orbitLabel({ yaw: radians(yaw), pitch: radians(pitches[i] ?? 0) }));
    const numbers = labels.flatMap((label) => [...label]);
    expect(numbers).toHaveLength(100);
    expectClose('orbit labels', numbers, expected.floats('c'), 1e-6);
  });

  test('looks at its pivot from the radius', () => {
    const pivot: Point = [0.1, -0.2, 0.3];
    const pose = orbitPose({ yaw: 2, pitch: -0.7, radius: 1.5, pivot });
    const position = positionOf(pose);
    const ahead = [2, 6, 10].map((index, axis) => position[axis]! + 1.5 * pose[index]!);
    expectClose('pivot', ahead, pivot, 1e-12);
  });

  test('is a rotation even when it looks straight down', () => {
    const { right, down, forward } = orbitAxes(0.4, Math.PI / 2);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const products = [dot(right, right), dot(down, down), dot(forward, forward), dot(right, down), dot(right, forward)];
    expectClose('orthonormal', products, [1, 1, 1, 0, 0], 1e-12);
    expect(forward[1]).toBeCloseTo(-1, 12);
  });

  test('says in words where it is', () => {
    expect(viewOctant(0, 0)).toBe('front');
    expect(viewOctant(radians(40), radians(-20))).toBe('front left, from below');
    expect(viewOctant(radians(-90), 0)).toBe('right');
    expect(viewOctant(radians(180), radians(30))).toBe('back, from above');
    expect(viewOctant(radians(-140), 0)).toBe('back right');
    expect(viewOctant(radians(360 + 90), 0)).toBe('left');
  });
});

describe('labels', () => {
  test('are a matrix and intrinsics, one after the other', () => {
    const pose = orbitPose({ yaw: 0, pitch: 0 });
    const label = makeLabel(pose, intrinsicsFromFocal(2));
    expect(label).toHaveLength(25);
    expect([...camToWorldOf(label)]).toEqual([...Float32Array.from(pose)]);
    expect([...intrinsicsOf(label)]).toEqual([2, 0, 0.5, 0, 2, 0.5, 0, 0, 1]);
  });

  test('of the wrong length, or with impossible numbers, are refused with the number', () => {
    expect(() => makeLabel(new Float64Array(12), intrinsicsFromFocal())).toThrow(/12 numbers instead of 16/);
    expect(() => camToWorldOf(new Float32Array(24))).toThrow(CameraError);
    expect(() => intrinsicsFromFocal(0)).toThrow(/focal length is 0/);
    expect(() => orbitPose({ yaw: 0, pitch: 0, radius: Number.NaN })).toThrow(/radius is NaN/);
  });

  test('a focal length of half the picture sees a right angle', () => {
    expect(fieldOfView(0.5)).toBeCloseTo(Math.PI / 2, 12);
  });
});

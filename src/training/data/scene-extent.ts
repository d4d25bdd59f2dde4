/**
 * Where a scene is, as far as cameras tell: the sphere around their places, and the point where their optical axes meet, which is
 * where people point cameras at.
 */
import { vec3d } from 'wgpu-matrix';
import type { Point } from '../../camera/conventions';
import type { PosedPicture } from './posed-pictures';

export interface SceneExtent {
  /** Holds all cameras; at most a few per cent larger than the smallest sphere that does. */
  readonly cameras: { readonly centre: Point; readonly radius: number };
  /** What the cameras look at; missing if their axes are parallel, or part from each other: a room seen from its middle. */
  readonly focus?: SceneFocus | undefined;
  /** The mean of where the cameras have "up", of length 1; missing if they are turned in all ways. */
  readonly up?: Point | undefined;
}

export interface SceneFocus {
  /** Nearest to all optical axes, in the sense of least squares. */
  readonly point: Point;
  /** Root mean square of its distances from the axes. */
  readonly spread: number;
  /** Half of the wider side of what a picture sees at the distance of the point; the median of all pictures. */
  readonly halfView: number;
}

/** Of the determinant of the normal equations, which is 0 for parallel axes: a tenth of a degree between two. */
const PARALLEL = 1e-6;
/** Share of the cameras that must have the point in front of them. */
const LOOKING_AT_IT = 0.9;
const NO_UP = 0.1;
const SPHERE_STEPS = 200;

interface Axis {
  readonly position: Float64Array;
  readonly forward: Float64Array;
  readonly up: Float64Array;
}

/** @param pictures at least one */
export function sceneExtent(pictures: readonly PosedPicture[]): SceneExtent {
  const axes = pictures.map(({ camera: { camToWorld } }): Axis => {
    const column = (at: number) => vec3d.create(camToWorld[at], camToWorld[4 + at], camToWorld[8 + at]);
    return { position: column(3), forward: column(2), up: vec3d.negate(column(1)) };
  });
  const up = vec3d.create();
  for (const axis of axes) vec3d.addScaled(up, axis.up, 1 / axes.length, up);
  return {
    cameras: boundingSphere(axes.map(({ position }) => position)),
    focus: focusOf(axes, pictures),
    up: vec3d.length(up) < NO_UP ? undefined : pointOf(vec3d.normalize(up)),
  };
}

/** Walks from the mean towards whoever is farthest, in ever smaller steps (Badoiu and Clarkson, 2003). */
function boundingSphere(points: readonly Float64Array[]): { centre: Point; radius: number } {
  const centre = vec3d.create();
  for (const point of points) vec3d.addScaled(centre, point, 1 / points.length, centre);
  const flat = Float64Array.from(points.flatMap((point) => [...point]));
  for (let step = 1; step <= SPHERE_STEPS; step++) {
    vec3d.lerp(centre, points[farthestFrom(centre, flat)]!, 1 / (step + 1), centre);
  }
  return { centre: pointOf(centre), radius: vec3d.distance(centre, points[farthestFrom(centre, flat)]!) };
}

/** @param points x, y, z of each, one after the other: 70,000 of them are looked through 200 times. @returns its index */
function farthestFrom([x = 0, y = 0, z = 0]: Float64Array, points: Float64Array): number {
  let farthest = 0;
  let largest = -1;
  for (let at = 0; at < points.length; at += 3) {
    const [dx, dy, dz] = [points[at]! - x, points[at + 1]! - y, points[at + 2]! - z];
    const square = dx * dx + dy * dy + dz * dz;
    if (square > largest) {
      largest = square;
      farthest = at / 3;
    }
  }
  return farthest;
}

function focusOf(axes: readonly Axis[], pictures: readonly PosedPicture[]): SceneFocus | undefined {
  const solution = nearestToAxes(axes);
  if (!solution) return undefined;
  const depths = axes.map(({ position, forward }) => vec3d.dot(vec3d.subtract(solution, position), forward));
  if (depths.filter((depth) => depth > 0).length < LOOKING_AT_IT * axes.length) return undefined;
  let squares = 0;
  for (const [at, { position, forward }] of axes.entries()) {
    squares += vec3d.distanceSq(vec3d.addScaled(position, forward, depths[at]!), solution);
  }
  const halfViews = depths.map((depth, at) => {
    const [fx = 1, , , , fy = 1] = pictures[at]!.camera.intrinsics;
    return (0.5 * depth) / Math.min(fx, fy);
  });
  return { point: pointOf(solution), spread: Math.sqrt(squares / axes.length), halfView: median(halfViews) };
}

/** Solves sum (I - d d^T) (x - o) = 0 for x, over axes from o along d. */
function nearestToAxes(axes: readonly Axis[]): Float64Array | undefined {
  const rows = [vec3d.create(), vec3d.create(), vec3d.create()] as const; // symmetric: its rows are its columns
  const right = vec3d.create();
  const origin = axes[0]!.position; // near the scene, so that large coordinates cost no digits
  for (const { position, forward } of axes) {
    const offset = vec3d.subtract(position, origin);
    const along = vec3d.dot(forward, offset);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        const identity = row === column ? 1 : 0;
        rows[row]![column]! += (identity - forward[row]! * forward[column]!) / axes.length;
      }
      right[row]! += (offset[row]! - forward[row]! * along) / axes.length;
    }
  }
  const [a, b, c] = rows;
  const determinant = vec3d.dot(a, vec3d.cross(b, c));
  if (!(determinant > PARALLEL)) return undefined;
  return vec3d.create(
    origin[0]! + vec3d.dot(right, vec3d.cross(b, c)) / determinant,
    origin[1]! + vec3d.dot(a, vec3d.cross(right, c)) / determinant,
    origin[2]! + vec3d.dot(a, vec3d.cross(b, right)) / determinant,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function pointOf([x = 0, y = 0, z = 0]: ArrayLike<number> & Iterable<number>): Point {
  return [x, y, z];
}

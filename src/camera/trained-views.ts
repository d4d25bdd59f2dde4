/**
 * Which cameras a network has seen in training, and whether a view lies far outside them. Volume rendering makes pictures from anywhere,
 * since the planes hold a scene; a convolutional network that was given the camera as numbers only knows the numbers it was given.
 */
import type { OrbitState } from './orbit';

/** Ranges of training cameras, both ends included. */
export interface TrainedViews {
  /** Degrees; absent: all the way round. */
  readonly yaw?: readonly [number, number];
  /** Degrees. */
  readonly pitch: readonly [number, number];
  /** From the pivot, in scene units. */
  readonly radius: readonly [number, number];
}

/** One way in which a view lies outside. */
export interface ViewExcess {
  readonly what: 'yaw' | 'pitch' | 'radius' | 'pivot';
  /** Degrees, or scene units. */
  readonly value: number;
  /** The end of the range that was passed. */
  readonly limit: number;
}

/** Networks carry on a little beyond what they saw: so far, nothing is said. */
const PITCH_MARGIN_DEGREES = 5;
const YAW_MARGIN_DEGREES = 10;
/** Share of the radius. */
const RADIUS_MARGIN = 0.1;
const PIVOT_MARGIN = 0.05;
const DEGREES = 180 / Math.PI;

/** Where a model was trained that does not say so: in front, at its own distance. Twice the usual spread of portrait photographs. */
export function assumedViews({ radius }: { readonly radius: number }): TrainedViews {
  return { yaw: [-70, 70], pitch: [-30, 30], radius: [radius, radius] };
}

/** In what a view lies far outside the cameras of training; empty if it does not. */
export function viewExcesses(view: OrbitState, trained: TrainedViews): ViewExcess[] {
  const { home, pivot, radius } = view;
  const moved = Math.hypot(...pivot.map((value, axis) => value - home.pivot[axis]!));
  return [
    ...beyond('yaw', view.yaw * DEGREES, trained.yaw, YAW_MARGIN_DEGREES),
    ...beyond('pitch', view.pitch * DEGREES, trained.pitch, PITCH_MARGIN_DEGREES),
    ...beyond('radius', radius, trained.radius, RADIUS_MARGIN * home.radius),
    ...beyond('pivot', moved, [0, 0], PIVOT_MARGIN * home.radius),
  ];
}

function beyond(
  what: ViewExcess['what'],
  value: number,
  range: readonly [number, number] | undefined,
  margin: number,
): ViewExcess[] {
  if (!range) return [];
  if (value < range[0] - margin) return [{ what, value, limit: range[0] }];
  return value > range[1] + margin ? [{ what, value, limit: range[1] }] : [];
}

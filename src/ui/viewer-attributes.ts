/** What the attributes of `<trifold-viewer>` say, read and written. */
import { ifReadable, LARGEST_SEED, readAngle, readNumber } from '../numbers/written';
import { type Backdrop, readBackdrop } from '../studio/shared/settings';
import type { StudioState } from '../studio/shared/state';

const DEGREES = 180 / Math.PI;

/** Where the camera is, as the attribute `camera` has it. */
export interface ViewerCamera {
  /** Degrees; 0 is in front, 90 at the head's own left. */
  readonly yaw: number;
  /** Degrees above the horizon, -75 to 75. */
  readonly pitch: number;
  /** In multiples of the model's own distance, 0.45 to 2. */
  readonly distance: number;
}

/** @returns not a number if it is none */
export function numberFrom(text: string | null): number {
  return ifReadable(() => readNumber(text ?? '')) ?? Number.NaN;
}

/** Whether it is a seed: one that would be brought into the range would be another face than the one that was asked for. */
export function isSeed(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED;
}

/** @returns the text itself if it is no camera */
export function cameraFrom(text: string | null): ViewerCamera | string {
  const words = (text ?? '0 0').trim().split(/[\s,]+/);
  const [yaw = Number.NaN, pitch = Number.NaN, distance = 1] = words.map(
    (word) => ifReadable(() => readAngle(word)) ?? Number.NaN,
  );
  const isCamera = words.length <= 3 && [yaw, pitch, distance].every(Number.isFinite) && distance > 0;
  return isCamera ? { yaw, pitch, distance } : (text ?? '');
}

export function cameraOf({ view }: StudioState): ViewerCamera {
  const { yaw, pitch, radius, home } = view;
  return { yaw: yaw * DEGREES, pitch: pitch * DEGREES, distance: radius / home.radius };
}

/** The same for cameras that nobody can tell apart. */
export function keyOf({ yaw, pitch, distance }: ViewerCamera): string {
  return [yaw.toFixed(3), pitch.toFixed(3), distance.toFixed(4)].join(' ');
}

/** A checkerboard says "transparent" to somebody who chooses; on a page transparent is transparent. @returns undefined if it is none */
export function backdropFrom(text: string): Backdrop | undefined {
  const backdrop = readBackdrop(text);
  return backdrop === 'transparent' ? 'page' : backdrop;
}

/**
 * What a video is, before anything is rendered: how many frames, and for each the camera and the place on a walk between faces. Pure, so that
 * the page's export, its preview and the command line show the same frames.
 *
 * Frame k is at time k / fps. Loops are closed: the frame after the last would be the first again, and is left out, so that a player that
 * repeats the video shows no frame twice. A swing is the ellipse of the official video script (camera/trajectories.ts) with plain angles.
 */

import type { Point } from '../../camera/conventions';
import { TrifoldError } from '../../errors';
import { loopThroughKeyframes } from '../../models/faces/path';

/** A camera around its pivot, complete; `orbitLabel` makes its 25 numbers. */
export interface VideoPose {
  /** Radians; 0 is in front of the face. */
  readonly yaw: number;
  /** Radians above the horizon, -pi/2..pi/2. */
  readonly pitch: number;
  /** Distance from the pivot, > 0. */
  readonly radius: number;
  /** In image sizes, > 0. */
  readonly focal: number;
  readonly pivot: Point;
}

/** How the camera moves about the pose that it starts from. All of them end where they began. */
export type CameraMotion =
  | { readonly kind: 'still' }
  /** Round and round at a constant pace; a negative number goes the other way. */
  | { readonly kind: 'turn'; readonly turns: number }
  /** An ellipse: so many radians to both sides, and up and down, of the pose, beginning at its top. */
  | { readonly kind: 'swing'; readonly yaw: number; readonly pitch: number };

export interface VideoLength {
  readonly seconds: number;
  readonly fps: number;
}

export type VideoOptions = VideoLength &
  (
    | {
        readonly kind: 'turntable';
        readonly from: VideoPose;
        readonly motion: Exclude<CameraMotion, { kind: 'still' }>;
      }
    /** A smooth path through poses, at equal times: there and back to the first, or to the last, where it comes to rest. */
    | { readonly kind: 'camera-path'; readonly keys: readonly VideoPose[]; readonly isLoop: boolean }
    /** Through all sources of a recipe and back to the first, the face of source k after k / sources of the time. */
    | {
        readonly kind: 'latent-walk';
        readonly from: VideoPose;
        readonly motion: CameraMotion;
        /** How many sources the recipe has. */
        readonly sources: number;
      }
  );

export interface VideoFrame {
  readonly pose: VideoPose;
  /** For the recipe's `walkPosition`; undefined if the face stays as it is. */
  readonly walkPosition: number | undefined;
}

export interface VideoPlan {
  readonly fps: number;
  readonly frames: readonly VideoFrame[];
}

/** What may be asked for. */
export const VIDEO_LIMITS = {
  seconds: { least: 0.1, most: 600 },
  fps: { least: 1, most: 120 },
  turns: { least: -20, most: 20 },
  /** Radians: beyond half a turn to each side a swing is no swing. */
  swing: { least: 0, most: Math.PI },
  keys: { least: 2, most: 64 },
  sources: { least: 1, most: 10_000 },
} as const;

/** An option of a video that cannot be. */
export class VideoPlanError extends TrifoldError {
  override readonly code = 'video-plan';

  constructor(
    readonly option: keyof typeof VIDEO_LIMITS,
    readonly value: number,
    readonly limit: { readonly least: number; readonly most: number },
    kind: 'number' | 'whole number',
  ) {
    super(
      `A video cannot have ${value} as its ${option}.`,
      `Choose a ${kind} from ${Number(limit.least.toFixed(2))} to ${Number(limit.most.toFixed(2))}.`,
    );
  }
}

/** How many frames a video of that length has, 1 or more. @throws VideoPlanError */
export function frameCount({ seconds, fps }: VideoLength): number {
  requireWithin('seconds', seconds);
  requireWithin('fps', fps);
  return Math.max(1, Math.round(seconds * fps));
}

/** All frames of a video. @throws VideoPlanError for numbers beyond {@link VIDEO_LIMITS} */
export function planVideo(options: VideoOptions): VideoPlan {
  const count = frameCount(options);
  const frameAt = framesOf(options, count);
  return { fps: options.fps, frames: Array.from({ length: count }, (_, index) => frameAt(index)) };
}

function framesOf(options: VideoOptions, count: number): (index: number) => VideoFrame {
  if (options.kind === 'camera-path') {
    const { keys, isLoop } = options;
    requireWhole('keys', keys.length);
    const path = isLoop ? closedPath(keys) : openPath(keys);
    const last = isLoop ? count : Math.max(1, count - 1);
    return (index) => ({ pose: path(index / last), walkPosition: undefined });
  }
  const { from, motion } = options;
  requireMotion(motion);
  const sources = options.kind === 'latent-walk' ? options.sources : undefined;
  if (sources !== undefined) requireWhole('sources', sources);
  return (index) => ({
    pose: moved(from, motion, index / count),
    walkPosition: sources === undefined ? undefined : (sources * index) / count,
  });
}

/** @param share of the video's time, 0..1 */
function moved(from: VideoPose, motion: CameraMotion, share: number): VideoPose {
  const phase = 2 * Math.PI * share;
  switch (motion.kind) {
    case 'still':
      return from;
    case 'turn':
      return { ...from, yaw: from.yaw + motion.turns * phase };
    case 'swing':
      return {
        ...from,
        yaw: from.yaw + motion.yaw * Math.sin(phase),
        pitch: limitPitch(from.pitch + motion.pitch * Math.cos(phase)),
      };
  }
}

type Path = (share: number) => VideoPose;

/**
 * Once through all keys and back to the first. From key to key the yaw takes the shorter way, so that keys all round make a full turn; this
 * steady part is taken out before the spline and put back after it.
 */
function closedPath(keys: readonly VideoPose[]): Path {
  const yaws = unwrapped([...keys, keys[0]!].map(({ yaw }) => yaw));
  const drift = (yaws.at(-1)! - yaws[0]!) / keys.length;
  const curve = loopThroughKeyframes(keys.map((key, index) => numbersOf(key, yaws[index]! - drift * index)));
  return (share) => {
    const time = share * keys.length;
    return poseOf(curve(time), drift * time);
  };
}

/** From the first key to the last: one half of the way there and back, which begins and ends at rest because both halves are alike. */
function openPath(keys: readonly VideoPose[]): Path {
  const yaws = unwrapped(keys.map(({ yaw }) => yaw));
  const there = keys.map((key, index) => numbersOf(key, yaws[index]!));
  const curve = loopThroughKeyframes([...there, ...there.slice(1, -1).reverse()]);
  return (share) => poseOf(curve(share * (keys.length - 1)), 0);
}

/** Angles that differ from the ones given by whole turns, each as near to the one before as can be. */
function unwrapped(angles: readonly number[]): number[] {
  const result: number[] = [];
  for (const angle of angles) {
    const before = result.at(-1) ?? angle;
    result.push(angle - 2 * Math.PI * Math.round((angle - before) / (2 * Math.PI)));
  }
  return result;
}

/** Distances by their logarithm: they stay positive, and zooming by equal factors takes equal times. */
function numbersOf({ pitch, radius, focal, pivot }: VideoPose, yaw: number): Float32Array {
  return Float32Array.from([yaw, pitch, Math.log(radius), Math.log(focal), ...pivot]);
}

function poseOf(numbers: Float32Array, turned: number): VideoPose {
  const [yaw = 0, pitch = 0, logRadius = 0, logFocal = 0, x = 0, y = 0, z = 0] = numbers;
  return {
    yaw: yaw + turned,
    pitch: limitPitch(pitch), // between two keys near a pole the spline may swing beyond it
    radius: Math.exp(logRadius),
    focal: Math.exp(logFocal),
    pivot: [x, y, z],
  };
}

function limitPitch(pitch: number): number {
  return Math.min(Math.PI / 2, Math.max(-Math.PI / 2, pitch));
}

function requireMotion(motion: CameraMotion): void {
  if (motion.kind === 'turn') requireWhole('turns', motion.turns);
  if (motion.kind === 'swing') {
    requireWithin('swing', motion.yaw);
    requireWithin('swing', motion.pitch);
  }
}

function requireWithin(option: keyof typeof VIDEO_LIMITS, value: number): void {
  const limit = VIDEO_LIMITS[option];
  if (!(value >= limit.least && value <= limit.most)) throw new VideoPlanError(option, value, limit, 'number');
}

function requireWhole(option: keyof typeof VIDEO_LIMITS, value: number): void {
  const limit = VIDEO_LIMITS[option];
  if (!Number.isInteger(value) || value < limit.least || value > limit.most) {
    throw new VideoPlanError(option, value, limit, 'whole number');
  }
}

/** Types of trace.mjs, which runs without a build. */
import type { SceneCamera } from '../make-scene.mjs';

type Numbers = readonly [number, number, number];
type Camera = Pick<SceneCamera, 'camToWorld' | 'focal'>;

/** How far along the ray the object is, or Infinity. */
export function trace(origin: Numbers, direction: Numbers): number;

/** The ray through a point of the picture: u to the right, v down, 0 to 1. */
export function rayThrough(camera: Camera, u: number, v: number): { origin: Numbers; direction: Numbers };

/** side x side x 3 bytes, over white. */
export function renderView(camera: Camera, side: number, shine?: number): Uint8Array;

/** Types of make-scene.mjs, which also runs without a build. */

export interface SceneCamera {
  /** 16 numbers row by row: OpenCV axes, y up. */
  readonly camToWorld: readonly number[];
  /** In image sizes. */
  readonly focal: number;
  readonly isHeldOut: boolean;
}

/** Pixels of a picture's side. */
export const SIDE: number;

export function sceneCameras(): SceneCamera[];

/** @param pictures for each camera its SIDE x SIDE x 3 bytes */
export function packScene(cameras: readonly SceneCamera[], pictures: readonly Uint8Array[]): Uint8Array;

/** The pictures of one scene, decoded, with their cameras in the box that the scene is learnt in (data/scene-normalisation.ts). */
import type { CamToWorld } from '../../camera/conventions';
import { quoted, TrainingDataError, TrainingSizeError } from '../data/errors';
import type { PosedPictures, Split } from '../data/posed-pictures';
import { cameraToBox, type SceneNormalisation } from '../data/scene-normalisation';
import type { DecodePicture } from '../data/training-pictures';

/** A camera that sees a scene. */
export interface SceneCamera {
  /** In the box, OpenCV axes, row by row. */
  readonly camToWorld: CamToWorld;
  /** 3x3, row by row, in picture sizes. */
  readonly intrinsics: ArrayLike<number>;
}

export interface ScenePicture {
  readonly name: string;
  /** [height, width, 3], row by row, over white. */
  readonly rgb: Uint8Array;
  readonly camera: SceneCamera;
}

/** All of one size. */
export interface ScenePictures {
  readonly width: number;
  readonly height: number;
  /** To learn from; at least one. */
  readonly train: readonly ScenePicture[];
  /** Never learnt from. */
  readonly heldOut: readonly ScenePicture[];
  /** From the world of the data to the box. */
  readonly normalisation: SceneNormalisation;
}

export interface SceneDecodingOptions {
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More than this, and a page is likely to be closed by its browser. */
const MOST_BYTES = 2 ** 30;

/**
 * Transparent pixels are laid on white, which is what scenes have behind them.
 * @throws TrainingSizeError for mixed sizes; TrainingDataError for too many pictures, or a damaged one; the signal's reason
 */
export async function decodeScene(
  { pictures }: PosedPictures,
  normalisation: SceneNormalisation,
  decode: DecodePicture,
  { onProgress = () => {}, signal }: SceneDecodingOptions = {},
): Promise<ScenePictures> {
  const bySplit: Record<Split, ScenePicture[]> = { train: [], test: [] };
  let size: { readonly width: number; readonly height: number } | undefined;
  for (const [at, { name, bytes, camera, split }] of pictures.entries()) {
    signal?.throwIfAborted();
    const { width, height, data } = await decode(await bytes()).catch((error: unknown) => {
      const message = `${quoted(name)} is damaged, or no picture that can be decoded here.`;
      throw new TrainingDataError(message, 'Write it again as PNG, or take it out.', name, undefined, { cause: error });
    });
    size ??= { width, height };
    if (width !== size.width || height !== size.height) {
      const [own, others] = [`${width} x ${height}`, `${size.width} x ${size.height}`];
      const message = `${quoted(name)} is ${own}, those before it are ${others}: all pictures must have one size.`;
      throw new TrainingSizeError(message, 'Resize them, or take out those that differ.', own, others);
    }
    expectMemory(width, height, pictures.length);
    const camToWorld = cameraToBox(normalisation, camera.camToWorld);
    bySplit[split].push({
      name,
      rgb: overWhite(data, width * height),
      camera: { camToWorld, intrinsics: camera.intrinsics },
    });
    onProgress(at + 1, pictures.length);
  }
  return { ...size!, train: bySplit.train, heldOut: bySplit.test, normalisation };
}

function expectMemory(width: number, height: number, count: number): void {
  const bytes = width * height * 3 * count;
  if (bytes <= MOST_BYTES) return;
  const message = `${count} pictures of ${width} x ${height} need ${Math.ceil(bytes / 1e6)} MB; ${Math.floor(MOST_BYTES / 1e6)} MB is the most.`;
  throw new TrainingDataError(message, 'Make the pictures smaller, or take fewer.', bytes, MOST_BYTES);
}

/** @param data [pixels, 3] or [pixels, 4] */
function overWhite(data: ArrayLike<number>, pixels: number): Uint8Array {
  const channels = data.length / pixels;
  if (channels === 3) return Uint8Array.from(data);
  const rgb = new Uint8Array(3 * pixels);
  for (let at = 0; at < rgb.length; at++) {
    const from = channels * Math.floor(at / 3);
    rgb[at] = Math.round(255 + (data[from + 3]! / 255) * (data[from + (at % 3)]! - 255));
  }
  return rgb;
}

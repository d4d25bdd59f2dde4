/**
 * What the two renderers have in common: both take the generator's ws from one `FaceLatents` and a camera, and leave a picture on the
 * device. Each remembers what has changed and records only the stages that depend on it.
 */
import type { CameraLabel } from '../camera/conventions';
import { GpuError } from '../gpu/errors';
import type { Plan } from '../gpu/plan';
import type { Recorder } from '../gpu/recorder';
import type { PresentSource } from '../pipelines/pictures/present';
import type { ChosenQuality, Detail, FrameLevel } from './quality';

/** Stage names under which dispatches are counted and timed, in the order of a frame. */
export const STAGES = [
  'mapping',
  'tri-planes',
  'ray march',
  'normals',
  'density slice',
  'feature planes',
  'student styles',
  'student mapping',
  'student synthesis',
  'super-resolution',
  'present',
] as const;

export type RendererKind = 'volumetric' | 'convolutional';
export const RENDERER_KINDS: readonly RendererKind[] = ['volumetric', 'convolutional'];

/** What a camera sees: the enlarged picture; the low-resolution feature image's; its depth and surface normals. */
export const CAMERA_PICTURE_KINDS = ['image', 'raw', 'depth', 'normals'] as const;
/**
 * What a face is inside, seen from no camera's place: slices of the density at right angles to an axis, and the feature planes in the order of
 * the model's `planeAxes`, in colours of their principal components.
 */
export const FACE_PICTURE_KINDS = ['density-x', 'density-y', 'density-z', 'plane-0', 'plane-1', 'plane-2'] as const;
/** What a frame may show. */
export const PICTURE_KINDS = [...CAMERA_PICTURE_KINDS, ...FACE_PICTURE_KINDS] as const;

export type CameraPictureKind = (typeof CAMERA_PICTURE_KINDS)[number];
export type FacePictureKind = (typeof FACE_PICTURE_KINDS)[number];
export type PictureKind = CameraPictureKind | FacePictureKind;

/** Whether a turned camera changes it. */
export function dependsOnCamera(kind: PictureKind): kind is CameraPictureKind {
  return CAMERA_PICTURE_KINDS.some((known) => known === kind);
}

/** Whether only the volumetric renderer can show it: a student knows neither depth nor density. */
export function needsVolume(kind: PictureKind): boolean {
  return kind !== 'image' && kind !== 'raw';
}

/** A picture was asked for that has not been made ready. */
export class PictureNotPreparedError extends GpuError {
  override readonly code = 'picture-not-prepared';

  constructor(readonly kind: PictureKind) {
    super(
      `The picture "${kind}" has not been prepared for this face and these settings.`,
      'Await prepare(kind) of the renderer before the frame, after every change of the face or the settings.',
    );
  }
}

/** What the next frame would compute. */
export interface FrameDue {
  /** Anything that depends on the face alone. */
  readonly face: boolean;
  /** Anything that depends on the camera, for the picture wanted. */
  readonly view: boolean;
}

/** A plan that a frame has to run, whole, and what to call when all of it is recorded. */
export interface FrameWork {
  readonly plan: Plan;
  done(): void;
}

export interface FrameRenderer {
  readonly kind: RendererKind;
  /** Ways of drawing a frame, the full one first. */
  readonly levels: readonly [FrameLevel, ...FrameLevel[]];
  /** What the next {@link encode} would run. */
  readonly due: FrameDue;
  /** {@link pictureOf} the kind wanted first. */
  readonly picture: PresentSource;
  /**
   * What a presenter shows of the frame that was encoded last.
   * @param kind one of those that were wanted then; others are as old as the last frame that wanted them
   * @throws PictureNotPreparedError
   */
  pictureOf(kind: PictureKind): PresentSource;
  setCamera(label: CameraLabel): void;
  /**
   * Makes ready what frames need that show these kinds, which takes no memory before. Await it before every frame, and before anything else
   * is done with the renderer: it returns at once when nothing has changed. 'image', 'raw' and 'depth' need nothing.
   * @throws BufferLimitError, KernelCompileError, PlaneValueError
   */
  prepare(...kinds: readonly PictureKind[]): Promise<void>;
  /** Chooses what is shown, one kind or several to compare; what nobody wants is not computed. */
  setWanted(...kinds: readonly [PictureKind, ...PictureKind[]]): void;
  /**
   * Chooses how the next frames are drawn. Default: 0, in full. Each way keeps its own results, so that going back to one computes only what
   * has changed since. Beyond the last level it is the last one.
   */
  setDetail(detail: Detail): void;
  /** Makes ready what the detail of that name needs. @throws BufferLimitError, KernelCompileError */
  prepareQuality(quality: ChosenQuality): Promise<void>;
  /** The plans that a new camera runs on a level for pictures of some kinds, in their order; those of normals are left out. */
  plansOf(level: number, kinds: readonly PictureKind[]): readonly Plan[];
  /**
   * The next thing that a frame has to run, undefined when there is nothing left; it is the same until it is `done`. Stopping before
   * that loses what was computed of this one plan.
   * @throws PictureNotPreparedError
   */
  nextWork(): FrameWork | undefined;
  /** Records the stages whose inputs changed since the last call. @throws PictureNotPreparedError before it records anything */
  encode(recorder: Recorder): void;
  /** The picture of the frame that was encoded last with the wanted kind 'image' and the full picture's detail, [S, S, 3], about -1 to 1. */
  readImage(): Promise<Float32Array>;
  /**
   * Of the same frame as {@link readImage}, without its background: [S, S, 4], red, green and blue times alpha, and alpha, 0 to 1. Undefined from
   * a student that was not taught alpha.
   */
  readCutOut(): Promise<Float32Array | undefined>;
  /** Frees everything but the weights and the latents. */
  destroy(): void;
}

/** Records all work of a frame. @throws PictureNotPreparedError before it records anything */
export function encodeWork(renderer: Pick<FrameRenderer, 'nextWork'>, recorder: Recorder): void {
  for (let work = renderer.nextWork(); work; work = renderer.nextWork()) {
    recorder.run(work.plan);
    work.done();
  }
}

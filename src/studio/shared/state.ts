/**
 * What the page knows at any moment. The part that is worth keeping (settings and view) goes into the address (address.ts).
 */
import { homeOf, type OrbitState, orbitAt } from '../../camera/orbit';
import type { Mesh } from '../../geometry/mesh';
import type { AdapterDescription } from '../../gpu/device';
import type { StorageFormat } from '../../gpu/tensor-host';
import { type FaceRecipe, faceOfSeed } from '../../models/faces/recipe';
import type { ComparedView } from '../../render/pictures/compare-views';
import type { QualityLevel } from '../../render/quality';
import type { VideoPose } from '../export/video-plan';
import type { SavedFace } from '../face/faces-file';
import { initialLearnState, type LearnState, type LiveState } from '../learn/learn-state';
import type { KeptFile } from '../model/kept-files';
import type { ModelFacts } from '../model/model-facts';
import type { ModelRequest } from '../model/open-model';
import type { StudentFacts } from '../model/student-facts';
import type { Failure } from './failure';
import type { ChosenQuality, PictureSettings } from './settings';

export type StudioStatus = 'loading' | 'ready' | 'failed';

/** What a loading page is busy with. Bytes are 0 of 0 where there is nothing to count. */
export interface LoadingProgress {
  readonly phase: 'device' | 'download' | 'check' | 'read' | 'prepare' | 'kernels' | 'planes' | 'picture' | 'rebuild';
  readonly receivedBytes: number;
  readonly totalBytes: number;
  /** Of the phase 'kernels': how many are compiled, and of how many. */
  readonly kernels?: { readonly compiled: number; readonly wanted: number } | undefined;
  /** How much of the way to the first picture is done, 0..1; it never falls. Undefined where nobody knows. */
  readonly share?: number | undefined;
}

/** A model on its way while another one may be on screen. */
export interface Opening extends LoadingProgress {
  /** For people; empty for the bundled model. */
  readonly name: string;
}

/** Something worth saying that stops nobody. */
export type Notice =
  | { readonly kind: PlainNotice }
  | { readonly kind: 'setting-refused'; readonly message: string; readonly remedy: string }
  /** A model could not be opened; the one on screen, if any, stays. */
  | { readonly kind: 'open-failed'; readonly name: string; readonly message: string; readonly remedy: string }
  /** The address names a file that this device does not keep: the person is asked to open it again. */
  | {
      readonly kind: 'file-wanted';
      /** First digits, as in the address. */
      readonly fingerprint: string;
      readonly message: string;
      readonly remedy: string;
    }
  /** The student could not be loaded, or does not fit; the volumetric renderer stays. */
  | { readonly kind: 'student-failed'; readonly message: string; readonly remedy: string }
  /** A picture does not fit on this device, or cannot be made of this face. */
  | { readonly kind: 'picture-refused'; readonly message: string; readonly remedy: string }
  /** A face cannot be made of these. */
  | { readonly kind: 'face-refused'; readonly message: string; readonly remedy: string }
  /** What is on the canvas could not be made a file. */
  | { readonly kind: 'snapshot-failed'; readonly message: string; readonly remedy: string }
  /** Something went wrong in a run of the room Learn; it was dealt with, or has ended the run. */
  | { readonly kind: 'learning-trouble'; readonly message: string; readonly remedy: string }
  /** A part of the address could not be read; the rest counts. */
  | { readonly kind: 'link-unreadable'; readonly message: string; readonly remedy: string }
  /** A state dict that was saved alone: the person is asked how its model was trained. */
  | {
      readonly kind: 'facts-missing';
      readonly name: string;
      readonly missing: readonly string[];
      readonly request: Extract<ModelRequest, { kind: 'file' | 'url' }>;
    };

export type PlainNotice =
  | 'no-storage'
  | 'storage-full'
  | 'device-rebuilt'
  /** The convolutional renderer was asked for, and no student of this model is at hand. */
  | 'no-student'
  /** The opened file was to be kept on this device. */
  | 'file-no-storage'
  | 'file-storage-full'
  | 'file-unreadable'
  /** The device was lost while something was learnt. */
  | 'learning-goes-on'
  /** A run has reached its goal while its room was not open. */
  | 'learning-done';

/** Whether opened files are kept on this device, and which are. */
export interface FileKeeping {
  readonly isWanted: boolean;
  /** Newest first. */
  readonly files: readonly KeptFile[];
}

/** Figures for the status line. */
export interface DeviceReport {
  readonly adapter: AdapterDescription;
  /** How convolutions store their numbers; they compute with f32 in any case. */
  readonly precision: StorageFormat;
  /** Milliseconds of each stage the last time it ran, in the order of the frame; undefined where the device has no timestamp queries. */
  readonly stages: readonly { readonly stage: string; readonly milliseconds: number | undefined }[] | undefined;
  /** Frames a second of the last motion; undefined before the first. */
  readonly framesPerSecond: number | undefined;
  readonly isMoving: boolean;
  /** Level of the quality ladder that is on the canvas: 0 for the full picture, more while the camera moves on a device that is too slow. */
  readonly level: number;
  /** What that level is; undefined for pictures that no camera changes. */
  readonly detail: QualityLevel | undefined;
  /** What the full picture takes for a new camera; undefined until it is known. */
  readonly fullMilliseconds: number | undefined;
  readonly memoryBytes: number;
  /** Features that are used where they are there and that this device does not have, each with what is lost. */
  readonly degradations: readonly string[];
}

/** Directions of w that are found by principal components (GANSpace). */
export interface DirectionsState {
  readonly status: 'unknown' | 'finding' | 'ready' | 'failed';
  /** How much of the work is done, 0..1. */
  readonly share: number;
  /** For each direction its share of the whole variance of w; empty until they are known. */
  readonly shares: readonly number[];
  readonly failure?: Failure | undefined;
}

/** The convolutional student of the model on screen. */
export type StudentState =
  /** None is known. */
  | { readonly status: 'none' }
  /** It is loaded when it is first wanted. */
  | { readonly status: 'available'; readonly bytes: number }
  | { readonly status: 'loading'; readonly progress: LoadingProgress }
  | { readonly status: 'ready'; readonly facts: StudentFacts };

/** How alike two pictures are (render/pictures/picture-difference.ts). */
export interface Likeness {
  /** Decibels, of the convolutional picture with respect to the volumetric one. */
  readonly psnr: number;
  /** -1 to 1; 1 for equal pictures. */
  readonly ssim: number;
}

/** How far a long job is. */
export interface JobProgress {
  readonly status: 'running' | 'done' | 'cancelled' | 'failed';
  /** 0..1 */
  readonly share: number;
  /** What went wrong, if it failed. */
  readonly failure: Failure | undefined;
}

/** The same head at several yaws from both renderers. */
export interface StripState extends JobProgress {
  /** The face that it shows. */
  readonly face: FaceRecipe;
  /** Yaws that are wanted, in radians; the views come in their order. */
  readonly yaws: readonly number[];
  readonly views: readonly ComparedView[];
}

export type EfficiencyCase = 'volumetric-uncached' | 'volumetric-cached' | 'convolutional';

/** What one renderer costs, measured. */
export interface EfficiencyRow {
  readonly measured: EfficiencyCase;
  /** How rays were marched: `exact` as for files, `fast` as on the screen unless the person chose otherwise. A student is always `exact`. */
  readonly quality: ChosenQuality;
  /** Median over the frames. */
  readonly millisecondsPerFrame: number;
  readonly framesPerSecond: number;
  /** How many frames were timed. */
  readonly frames: number;
  /** Weights, planes, pictures and scratch memory for one face. */
  readonly memoryBytes: number;
  /** Most faces at once within what the device can bind and within the budget. */
  readonly largestBatch: number;
}

/** The paper's comparison of cost (NeRF-GAN distillation, Fig. 1), measured on this device. */
export interface EfficiencyState extends JobProgress {
  /** The device that was measured. */
  readonly adapter: AdapterDescription;
  /** Most memory that a batch may take, in bytes. */
  readonly budgetBytes: number;
  readonly rows: readonly EfficiencyRow[];
}

export type ExportKind = 'picture' | 'video' | 'mesh';

/** A file that is being made, or was made last. */
export interface ExportState extends JobProgress {
  readonly kind: ExportKind;
  /** From what has been done so far; undefined before there is enough of it to tell. */
  readonly secondsLeft: number | undefined;
  /** What was made, once it is there. */
  readonly file: { readonly name: string; readonly bytes: number } | undefined;
}

/** The density of a face on a coarse grid, and its surface at a level, while the person chooses one. */
export interface MeshPreviewState extends JobProgress {
  /** Lowest and highest density of the grid, before softplus; undefined until it is sampled. */
  readonly range: readonly [number, number] | undefined;
  /** The surface that was found last; undefined where there is none. */
  readonly surface: { readonly level: number; readonly mesh: Mesh } | undefined;
  /** Why there is no surface at the level that was asked for last. */
  readonly problem: Failure | undefined;
}

/** How the last action on saved faces ended, where there is something to tell. */
export type SavedFacesOutcome =
  | { readonly kind: 'saved'; readonly name: string }
  | { readonly kind: 'removed'; readonly face: SavedFace }
  | { readonly kind: 'imported'; readonly added: number; readonly known: number }
  | { readonly kind: 'no-storage' | 'storage-full' | 'too-many' }
  /** The face was made with another model than the one on screen: the person is asked what to do. */
  | { readonly kind: 'other-model'; readonly face: SavedFace }
  /** The file of the model on screen has no fingerprint yet, or will have none. */
  | { readonly kind: 'nameless-model' }
  | { readonly kind: 'failed'; readonly message: string; readonly remedy: string };

/** Faces that are saved on this device. */
export interface SavedFacesState {
  /** Newest first; undefined until they have been read. */
  readonly faces: readonly SavedFace[] | undefined;
  readonly isSaving: boolean;
  readonly outcome: SavedFacesOutcome | undefined;
}

/** Faces that are offered to choose from. */
export interface FaceStripState {
  /** Newest first; without those that are among the suggestions. */
  readonly recent: readonly FaceRecipe[];
  readonly suggested: readonly FaceRecipe[];
}

export interface StudioState {
  readonly status: StudioStatus;
  readonly progress: LoadingProgress | undefined;
  readonly failure: Failure | undefined;
  readonly notices: readonly Notice[];
  readonly opening: Opening | undefined;
  readonly keeping: FileKeeping;
  readonly model: ModelFacts | undefined;
  readonly settings: PictureSettings;
  readonly face: FaceRecipe;
  readonly view: OrbitState;
  /** Whether a walk goes on by itself. */
  readonly isPlaying: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly directions: DirectionsState;
  readonly student: StudentState;
  /** How alike the two pictures on the canvas are; undefined unless both are there in full. */
  readonly likeness: Likeness | undefined;
  /** Depths from the camera, in scene units, between which a depth image has its colours; undefined until one has been drawn. */
  readonly depthRange: { readonly nearest: number; readonly farthest: number } | undefined;
  readonly strip: StripState | undefined;
  readonly efficiency: EfficiencyState | undefined;
  readonly export: ExportState | undefined;
  readonly meshPreview: MeshPreviewState | undefined;
  /** Views that a camera path goes through, in their order. */
  readonly pathViews: readonly VideoPose[];
  readonly savedFaces: SavedFacesState;
  readonly faceStrip: FaceStripState;
  readonly learn: LearnState;
  /** Undefined while nothing is being learnt that could be looked at. */
  readonly live: LiveState | undefined;
  readonly device: DeviceReport | undefined;
}

/** The notices with one more; a notice takes the place of an older one of its kind. */
export function withNotice(notices: readonly Notice[], notice: Notice): Notice[] {
  return [...notices.filter(({ kind }) => kind !== notice.kind), notice];
}

/** Before anything is loaded; the settings are placeholders until the model's own defaults are known. */
export function initialState(): StudioState {
  return {
    status: 'loading',
    progress: { phase: 'device', receivedBytes: 0, totalBytes: 0 },
    failure: undefined,
    notices: [],
    opening: undefined,
    keeping: { isWanted: false, files: [] },
    model: undefined,
    settings: {
      picture: 'image',
      renderer: 'volumetric',
      layout: 'single',
      wipe: 0.5,
      against: 'convolutional',
      slice: 0,
      backdrop: 'page',
      autoRotate: false,
      neuralResolution: 64,
      depthSamples: 24,
      quality: 'fast',
      adapts: true,
    },
    face: faceOfSeed(0, 1),
    view: orbitAt(homeOf()),
    isPlaying: false,
    canUndo: false,
    canRedo: false,
    directions: { status: 'unknown', share: 0, shares: [] },
    student: { status: 'none' },
    likeness: undefined,
    depthRange: undefined,
    strip: undefined,
    efficiency: undefined,
    export: undefined,
    meshPreview: undefined,
    pathViews: [],
    savedFaces: { faces: undefined, isSaving: false, outcome: undefined },
    faceStrip: { recent: [], suggested: [] },
    learn: initialLearnState(),
    live: undefined,
    device: undefined,
  };
}

/**
 * What the page knows at any moment. The part that is worth keeping (settings and view) goes into the address (address.ts).
 */
import { homeOf, type OrbitState, orbitAt } from '../camera/orbit';
import type { AdapterDescription } from '../gpu/device';
import type { ComparedView } from '../render/compare-views';
import type { EfficiencyRow } from './efficiency';
import type { Failure } from './failure';
import type { KeptFile } from './kept-files';
import type { ModelFacts } from './model-facts';
import type { ModelRequest } from './open-model';
import type { PictureSettings } from './settings';
import type { StudentFacts } from './student-facts';

export type StudioStatus = 'loading' | 'ready' | 'failed';

/** What a loading page is busy with. Bytes are 0 of 0 where there is nothing to count. */
export interface LoadingProgress {
  readonly phase: 'device' | 'download' | 'check' | 'read' | 'prepare' | 'rebuild';
  readonly receivedBytes: number;
  readonly totalBytes: number;
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
  /** The student could not be loaded, or does not fit; the volumetric renderer stays. */
  | { readonly kind: 'student-failed'; readonly message: string; readonly remedy: string }
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
  | 'file-unreadable';

/** Whether opened files are kept on this device, and which are. */
export interface Keeping {
  readonly isWanted: boolean;
  /** Newest first. */
  readonly files: readonly KeptFile[];
}

/** Figures for the status line. */
export interface DeviceReport {
  readonly adapter: AdapterDescription;
  readonly precision: 'f32';
  /** Milliseconds of each stage the last time it ran, in the order of the frame; undefined where the device has no timestamp queries. */
  readonly stages: readonly { readonly stage: string; readonly milliseconds: number | undefined }[] | undefined;
  /** Frames a second of the last motion; undefined before the first. */
  readonly framesPerSecond: number | undefined;
  readonly isMoving: boolean;
  /** Whether the picture is a quick, coarse one, drawn while the camera moves on a slow device. */
  readonly isPreview: boolean;
  readonly memoryBytes: number;
  /** Wished-for features that this device does not have, each with what is lost. */
  readonly degradations: readonly string[];
}

/** The convolutional student of the model on screen. */
export type StudentState =
  /** None is known. */
  | { readonly status: 'none' }
  /** It is loaded when it is first wanted. */
  | { readonly status: 'available'; readonly bytes: number }
  | { readonly status: 'loading'; readonly progress: LoadingProgress }
  | { readonly status: 'ready'; readonly facts: StudentFacts };

/** How alike two pictures are (render/picture-difference.ts). */
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
  /** Seed and truncation of the face that it shows. */
  readonly seed: number;
  readonly psi: number;
  /** Yaws that are wanted, in radians; the views come in their order. */
  readonly yaws: readonly number[];
  readonly views: readonly ComparedView[];
}

/** The paper's comparison of cost (NeRF-GAN distillation, Fig. 1), measured on this device. */
export interface EfficiencyState extends JobProgress {
  /** The device that was measured. */
  readonly adapter: AdapterDescription;
  /** Most memory that a batch may take, in bytes. */
  readonly budgetBytes: number;
  readonly rows: readonly EfficiencyRow[];
}

export interface StudioState {
  readonly status: StudioStatus;
  readonly progress: LoadingProgress | undefined;
  readonly failure: Failure | undefined;
  readonly notices: readonly Notice[];
  readonly opening: Opening | undefined;
  readonly keeping: Keeping;
  readonly model: ModelFacts | undefined;
  readonly settings: PictureSettings;
  /** Seeds before the present one, oldest first. */
  readonly previousSeeds: readonly number[];
  readonly view: OrbitState;
  readonly student: StudentState;
  /** How alike the two pictures on the canvas are; undefined unless both are there in full. */
  readonly likeness: Likeness | undefined;
  readonly strip: StripState | undefined;
  readonly efficiency: EfficiencyState | undefined;
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
      seed: 0,
      psi: 1,
      picture: 'image',
      renderer: 'volumetric',
      layout: 'single',
      wipe: 0.5,
      neuralResolution: 64,
      depthSamples: 24,
    },
    previousSeeds: [],
    view: orbitAt(homeOf()),
    student: { status: 'none' },
    likeness: undefined,
    strip: undefined,
    efficiency: undefined,
    device: undefined,
  };
}

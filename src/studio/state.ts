/**
 * What the page knows at any moment. The part that is worth keeping (settings and view) goes into the address (address.ts).
 */
import { homeOf, type OrbitState, orbitAt } from '../camera/orbit';
import type { AdapterDescription } from '../gpu/device';
import type { Failure } from './failure';
import type { KeptFile } from './kept-files';
import type { ModelFacts } from './model-facts';
import type { ModelRequest } from './open-model';
import type { PictureSettings } from './settings';

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
    settings: { seed: 0, psi: 1, picture: 'image', neuralResolution: 64, depthSamples: 24 },
    previousSeeds: [],
    view: orbitAt(homeOf()),
    device: undefined,
  };
}

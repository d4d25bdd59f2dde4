/**
 * What the page knows at any moment. The part that is worth keeping (settings and view) goes into the address (address.ts).
 */
import { homeOf, type OrbitState, orbitAt } from '../camera/orbit';
import type { AdapterDescription } from '../gpu/device';
import type { GeneratorConfig } from '../models/config';
import type { Failure } from './failure';
import type { PictureSettings } from './settings';

export type StudioStatus = 'loading' | 'ready' | 'failed';

/** What a loading page is busy with. Bytes are 0 of 0 where there is nothing to count. */
export interface LoadingProgress {
  readonly phase: 'device' | 'download' | 'check' | 'prepare' | 'rebuild';
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

/** Something worth saying that stops nobody. */
export type Notice =
  | { readonly kind: 'no-storage' | 'storage-full' | 'device-rebuilt' }
  | { readonly kind: 'setting-refused'; readonly message: string; readonly remedy: string };

/** The model in use, as far as the page shows it. */
export interface ModelFacts {
  readonly name: string;
  readonly config: GeneratorConfig;
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
  readonly model: ModelFacts | undefined;
  readonly settings: PictureSettings;
  /** Seeds before the present one, oldest first. */
  readonly previousSeeds: readonly number[];
  readonly view: OrbitState;
  readonly device: DeviceReport | undefined;
}

/** Before anything is loaded; the settings are placeholders until the model's own defaults are known. */
export function initialState(): StudioState {
  return {
    status: 'loading',
    progress: { phase: 'device', receivedBytes: 0, totalBytes: 0 },
    failure: undefined,
    notices: [],
    model: undefined,
    settings: { seed: 0, psi: 1, picture: 'image', neuralResolution: 64, depthSamples: 24 },
    previousSeeds: [],
    view: orbitAt(homeOf()),
    device: undefined,
  };
}

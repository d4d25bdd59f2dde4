/** What a training run tells those who show it. All of it is immutable: a change is another object. */
import type { TrainingPosition } from '../training-checkpoint';
import type { Curve } from './curves';
import type { Figures, SampleRow } from './learner';

/**
 *   ready     before the first step, or put back to where a checkpoint has it
 *   running
 *   pausing   the step on its way ends, then all is saved
 *   paused
 *   stopping  as pausing
 *   stopped   saved; can be started again
 *   done      the goal is reached, and saved
 *   failed    `error` says why; the run can be opened again from its store
 */
export type RunStatus = 'ready' | 'running' | 'pausing' | 'paused' | 'stopping' | 'stopped' | 'done' | 'failed';

/** What a run is doing. */
export type RunActivity = 'step' | 'measure' | 'samples' | 'save';

/** What can change while it runs. Steps count from the beginning of the run. */
export interface RunSettings {
  /** Factor on all learning rates; above 0. */
  readonly rateFactor: number;
  /** Steps from one checkpoint to the next, 1 or more. */
  readonly checkpointEvery: number;
  /** Steps from one measurement on what is never learnt from to the next; 0 for never. */
  readonly measureEvery: number;
  /** Steps from one set of samples to the next; 0 for never. */
  readonly samplesEvery: number;
  /** Whether somebody looks at a live view; the run itself does not care. */
  readonly isLive: boolean;
}

/** Something that went wrong and was dealt with. */
export interface RunNotice {
  /** What was noticed: figures or weights that are no numbers, a collapse, a full disk, a dispatch that is too long. */
  readonly kind: 'not-finite' | 'collapse' | 'storage-full' | 'long-submission';
  readonly step: number;
  /** For people. */
  readonly message: string;
}

/** Pictures of the run so far. */
export interface RunSamples {
  readonly step: number;
  readonly rows: readonly SampleRow[];
}

/** What is kept of a run beside its checkpoint. */
export interface RunProgress {
  readonly position: TrainingPosition;
  readonly goal: number;
  /** Newest of each. */
  readonly figures: Figures;
  readonly curves: Readonly<Record<string, Curve>>;
  readonly rateFactor: number;
  readonly notices: readonly RunNotice[];
  /** Seconds that the run has taken so far, pauses left out. */
  readonly seconds: number;
  /** Undefined until two steps have been timed. */
  readonly secondsPerStep?: number | undefined;
  /** Bytes on the device; undefined of a run that was kept before this was told. */
  readonly memoryBytes?: number | undefined;
  /** When it was saved, ISO 8601. */
  readonly saved: string;
}

export interface TrainingRunState {
  readonly status: RunStatus;
  readonly activity: RunActivity | undefined;
  readonly position: TrainingPosition;
  /** Steps at which it is done. */
  readonly goal: number;
  readonly settings: RunSettings;
  /** Newest of each. */
  readonly figures: Figures;
  /** By the names of the learner's figures. */
  readonly curves: Readonly<Record<string, Curve>>;
  readonly samples: RunSamples | undefined;
  /** Undefined until two steps have been timed. Measurements and pauses left out. */
  readonly imagesPerSecond: number | undefined;
  readonly secondsPerStep: number | undefined;
  /** With measurements, samples and checkpoints. */
  readonly secondsLeft: number | undefined;
  /** Seconds that the run has taken so far, pauses left out. */
  readonly seconds: number;
  /** Bytes on the device. */
  readonly memoryBytes: number;
  /** Milliseconds of the longest submission so far. */
  readonly longestSubmission: number;
  /** Time in milliseconds since 1970. */
  readonly lastCheckpoint: { readonly step: number; readonly time: number } | undefined;
  readonly notices: readonly RunNotice[];
  /** Why it has failed. */
  readonly error: Error | undefined;
}

/** What `trifold train` can teach: for each kind its presets, and how its learner is made of the call's words. */
import type { Gpu } from '../../src/gpu/device';
import type { Learner, LearntFile, RunPlan } from '../../src/training/loops/learner';
import type { RunSettings } from '../../src/training/loops/run-state';
import type { Json, RunDescription } from '../../src/training/loops/run-store';
import type { StepMemory } from '../../src/training/training-step';

/** What a call says beside the kind, where and how long. */
export interface TrainWords {
  /** Folder, zip or file; undefined for what works at once. */
  readonly data: string | undefined;
  readonly preset: string;
  /** Undefined for those of the preset. */
  readonly steps: number | undefined;
  readonly seed: number;
  /** The generator to distil, or to render pictures with; undefined for the bundled one. */
  readonly teacher: string | undefined;
  /** The generator to go on from. */
  readonly from: string | undefined;
  readonly lossSet: string | undefined;
  readonly isMirrored: boolean;
}

/** Who tells how far the preparations are. */
export type TellPreparing = (what: string, done: number, all: number) => void;

/** Data that are there and fit, as far as that can be told without a device. */
export interface OpenedData {
  readonly data: RunDescription['data'];
  /**
   * Makes the pictures ready.
   * @param kept settings of a run that goes on; else those of the preset
   */
  prepare(gpu: Gpu, run: RunPlan, tell: TellPreparing, kept: Json | undefined): Promise<PreparedLearner>;
}

export interface PreparedLearner {
  readonly settings: Json;
  /** @param settings as above, perhaps with changes */
  survey(settings: Json): StepMemory;
  create(settings: Json): Promise<TaughtLearner>;
}

export interface TaughtLearner {
  readonly learner: Learner;
  /** What is written at the end, beside what `learner.result` gives. @param checkpoint of the run */
  readonly others?: ((checkpoint: Uint8Array<ArrayBuffer>) => Promise<readonly LearntFile[]>) | undefined;
  /** Frees what is not the learner's own. */
  readonly destroy?: (() => void) | undefined;
}

export interface PresetWords {
  readonly label: string;
  readonly description: string;
  readonly steps: number;
}

export interface TrainableKind {
  readonly presets: Readonly<Record<string, PresetWords>>;
  readonly intervals: Pick<RunSettings, 'checkpointEvery' | 'measureEvery' | 'samplesEvery'>;
  /** Options that this kind takes, of those that not all do. */
  readonly takes: readonly ('teacher' | 'from' | 'loss-set' | 'mirror')[];
  /** @throws UsageError, TrainingDataError and the like */
  open(words: TrainWords): Promise<OpenedData>;
}

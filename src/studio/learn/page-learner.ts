/** What the room Learn asks of each that it can learn: its presets, what a run takes, and how its learner is made. The loops themselves are of `training`. */
import type { CameraLabel } from '../../camera/conventions';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import type { Learner, RunPlan } from '../../training/loops/learner';
import type { Json } from '../../training/loops/run-store';
import type { StepMemory } from '../../training/training-step';
import type { MadeFile } from '../export/exports';
import type { VideoPose } from '../export/video-plan';
import type { OpenedModel } from '../model/open-model';
import type { DataFacts, LearntPicture, PresetFacts, RunExtras, RunIntervals, TakeAwayKind } from './learn-state';
import type { PosedData } from './posed-data';

/** How the page finds data again when a run goes on. */
export type DataSourceNote = {
  /** A bundled scene. */
  readonly scene?: string;
  /** Hash or name of the model that makes them. */
  readonly model?: string;
  /** Name of what the person has opened. */
  readonly own?: string;
  readonly isFitted?: boolean;
  /** Hash or name of the model that is gone on from. */
  readonly start?: string;
  /** How many pictures the model makes, and with which seed. */
  readonly pictures?: { readonly count: number; readonly seed: number };
};

/** Data that have been read. */
export type ReadData =
  | { readonly kind: 'posed'; readonly data: PosedData; readonly isFitted: boolean; readonly source: DataSourceNote }
  /** What a model makes of itself: pictures, or what a teacher knows. */
  | { readonly kind: 'model'; readonly model: OpenedModel; readonly source: DataSourceNote };

/** What a person decides beside the preset. */
export interface RunChoices {
  readonly preset: string;
  readonly steps: number;
  readonly seed: number;
  readonly extras: RunExtras;
}

export interface LearnerInputs {
  readonly gpu: Gpu;
  readonly settings: Json;
  readonly data: ReadData;
  /** The model on screen, whatever the data are. */
  readonly model: OpenedModel | undefined;
  /** Address of the page, beside which networks that it ships are. */
  readonly page: URL;
  readonly run: RunPlan;
  readonly signal: AbortSignal;
  readonly onProgress: (what: 'data' | 'networks', share: number) => void;
}

/** What a file is made with. */
export interface TakeAwayContext {
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
  /** What is learnt so far, between two parts of a step. */
  render(camera: CameraLabel): Promise<LearntPicture>;
  /** Where the stage's camera is, or would begin. */
  readonly pose: VideoPose;
  /** Of the run as it is. */
  checkpoint(): Promise<Checkpoint>;
  readonly run: RunPlan;
}

export interface MadeLearner {
  readonly learner: Learner;
  /** What can be made of it, beside its own file. */
  readonly takeAways: Partial<Readonly<Record<TakeAwayKind, (context: TakeAwayContext) => Promise<MadeFile>>>>;
  /** Has the next picture of the stage made a size larger than the last; undefined where all are of one size. */
  readonly finer?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  /** Frees what is not the learner's own. */
  readonly destroy?: (() => void) | undefined;
}

export interface PageLearner {
  readonly presets: readonly PresetFacts[];
  /** How often it is kept, measured and drawn. */
  readonly intervals: RunIntervals;
  /** All that decides a run beside its data and seed. */
  settings(choices: RunChoices, data: ReadData, model: OpenedModel | undefined): Json;
  /** What a run adds to where its data are from. */
  source(choices: RunChoices, data: ReadData, model: OpenedModel | undefined): DataSourceNote;
  /** What the room says of a model as data. */
  describeModel(model: OpenedModel, choices: RunChoices): DataFacts;
  /** Tells before the first step what can be told. @throws TrainingDataError for data that it cannot learn from */
  check(data: ReadData): void;
  survey(gpu: Gpu, settings: Json, data: ReadData): StepMemory;
  create(inputs: LearnerInputs): Promise<MadeLearner>;
}

/** Presets as the room lists them. */
export function presetFacts(
  presets: Readonly<
    Record<
      string,
      { readonly label: string; readonly description: string; readonly steps: number; readonly side?: number }
    >
  >,
): PresetFacts[] {
  return Object.entries(presets).map(([id, { label, description, steps, side }]) => ({
    id,
    label,
    about: description,
    steps,
    side,
  }));
}

/** What a model is known by when a run goes on. */
export function modelHash({ sha256, fingerprint, name }: OpenedModel): string {
  return sha256 ?? fingerprint ?? name;
}

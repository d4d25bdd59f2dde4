/**
 * What can be learnt in the page: for each kind its presets, the data that work at once, what a run takes, and how its learner is made. The loops
 * themselves are of `training`; this is the table through which the room reaches them.
 */
import type { Gpu } from '../../gpu/device';
import type { Learner, LearnerKind, RunPlan } from '../../training/loops/learner';
import type { Json } from '../../training/loops/run-store';
import type { StepMemory } from '../../training/training-step';
import type { OpenedModel } from '../model/open-model';
import type { DataFacts, PresetFacts } from './learn-state';
import type { PosedData } from './posed-data';

/** Data that have been read. */
export type ReadData =
  | { readonly kind: 'posed'; readonly data: PosedData; readonly isFitted: boolean; readonly source: Json }
  /** What a model makes of itself: pictures, or what a teacher knows. */
  | { readonly kind: 'model'; readonly model: OpenedModel; readonly source: Json };

export interface LearnerInputs {
  readonly gpu: Gpu;
  readonly settings: Json;
  readonly data: ReadData;
  /** The model on screen, whatever the data are. */
  readonly model: OpenedModel | undefined;
  readonly run: RunPlan;
  readonly signal: AbortSignal;
  readonly onProgress: (what: 'data' | 'networks', share: number) => void;
}

export interface PageLearner {
  readonly presets: readonly PresetFacts[];
  /** Intervals that suit it, where they are not the run's own. */
  readonly intervals: {
    readonly checkpointEvery: number;
    readonly measureEvery: number;
    readonly samplesEvery: number;
  };
  /** All that decides a run beside its data and seed. */
  settings(preset: string, data: ReadData, seed: number): Json;
  /** What the room says of a model as data. */
  describeModel(model: OpenedModel, preset: string): DataFacts;
  survey(gpu: Gpu, settings: Json, data: ReadData): StepMemory;
  /** Tells data apart: the same bytes, cameras and settings that the pictures depend on, the same fingerprint. */
  fingerprint(data: ReadData, settings: Json): Promise<string>;
  create(inputs: LearnerInputs): Promise<Learner>;
}

const LEARNERS: Partial<Record<LearnerKind, () => Promise<PageLearner>>> = {};

/** @returns undefined for what cannot be learnt yet */
export async function pageLearner(kind: LearnerKind): Promise<PageLearner | undefined> {
  return LEARNERS[kind]?.();
}

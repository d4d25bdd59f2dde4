/**
 * Where training runs are kept, so that they outlive a reload, a crash and a lost device: in the page's own files (studio/learn/run-store.ts), or in a
 * folder (cli/train/run-folder.ts). Of each run there are its description, one checkpoint, its progress and its newest samples.
 */
import { TrifoldError } from '../../errors';
import type { LearnerKind } from './learner';
import type { RunProgress, RunSamples } from './run-state';

/** Values that JSON keeps as they are. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** All that a run is made of again, with the same bits: plain JSON. */
export interface RunDescription {
  /** Unique in its store, and fit for the name of a folder. */
  readonly id: string;
  readonly kind: LearnerKind;
  readonly preset: string;
  /** The learner's settings: `SceneSettings` and its like. */
  readonly settings: Json;
  readonly data: {
    /** For people: "armillary.zip". */
    readonly name: string;
    /** Tells whether the data are the same when a run goes on: SHA-256 of what is learnt from, in hexadecimal digits. */
    readonly fingerprint: string;
    /** How the page finds them again: a bundled scene, a file that it keeps. */
    readonly source?: Json;
  };
  /** Whole, from 0 to 2^32 - 1. */
  readonly seed: number;
  /** Steps at which it is done. */
  readonly goal: number;
  /** ISO 8601. */
  readonly created: string;
}

/** What a list of runs says of each. */
export interface RunSummary {
  readonly description: RunDescription;
  /** Undefined before its first checkpoint. */
  readonly progress: RunProgress | undefined;
}

export interface RunStore {
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** @throws RunStoreError, StorageFullError */
  create(description: RunDescription): Promise<KeptRun>;
  /** @throws RunStoreError where there is no such run */
  open(id: string): Promise<KeptRun>;
  remove(id: string): Promise<void>;
  /**
   * One run at a time: whoever trains holds this until the returned function is called, or the tab or process ends.
   * @throws AlreadyTrainingError
   */
  lock(): Promise<() => Promise<void>>;
}

/** One run in a store. */
export interface KeptRun {
  readonly description: RunDescription;
  /** Of a run that is to go further, say. */
  describe(change: Partial<Pick<RunDescription, 'goal'>>): Promise<void>;
  /** Undefined before the first. */
  readCheckpoint(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Puts a checkpoint in the place of the former one, which stays until the new one is whole.
   * @throws StorageFullError, with the former one untouched
   */
  writeCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** What lists and charts show without the checkpoint. */
  writeProgress(progress: RunProgress): Promise<void>;
  readProgress(): Promise<RunProgress | undefined>;
  writeSamples(samples: RunSamples): Promise<void>;
  /** The newest samples as a PNG. */
  readSamples(): Promise<Blob | undefined>;
}

/** What a store holds is not what it should be, or it cannot be reached. */
export class RunStoreError extends TrifoldError {
  override readonly code = 'run-store';
}

/** The disk, or what the browser grants a page of it, is full. */
export class StorageFullError extends TrifoldError {
  override readonly code = 'storage-full';

  /** @param free where it is known */
  constructor(
    readonly bytes: number,
    readonly free?: number,
    options?: ErrorOptions,
  ) {
    const room = free === undefined ? '' : `; there is room for ${(free / 1e6).toFixed(0)} MB`;
    super(
      `The checkpoint of ${(bytes / 1e6).toFixed(1)} MB cannot be kept: the storage is full${room}. The former checkpoint is untouched.`,
      'Remove other runs or files, then save again: the run waits.',
      options,
    );
  }
}

/** Somebody else trains here: another tab, another process. */
export class AlreadyTrainingError extends TrifoldError {
  override readonly code = 'already-training';

  /** @param by for people: "another tab", "process 1234" */
  constructor(readonly by: string) {
    super(
      `Training goes on already, in ${by}.`,
      'Stop it there, or wait until it is done: two runs would only slow each other down.',
    );
  }
}

/** A run that is kept in memory, and tells what was written. */
import type { RunProgress, RunSamples } from '../../src/training/loops/run-state';
import type { KeptRun, RunDescription } from '../../src/training/loops/run-store';

export const DESCRIPTION: RunDescription = {
  id: 'run-1',
  kind: 'scene',
  preset: 'test',
  settings: {},
  data: { name: 'test', fingerprint: '' },
  seed: 3,
  goal: 10,
  created: '2026-12-01T00:00:00.000Z',
};

export class RunInMemory implements KeptRun {
  description: RunDescription;
  checkpoint: Uint8Array<ArrayBuffer> | undefined;
  progress: RunProgress | undefined;
  readonly sampledAt: number[] = [];
  /** Steps of the checkpoints. */
  readonly savedAt: number[] = [];
  /** What keeps it from writing. */
  problem: Error | undefined;

  constructor(description: Partial<RunDescription> = {}) {
    this.description = { ...DESCRIPTION, ...description };
  }

  async describe(change: Partial<RunDescription>): Promise<void> {
    this.description = { ...this.description, ...change };
  }

  async readCheckpoint() {
    return this.checkpoint;
  }

  async writeCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.problem) throw this.problem;
    this.checkpoint = bytes;
  }

  async writeProgress(progress: RunProgress): Promise<void> {
    this.progress = progress;
    this.savedAt.push(progress.position.step);
  }

  async readProgress() {
    return this.progress;
  }

  async writeSamples({ step }: RunSamples): Promise<void> {
    this.sampledAt.push(step);
  }

  async readSamples() {
    return undefined;
  }
}

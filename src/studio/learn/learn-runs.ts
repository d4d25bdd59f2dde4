/** The runs that this device keeps, as the room lists them. One that is deleted can be had back until the next one is, or the page goes. */
import type { RunStore } from '../../training/loops/run-store';
import { compareFields } from '../../training/loops/scene-comparison';
import type { MadeFile } from '../export/exports';
import type { RunSummary } from './learn-state';
import type { LearnStore } from './learn-store';

export class LearnRuns {
  constructor(
    private readonly learn: LearnStore,
    readonly store: RunStore,
  ) {}

  /** Reads what is kept. @throws RunStoreError */
  async load(): Promise<void> {
    const runs = await this.store.list();
    const { deleted } = this.learn.state;
    this.#show(runs.filter(({ description }) => description.id !== deleted?.description.id));
  }

  find(id: string): RunSummary | undefined {
    return this.learn.state.runs?.find(({ description }) => description.id === id);
  }

  /** @throws RunStoreError */
  async remove(id: string): Promise<void> {
    const { runs = [], deleted, run } = this.learn.state;
    const removed = this.find(id);
    if (!removed || run?.description.id === id) return;
    this.#show(runs.filter((other) => other !== removed));
    this.learn.update({ deleted: removed });
    if (deleted) await this.store.remove(deleted.description.id);
  }

  async bringBack(): Promise<void> {
    this.learn.update({ deleted: undefined });
    await this.load();
  }

  /** What was deleted and not brought back goes. @throws RunStoreError */
  async forgetDeleted(): Promise<void> {
    const { deleted } = this.learn.state;
    this.learn.update({ deleted: undefined });
    if (deleted) await this.store.remove(deleted.description.id);
  }

  #show(runs: readonly RunSummary[]): void {
    this.learn.update({ runs, comparison: compareFields(runs) });
  }

  /** @throws RunStoreError */
  async checkpointFile(id: string): Promise<MadeFile | undefined> {
    const kept = await this.store.open(id);
    const bytes = await kept.readCheckpoint();
    if (!bytes) return undefined;
    const { kind, preset } = kept.description;
    return { name: `trifold-${kind}-${preset}.checkpoint.safetensors`, blob: new Blob([bytes]) };
  }
}

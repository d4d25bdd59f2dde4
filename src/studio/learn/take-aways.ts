/** Files that are made of what was learnt, one at a time; how far that is, and what became of it, is in `state.learn.takeAway`. */
import type { MadeFile } from '../export/exports';
import { describeFailure } from '../shared/failure';
import type { TakeAwayKind } from './learn-state';
import type { LearnStore } from './learn-store';

/** What files are made of. */
export interface TakenFrom {
  takeAway(
    what: TakeAwayKind,
    job: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
  ): Promise<MadeFile>;
}

export class TakeAways {
  #making = new AbortController();

  constructor(private readonly learn: LearnStore) {}

  /** @returns undefined if it was stopped or failed */
  async make(what: TakeAwayKind, session: TakenFrom): Promise<MadeFile | undefined> {
    this.stop();
    const making = new AbortController();
    this.#making = making;
    const { signal } = making;
    const onProgress = (share: number) => {
      if (!signal.aborted) this.learn.update({ takeAway: { status: 'making', what, share } });
    };
    onProgress(0);
    try {
      const made = await session.takeAway(what, { signal, onProgress });
      signal.throwIfAborted();
      this.learn.update({ takeAway: { status: 'made', name: made.name, bytes: made.blob.size } });
      return made;
    } catch (error) {
      if (!signal.aborted) this.learn.update({ takeAway: { status: 'failed', failure: describeFailure(error) } });
      return undefined;
    }
  }

  stop(): void {
    this.#making.abort();
    if (this.learn.state.takeAway?.status === 'making') this.learn.update({ takeAway: undefined });
  }
}

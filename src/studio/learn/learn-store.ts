/** `state.learn`, for those who change a part of it. */
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { LearnState } from './learn-state';

export class LearnStore {
  constructor(readonly store: Store<StudioState>) {}

  get state(): LearnState {
    return this.store.state.learn;
  }

  update(change: Partial<LearnState>): void {
    this.store.update({ learn: { ...this.state, ...change } });
  }
}

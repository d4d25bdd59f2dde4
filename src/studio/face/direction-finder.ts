/** Directions of w for the model on screen: kept ones are there at once, others are found when they are asked for (directions.ts). */

import type { ScreenKeeper } from '../model/screen-keeper';
import { Job } from '../shared/jobs';
import type { DirectionsState, StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import { findDirections, keptDirections } from './directions';

const UNKNOWN: DirectionsState = { status: 'unknown', share: 0, shares: [] };

export class DirectionFinder {
  readonly #job: Job;

  constructor(
    private readonly store: Store<StudioState>,
    private readonly keeper: ScreenKeeper,
  ) {
    this.#job = new Job(() => keeper.screen);
    store.subscribe((state, previous) => {
      if (state.model?.config !== previous.model?.config) this.#modelChanged();
      const becameReady = state.status === 'ready' && previous.status !== 'ready';
      const isNeeded = state.face.directions.length > 0 && state.directions.status === 'unknown';
      if (isNeeded && (becameReady || state.face.directions !== previous.face.directions)) this.find();
    });
  }

  /** Finds the directions of the model on screen, unless they are known. Never rejects: what goes wrong is in the state. */
  async find(): Promise<void> {
    const { model, status } = this.store.state;
    if (!model || status !== 'ready') return;
    const report = (directions: DirectionsState) => this.store.update({ directions });
    report({ status: 'finding', share: 0, shares: [] });
    const { mapping } = model.config;
    await this.#job.run(
      async (context) => {
        const found = await findDirections(
          { key: model.sha256 ?? model.fingerprint, wDim: mapping.wDim },
          context,
          (viewer, samples) => viewer.model.sampleLatents(samples),
          (share) => report({ status: 'finding', share, shares: [] }),
        );
        await this.keeper.setDirections(found.directions);
        report({ status: 'ready', share: 1, shares: found.shares });
      },
      ({ status: end, failure }) => {
        if (end === 'cancelled') report(UNKNOWN);
        if (end === 'failed') report({ status: 'failed', share: 0, shares: [], failure });
      },
    );
  }

  stop(): void {
    this.#job.stop();
  }

  async #modelChanged(): Promise<void> {
    this.#job.forget();
    this.store.update({ directions: UNKNOWN });
    await this.keeper.setDirections(undefined);
    const { model } = this.store.state;
    if (!model) return;
    const kept = await keptDirections({ key: model.sha256 ?? model.fingerprint, wDim: model.config.mapping.wDim });
    const { directions, model: present } = this.store.state;
    if (!kept || present?.config !== model.config || directions.status !== 'unknown') return;
    await this.keeper.setDirections(kept.directions);
    this.store.update({ directions: { status: 'ready', share: 1, shares: kept.shares } });
  }
}

/** The two long comparisons of the renderers: the consistency strip and the cost of a frame. They go on between frames, and end with the model. */

import { Job } from '../shared/jobs';
import type { EfficiencyState, StripState, StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { Screen } from '../view/screen';
import { fillStrip, newStrip } from './consistency';
import { DEFAULT_BATCH_BUDGET, measureEfficiency } from './efficiency';

export class Comparisons {
  readonly #stripJob: Job;
  readonly #efficiencyJob: Job;

  /** @param screen the present one; undefined while nothing is on screen */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly screen: () => Screen | undefined,
  ) {
    this.#stripJob = new Job(screen);
    this.#efficiencyJob = new Job(screen);
    store.subscribe((state, previous) => {
      const { model, student } = state;
      const isOtherModel = model?.config !== previous.model?.config;
      if (isOtherModel || (student !== previous.student && student.status !== 'ready')) this.#forget();
    });
  }

  /** Makes the strip of the present face: `state.strip` fills view by view. Needs a student on the device. */
  async makeStrip(): Promise<void> {
    const report = (strip: StripState) => this.store.update({ strip });
    const begun = newStrip(this.store.state.face);
    report(begun);
    await this.#stripJob.run(
      (context) => fillStrip(begun, context, report),
      (end) => report({ ...this.store.state.strip!, ...end }),
    );
  }

  stopStrip(): void {
    this.#stripJob.stop();
  }

  /** Measures frames a second, memory and largest batch of the renderers that are on the device into `state.efficiency`. */
  async measureEfficiency(budgetBytes = DEFAULT_BATCH_BUDGET): Promise<void> {
    const adapter = this.screen()?.adapter;
    if (!adapter) return;
    const report = (efficiency: EfficiencyState) => this.store.update({ efficiency });
    const begun: EfficiencyState = { status: 'running', share: 0, failure: undefined, adapter, budgetBytes, rows: [] };
    report(begun);
    await this.#efficiencyJob.run(
      (context) => measureEfficiency(begun, this.store.state.face, context, report),
      (end) => report({ ...this.store.state.efficiency!, ...end }),
    );
  }

  stopEfficiency(): void {
    this.#efficiencyJob.stop();
  }

  /** What was compared of another model or another student says nothing about the present ones. */
  #forget(): void {
    this.#stripJob.forget();
    this.#efficiencyJob.forget();
    this.store.update({ strip: undefined, efficiency: undefined, likeness: undefined });
  }
}

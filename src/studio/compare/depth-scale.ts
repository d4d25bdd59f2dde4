/**
 * What the colours of the depth image stand for: its nearest and its farthest depth, which the device knows. They are read when a depth image
 * has come to rest, and not while it moves, since reading waits for the device.
 */
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { Screen } from '../view/screen';
import { picturesShown } from '../view/shown';

export class DepthScale {
  /** Of which picture the range is read now, or was read. */
  #wanted: readonly unknown[] = [];

  /** @param screen the present one; undefined while nothing is on screen */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly screen: () => Screen | undefined,
  ) {
    // A frame is followed by a report of the device.
    store.subscribe((state, previous) => {
      if (state.device !== previous.device) this.#readIfShown(state);
    });
  }

  async #readIfShown({ settings, device, face, view, model }: StudioState): Promise<void> {
    if (!picturesShown(settings.picture, settings).includes('depth') || !device || device.isMoving) return;
    const { neuralResolution, depthSamples, quality } = settings;
    const wanted = [face, view, model, neuralResolution, depthSamples, quality, device.level];
    if (wanted.every((value, index) => value === this.#wanted[index])) return;
    this.#wanted = wanted;
    try {
      const depthRange = await this.screen()?.between(({ offScreen }) => offScreen.depthRange());
      if (wanted === this.#wanted) this.store.update({ depthRange });
    } catch {
      this.#wanted = []; // the screen is closed, or the device lost, which is told: its successor is asked anew
    }
  }
}

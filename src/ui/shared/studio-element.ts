/**
 * Base of the elements: holds the studio and draws again only when the part of the state that it shows has changed, so that a
 * turning camera does not redraw the panel sixty times a second.
 */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import type { Studio } from '../../studio/studio';

export abstract class StudioElement extends LitElement {
  /** Set by the parent before the element is connected. */
  @property({ attribute: false }) studio!: Studio;
  #unsubscribe: (() => void) | undefined;

  /** The values that the element shows, always in the same order. */
  protected abstract watches(state: StudioState): readonly unknown[];

  /** Called at every change of these values, beside the redraw. */
  protected watchedChanged(_state: StudioState): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = this.studio.store.subscribe((state, previous) => {
      const before = this.watches(previous);
      if (this.watches(state).every((value, index) => Object.is(value, before[index]))) return;
      this.requestUpdate();
      this.watchedChanged(state);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
  }
}

/**
 * `<trifold-message>`: lies over the picture while there is none: what the page is loading, or what went wrong and what to do.
 */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Failure } from '../studio/failure';
import type { LoadingProgress, StudioState } from '../studio/state';
import { STRINGS } from './strings';
import { StudioElement } from './studio-element';
import { controls, progressBar } from './theme';

const { loading, failure: failures } = STRINGS;

@customElement('trifold-message')
export class TrifoldMessage extends StudioElement {
  #hadFocus = false;

  static override styles = [
    controls,
    progressBar,
    css`
      :host {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        padding: 1rem;
      }
      section {
        display: grid;
        gap: 0.6rem;
        justify-items: start;
        width: min(26rem, 100%);
        padding: 1.25rem 1.4rem 1.4rem;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow-wrap: anywhere;
      }
      h2 {
        margin: 0;
        font-size: 1.05rem;
      }
      p {
        margin: 0;
      }
      .remedy,
      .bytes {
        color: var(--muted);
      }
      .bytes {
        font-variant-numeric: tabular-nums;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
        margin-top: 0.4rem;
      }
    `,
  ];

  protected slice({ status, progress, failure }: StudioState): readonly unknown[] {
    return [status, progress, failure];
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.shadowRoot?.activeElement != null;
  }

  protected override updated(_changed: PropertyValues): void {
    // A pressed button that is gone takes the focus with it; its successor gets it.
    if (this.#hadFocus && !this.shadowRoot?.activeElement) this.renderRoot.querySelector('button')?.focus();
  }

  protected override render() {
    const { failure, progress } = this.studio.state;
    if (failure) return this.#failure(failure);
    return progress ? this.#loading(progress) : nothing;
  }

  #loading({ phase, receivedBytes, totalBytes }: LoadingProgress) {
    const counts = phase !== 'device' && totalBytes > 0;
    return html`<section>
      <h2 role="status">${loading.title[phase]}</h2>
      ${
        counts
          ? html`<progress aria-label=${loading.progress} max=${totalBytes} .value=${receivedBytes}></progress>
              <p class="bytes">${loading.megabytes(receivedBytes, totalBytes)}</p>
              <div class="actions">
                <button type="button" @click=${() => this.studio.cancelLoading()}>${loading.cancel}</button>
              </div>`
          : nothing
      }
    </section>`;
  }

  #failure({ kind, message, remedy }: Failure) {
    return html`<section>
      <div role="alert">
        <h2>${failures.titles[kind]}</h2>
        <p>${message}</p>
        <p class="remedy">${remedy}</p>
      </div>
      <div class="actions">
        <button type="button" class="primary" @click=${() => this.studio.retry()}>${failures.retry}</button>
        ${
          kind === 'limit'
            ? html`<button type="button" @click=${this.#retryWithModelSettings}>${failures.modelSettings}</button>`
            : nothing
        }
        ${
          this.studio.state.model && this.studio.state.model.origin !== 'bundled'
            ? html`<button type="button" @click=${() => this.studio.openBundled()}>${STRINGS.model.bundled}</button>`
            : nothing
        }
      </div>
    </section>`;
  }

  #retryWithModelSettings(): void {
    this.studio.resetQuality();
    this.studio.retry();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-message': TrifoldMessage;
  }
}

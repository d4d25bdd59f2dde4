/**
 * `<trifold-message>`: lies over the picture while there is none: what the page is loading, or what went wrong and what to do.
 */
import { css, html, nothing, type PropertyValues } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { Failure } from '../../studio/shared/failure';
import type { LoadingProgress, StudioState } from '../../studio/shared/state';
import { STRINGS } from '../strings/strings';
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
      /* On the lower edge of the picture, so as not to hide the face that may be there already. */
      :host(.loading) {
        place-items: end center;
        pointer-events: none;
      }
      .loading {
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.35rem 0.75rem;
        justify-items: stretch;
        padding: 0.5rem 0.6rem 0.75rem 1rem;
        pointer-events: auto;
      }
      .loading h2 {
        font-size: 0.95rem;
      }
      .loading progress {
        grid-column: 1 / -1;
      }
      @media (max-width: 30rem) {
        :host(.loading) {
          padding: 0.5rem;
        }
        .loading h2,
        .loading p {
          font-size: 0.85rem;
        }
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

  protected watches({ status, progress, failure }: StudioState): readonly unknown[] {
    return [status, progress, failure];
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.shadowRoot?.activeElement != null;
    this.classList.toggle('loading', !this.studio.state.failure);
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

  #loading({ phase, receivedBytes, totalBytes, kernels, share }: LoadingProgress) {
    return html`<section class="loading">
      <div>
        <h2 role="status">${loading.title[phase]}</h2>
        <p class="bytes">
          ${totalBytes > 0 ? loading.megabytes(receivedBytes, totalBytes) : nothing}
          ${kernels ? loading.kernels(kernels.compiled, kernels.wanted) : nothing}
        </p>
      </div>
      <button type="button" @click=${() => this.studio.cancelLoading()}>${loading.cancel}</button>
      <progress aria-label=${loading.progress} max="1" .value=${share ?? 0}></progress>
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

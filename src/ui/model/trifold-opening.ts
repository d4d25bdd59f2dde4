/**
 * `<trifold-opening>`: how far the next model is, over the picture of the present one, which can be turned meanwhile.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar } from '../shared/theme';
import { STRINGS } from '../strings/strings';

const { open, loading } = STRINGS;

@customElement('trifold-opening')
export class TrifoldOpening extends StudioElement {
  static override styles = [
    controls,
    progressBar,
    css`
      :host {
        position: absolute;
        inset: 0.75rem 0 auto;
        z-index: 1;
        padding: 0 1rem;
        pointer-events: none;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.5rem 0.75rem;
        width: min(34rem, 100%);
        margin: 0 auto;
        padding: 0.5rem 0.6rem 0.5rem 1rem;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        box-shadow: var(--shadow);
        overflow-wrap: anywhere;
        pointer-events: auto;
      }
      p {
        margin: 0;
      }
      .step {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      progress {
        grid-column: 1 / -1;
        margin-bottom: 0.25rem;
      }
    `,
  ];

  protected watches({ opening }: StudioState): readonly unknown[] {
    return [opening];
  }

  protected override render() {
    const { opening } = this.studio.state;
    if (!opening) return nothing;
    const { name, phase, receivedBytes, totalBytes, share } = opening;
    const counts = totalBytes > 0;
    return html`<section aria-label=${open.opening(name)}>
      <div>
        <p role="status"><strong>${open.opening(name)}</strong></p>
        <p class="step">
          ${open.steps[phase]}${counts ? html`, ${loading.megabytes(receivedBytes, totalBytes)}` : nothing}
        </p>
      </div>
      <button type="button" @click=${() => this.studio.cancelOpening()}>${open.cancel}</button>
      ${
        counts
          ? html`<progress aria-label=${open.progress} max=${totalBytes} .value=${receivedBytes}></progress>`
          : share === undefined
            ? html`<progress aria-label=${open.progress}></progress>`
            : html`<progress aria-label=${open.progress} max="1" .value=${share}></progress>`
      }
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-opening': TrifoldOpening;
  }
}

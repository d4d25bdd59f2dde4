/**
 * `<trifold-panel>`: everything that can be set. Native form controls throughout: they come with their keyboard, their names and their
 * touch behaviour.
 */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../studio/shared/state';
import { folds } from './shared/section-styles';
import { StudioElement } from './shared/studio-element';
import { controls, sections } from './shared/theme';
import { STRINGS } from './strings/strings';
import './face/trifold-edit';
import './export/trifold-export';
import './face/trifold-face';
import './face/trifold-faces';
import './compare/trifold-compare';
import './view/trifold-inspect';

const { panel } = STRINGS;

@customElement('trifold-panel')
export class TrifoldPanel extends StudioElement {
  static override styles = [
    controls,
    sections,
    folds,
    css`
      form {
        display: grid;
        gap: 0.75rem;
      }
      @media (min-width: 40rem) and (max-width: 52rem) {
        form {
          display: block;
          columns: 2;
          column-gap: 0.75rem;
        }
        form > * {
          break-inside: avoid;
        }
        form > * + * {
          margin-top: 0.75rem;
        }
      }
      .section > :not(summary, fieldset) {
        padding: 0.2rem 1rem 1rem;
      }
      [inert] {
        opacity: 0.5;
      }
    `,
  ];

  protected watches({ status }: StudioState): readonly unknown[] {
    return [status];
  }

  protected override render() {
    const { status } = this.studio.state;
    const isBusy = status !== 'ready';
    return html`
      <form aria-label=${panel.label} @submit=${(event: Event) => event.preventDefault()}>
        <details class="section" open>
          <summary>${panel.face}</summary>
          <trifold-face .studio=${this.studio} ?inert=${isBusy}></trifold-face>
        </details>
        <details class="section">
          <summary>${panel.edit}</summary>
          <trifold-edit .studio=${this.studio} ?inert=${isBusy}></trifold-edit>
        </details>
        <trifold-compare .studio=${this.studio}></trifold-compare>
        <details class="section" open>
          <summary>${panel.view}</summary>
          <trifold-inspect .studio=${this.studio}></trifold-inspect>
        </details>
        <details class="section">
          <summary>${panel.export}</summary>
          <trifold-export .studio=${this.studio} ?inert=${isBusy}></trifold-export>
        </details>
        <details class="section">
          <summary>${panel.savedFaces}</summary>
          <trifold-faces .studio=${this.studio} ?inert=${isBusy}></trifold-faces>
        </details>
      </form>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-panel': TrifoldPanel;
  }
}

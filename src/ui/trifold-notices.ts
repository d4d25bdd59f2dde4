/**
 * `<trifold-notices>`: things worth saying that stop nobody, each with a button that takes it away.
 */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../studio/state';
import { STRINGS } from './strings';
import { StudioElement } from './studio-element';
import { controls } from './theme';

const { notices: strings } = STRINGS;

@customElement('trifold-notices')
export class TrifoldNotices extends StudioElement {
  static override styles = [
    controls,
    css`
      :host {
        position: absolute;
        inset: auto 0 0.75rem;
        padding: 0 1rem;
        pointer-events: none;
      }
      ul {
        display: grid;
        gap: 0.5rem;
        width: min(34rem, 100%);
        margin: 0 auto;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        padding: 0.5rem 0.6rem 0.5rem 1rem;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }
      span {
        flex: 1;
      }
    `,
  ];

  protected slice({ notices }: StudioState): readonly unknown[] {
    return [notices];
  }

  protected override render() {
    const { notices } = this.studio.state;
    return html`<div role="status" aria-label=${strings.label}>
      <ul ?hidden=${notices.length === 0}>
        ${notices.map(
          (notice) => html`<li>
            <span>${strings.text(notice)}</span>
            <button type="button" @click=${() => this.studio.dismiss(notice)}>${strings.dismiss}</button>
          </li>`,
        )}
      </ul>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-notices': TrifoldNotices;
  }
}

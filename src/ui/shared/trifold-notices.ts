/**
 * `<trifold-notices>`: things worth saying that stop nobody, each with a button that takes it away; a model that could
 * not be opened is one of them, since the one on screen is still there.
 */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { KNOWN_CONFIGURATION_NAMES } from '../../studio/model/model-facts';
import type { Notice, StudioState } from '../../studio/shared/state';
import { MODEL_FILE_ENDINGS } from '../model/model-files';
import { STRINGS } from '../strings/strings';
import { icons } from './section-styles';
import { StudioElement } from './studio-element';
import { controls } from './theme';

const { notices: strings } = STRINGS;

@customElement('trifold-notices')
export class TrifoldNotices extends StudioElement {
  static override styles = [
    controls,
    icons,
    css`
      :host {
        position: absolute;
        inset: auto 0 calc(var(--tools, 0rem) + 0.75rem);
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
      button.icon {
        flex: none;
        align-self: start;
        width: var(--control);
        border-color: transparent;
      }
      .words {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      p {
        margin: 0.15rem 0 0;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin: 0.4rem 0;
      }
      .remedy {
        color: var(--muted);
      }
    `,
  ];

  protected watches({ notices }: StudioState): readonly unknown[] {
    return [notices];
  }

  protected override render() {
    const { notices } = this.studio.state;
    return html`<div role="status" aria-label=${strings.label}>
      <ul ?hidden=${notices.length === 0}>
        ${notices.map(
          (notice) => html`<li>
            ${this.#words(notice)}
            <button
              type="button"
              class="icon"
              aria-label=${strings.dismiss}
              title=${strings.dismiss}
              @click=${() => this.studio.dismiss(notice)}
            >
              ${CROSS}
            </button>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  get #fileInput(): HTMLInputElement {
    return this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')!;
  }

  readonly #openAgain = (): void => this.#fileInput.click();

  readonly #filePicked = (): void => {
    const file = this.#fileInput.files?.[0];
    if (file) this.studio.openWanted(file);
  };

  #words(notice: Notice) {
    switch (notice.kind) {
      case 'open-failed':
        return html`<div class="words" role="alert">
          <strong>${strings.openFailed(notice.name)}</strong>
          <p>${notice.message}</p>
          <p class="remedy">${notice.remedy}</p>
        </div>`;
      case 'facts-missing':
        return html`<div class="words" role="alert">
          <strong>${strings.factsMissing(notice.name)}</strong>
          <p>${strings.factsQuestion}</p>
          <div class="choices">
            ${KNOWN_CONFIGURATION_NAMES.map(
              (like) => html`<button type="button" @click=${() => this.studio.openLike(notice, like)}>
                ${strings.configurations[like]}
              </button>`,
            )}
          </div>
          <p class="remedy">${strings.factsList(notice.missing)}</p>
        </div>`;
      case 'file-wanted':
        return html`<div class="words" role="alert">
          <strong>${strings.fileWanted}</strong>
          <p>${notice.message}</p>
          <p class="remedy">${notice.remedy}</p>
          <div class="choices">
            <button type="button" @click=${this.#openAgain}>${strings.openAgain}</button>
            <input type="file" hidden accept=${MODEL_FILE_ENDINGS} @change=${this.#filePicked} />
          </div>
        </div>`;
      default:
        return html`<span class="words">${strings.text(notice)}</span>`;
    }
  }
}

const CROSS = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;

declare global {
  interface HTMLElementTagNameMap {
    'trifold-notices': TrifoldNotices;
  }
}

/** `<trifold-about>`: what this page is, whose methods it uses, its licence, and how to have the face on screen elsewhere. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { HELP_STRINGS } from '../strings/help';
import { PageSheet } from './page-sheet';

const { about: strings } = HELP_STRINGS;
const DEGREES = 180 / Math.PI;

@customElement('trifold-about')
export class TrifoldAbout extends PageSheet {
  protected readonly heading = strings.title;
  protected readonly closeWord = HELP_STRINGS.close;
  /** Which of the snippets has been copied, or could not be. */
  @state() private told: { readonly name: string; readonly words: string } | undefined;

  static override styles = [
    PageSheet.styles,
    css`
      dialog {
        --dialog-width: 40rem;
      }
      ul {
        display: grid;
        gap: 0.3rem;
        margin: 0;
        padding-inline-start: 1.1rem;
      }
      a {
        color: var(--accent);
      }
      .snippet {
        display: grid;
        gap: 0.4rem;
      }
      .snippet > div {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      pre {
        margin: 0;
        padding: 0.7rem 0.9rem;
        overflow-x: auto;
        border-radius: var(--round);
        background: var(--page);
        font-size: 0.82rem;
        direction: ltr;
        text-align: left;
      }
      .muted {
        color: var(--muted);
        font-size: 0.9rem;
      }
    `,
  ];

  protected content() {
    return html`
      <p>${strings.what}</p>
      <p>${strings.private}</p>
      <section aria-labelledby="papers">
        <h3 id="papers">${strings.papers}</h3>
        <ul>
          ${strings.paperList.map(([words, address]) => html`<li><a href=${address} target="_blank" rel="noreferrer">${words}</a></li>`)}
        </ul>
      </section>
      <section aria-labelledby="licence">
        <h3 id="licence">${strings.licence}</h3>
        <p>${strings.licenceWords}</p>
      </section>
      ${this.#snippet('embed', strings.embed, this.#embedCode())}
      <p class="muted"><a href="./embed.html">${strings.embedMore}</a></p>
      ${this.#snippet('command', strings.command, this.#commandLine())}
      <p class="muted">${strings.commandMore}</p>
    `;
  }

  #snippet(name: string, title: string, code: string) {
    return html`<section class="snippet" aria-labelledby=${name}>
      <h3 id=${name}>${title}</h3>
      <pre tabindex="0" aria-labelledby=${name}><code>${code}</code></pre>
      <div>
        <button type="button" aria-label=${strings.copyNamed(title)} @click=${() => this.#copy(name, code)}>${strings.copy}</button>
        <span class="muted" role="status">${this.told?.name === name ? this.told.words : ''}</span>
      </div>
    </section>`;
  }

  /** The face on screen as an element; what is more than a seed needs the page itself. */
  #embedCode(): string {
    const { yaw, pitch } = this.studio.state.view;
    const script = new URL('viewer.js', document.baseURI).href;
    const weights = new URL('weights/', document.baseURI).href;
    const camera = [yaw, pitch].map((angle) => Number((angle * DEGREES).toFixed(0)) + 0).join(' ');
    return `<script type="module" src="${script}"></script>\n\n<trifold-viewer src="${weights}" seed="${this.#seed}" camera="${camera}"></trifold-viewer>`;
  }

  #commandLine(): string {
    const yaw = Number((this.studio.state.view.yaw * DEGREES).toFixed(0)) + 0;
    return `npm run trifold -- render public/weights/portrait-eg3d.safetensors --seed ${this.#seed} --yaw ${yaw} --out face.png`;
  }

  get #seed(): number {
    const [source] = this.studio.state.face.sources;
    return source?.kind === 'seed' ? source.seed : 0;
  }

  async #copy(name: string, code: string): Promise<void> {
    const isCopied = await navigator.clipboard.writeText(code).then(
      () => true,
      () => false,
    );
    this.told = { name, words: isCopied ? strings.copied : strings.copyByHand };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-about': TrifoldAbout;
  }
}

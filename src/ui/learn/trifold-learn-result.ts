/** `<trifold-learn-result>`: what was learnt so far, to go on with: in the viewer, as a file, as a mesh or a video, or in PyTorch. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { TakeAwayKind } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { saveBlob } from '../shared/save-file';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, progressBar, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';

const { result: strings } = LEARN_STRINGS;

@customElement('trifold-learn-result')
export class TrifoldLearnResult extends StudioElement {
  static override styles = [
    controls,
    sections,
    progressBar,
    inSection,
    css`
      .row {
        flex-wrap: wrap;
      }
      .row > button {
        flex: 1 1 auto;
        padding: 0 0.6rem;
      }
      .making {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.3rem 0.6rem;
      }
      progress {
        grid-column: 1 / -1;
      }
      .warning {
        margin: 0;
        color: var(--warning);
        font-size: 0.87rem;
      }
    `,
  ];

  protected watches({ learn, status }: StudioState): readonly unknown[] {
    return [learn.takeAway, learn.run?.takeAways, learn.run?.state?.status, status];
  }

  protected override render() {
    const { learning, state } = this.studio;
    const { run, takeAway } = state.learn;
    if (!run?.state) return nothing;
    const { kind } = run.description;
    const isMaking = takeAway?.status === 'making';
    return html`<fieldset>
      <legend>${strings.legend}</legend>
      <div class="row">
        ${
          kind === 'scene'
            ? nothing
            : html`<button type="button" class="primary" ?disabled=${isMaking} @click=${() => learning.openResult()}>
                ${strings.open[kind]}
              </button>`
        }
        ${run.takeAways.map(
          (what) =>
            html`<button type="button" ?disabled=${isMaking} @click=${() => this.#take(what)}>${strings.names[what]}</button>`,
        )}
      </div>
      <p class="hint">${strings.about[kind]}</p>
      <div role="status">${this.#outcome(takeAway)}</div>
    </fieldset>`;
  }

  #outcome(takeAway: StudioState['learn']['takeAway']) {
    switch (takeAway?.status) {
      case 'making':
        return html`<div class="making">
          <span class="hint">${strings.making[takeAway.what]}</span>
          <button type="button" @click=${() => this.studio.learning.stopMaking()}>${strings.stop}</button>
          <progress aria-label=${strings.progress} max="1" .value=${takeAway.share}></progress>
        </div>`;
      case 'made':
        return html`<p class="hint">${strings.made(takeAway.name, takeAway.bytes)}</p>`;
      case 'failed':
        return html`<p class="warning">${takeAway.failure.message} ${takeAway.failure.remedy}</p>`;
      default:
        return nothing;
    }
  }

  async #take(what: TakeAwayKind): Promise<void> {
    const made = await this.studio.learning.takeAway(what);
    if (made) saveBlob(made.name, made.blob);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-result': TrifoldLearnResult;
  }
}

/**
 * `<trifold-model>`: the facts of the model on screen, and the files that this device keeps.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { KeptFile } from '../../studio/model/kept-files';
import type { ModelFacts } from '../../studio/model/model-facts';
import type { StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { STRINGS } from '../strings/strings';

const { model: strings } = STRINGS;

@customElement('trifold-model')
export class TrifoldModel extends StudioElement {
  static override styles = [
    controls,
    sections,
    checks,
    css`
      dd {
        overflow-wrap: anywhere;
      }
      .files {
        display: grid;
        gap: 0.3rem;
        min-width: 0;
      }
      h2 {
        margin: 0.3rem 0 0;
        font-size: 0.87rem;
      }
      ul {
        display: grid;
        gap: 0.4rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.4rem;
      }
      .file {
        display: grid;
        padding: 0.25rem 0.8rem;
        text-align: left;
        line-height: 1.3;
      }
      .file span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .file small {
        color: var(--muted);
        font-weight: 400;
      }
    `,
  ];

  protected watches({ model, keeping, opening }: StudioState): readonly unknown[] {
    return [model, keeping, opening === undefined];
  }

  protected override render() {
    const { model, keeping, opening } = this.studio.state;
    return html`
      <fieldset>
        <legend>${strings.legend}</legend>
        ${model ? this.#facts(model) : html`<p class="hint">${strings.none}</p>`}
        <div class="files">
          ${
            model && model.origin !== 'bundled'
              ? html`<button type="button" ?disabled=${opening !== undefined} @click=${() => this.studio.openBundled()}>
                  ${strings.bundled}
                </button>`
              : nothing
          }
          <label class="check">
            <input
              id="keep"
              type="checkbox"
              aria-describedby="keep-hint"
              .checked=${keeping.isWanted}
              @change=${(event: Event) => this.studio.keepFiles((event.target as HTMLInputElement).checked)}
            />
            ${strings.keep}
          </label>
          <p id="keep-hint" class="hint">${strings.keepHint}</p>
          ${keeping.files.length > 0 ? this.#recent(keeping.files, model?.fingerprint) : nothing}
        </div>
      </fieldset>
    `;
  }

  #facts({ name, origin, config, fileBytes, weights, memory }: ModelFacts) {
    const { backbone, superResolution, imageResolution } = config;
    const channels = superResolution.blocks.map((block) => block.channels);
    const rows = [
      [strings.name, name],
      [strings.source, strings.sources[origin]],
      [strings.parameters, strings.millions(weights.parameters)],
      [strings.weights, strings.weightTypes(weights.dtypes, fileBytes)],
      [strings.planes, strings.planeShape(backbone.resolution, backbone.imageChannels)],
      [strings.superResolution, strings.enlargement(superResolution.inputResolution, imageResolution, channels)],
      [strings.image, strings.imageSize(imageResolution)],
      [strings.memory, strings.memoryParts(memory.weightsBytes, memory.planBytes)],
      [strings.largest, strings.largestPart(memory.largestBinding, memory.limit)],
    ];
    return html`<dl>${rows.map(([what, value]) => html`<dt>${what}</dt><dd>${value}</dd>`)}</dl>`;
  }

  #recent(files: readonly KeptFile[], present: string | undefined) {
    return html`
      <h2 id="recent">${strings.recent}</h2>
      <ul aria-labelledby="recent">
        ${files.map(({ fingerprint, name, bytes }) => {
          const isOnScreen = fingerprint === present;
          return html`<li>
            <button
              type="button"
              class="file"
              aria-label=${strings.reopen(name)}
              ?disabled=${isOnScreen}
              @click=${() => this.studio.openKept(fingerprint)}
            >
              <span>${name}</span>
              <small>${strings.fileSize(bytes)}${isOnScreen ? `, ${strings.onScreen}` : ''}</small>
            </button>
            <button
              type="button"
              aria-label=${strings.removeNamed(name)}
              @click=${() => this.studio.forgetFile(fingerprint)}
            >
              ${strings.remove}
            </button>
          </li>`;
        })}
      </ul>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-model': TrifoldModel;
  }
}

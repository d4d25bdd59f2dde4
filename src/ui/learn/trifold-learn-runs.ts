/** `<trifold-learn-runs>`: the runs that this device keeps: go on with one, save its checkpoint, delete it (and have it back). */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { isTraining, type RunSummary } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { saveBlob } from '../shared/save-file';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';

const { runs: strings, kinds, curves } = LEARN_STRINGS;

@customElement('trifold-learn-runs')
export class TrifoldLearnRuns extends StudioElement {
  static override styles = [
    controls,
    sections,
    inSection,
    css`
      h2 {
        margin: 0;
        font-size: 1rem;
      }
      ul {
        display: grid;
        gap: 0.6rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        gap: 0.35rem;
        padding: 0.6rem 0.75rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--round);
      }
      strong {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .row {
        flex-wrap: wrap;
      }
      .row > button {
        flex: 1 1 auto;
        padding: 0 0.6rem;
      }
      .deleted {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem;
        padding: 0.5rem 0.75rem;
        border-radius: var(--round);
        background: var(--soft);
      }
      .deleted span {
        flex: 1;
        overflow-wrap: anywhere;
      }
    `,
  ];

  protected watches({ learn, status }: StudioState): readonly unknown[] {
    return [learn.runs, learn.run?.description.id, learn.deleted, isTraining(learn), status];
  }

  protected override render() {
    const { run, runs: all, deleted } = this.studio.state.learn;
    if (!all) return nothing;
    const runs = all.filter(({ description }) => description.id !== run?.description.id);
    return html`
      <h2>${strings.title}</h2>
      <div role="status">
        ${
          deleted
            ? html`<div class="deleted">
                <span>${strings.removed(nameOf(deleted))}</span>
                <button type="button" @click=${() => this.studio.learning.bringBack()}>${strings.undo}</button>
              </div>`
            : nothing
        }
      </div>
      <p class="hint">${strings.empty}</p>
      ${
        runs.length > 0
          ? html`<ul>
              ${repeat(
                runs,
                ({ description }) => description.id,
                (run) => this.#run(run),
              )}
            </ul>`
          : nothing
      }
    `;
  }

  #run(run: RunSummary) {
    const { learning, state } = this.studio;
    const { description, progress } = run;
    const name = nameOf(run);
    const isDone = progress !== undefined && progress.position.step >= progress.goal;
    const { name: figureName, unit, label } = strings.figures[description.kind];
    const value = progress?.figures[figureName];
    return html`<li>
      <span><strong>${name}</strong>, ${learning.presetName(description)}</span>
      <span class="hint">
        ${progress ? strings.line(progress.position.step, progress.goal, dateOf(progress.saved)) : strings.noCheckpoint}${
          value === undefined ? nothing : html`, ${label} ${curves.value(value, unit)}`
        }
      </span>
      <div class="row">
        <button
          type="button"
          class=${isDone ? '' : 'primary'}
          aria-label=${isDone ? strings.showNamed(name) : strings.goOnNamed(name)}
          ?disabled=${isTraining(state.learn)}
          @click=${() => learning.goOn(description.id)}
        >
          ${isDone ? strings.show : strings.goOn}
        </button>
        <button
          type="button"
          aria-label=${strings.saveNamed(name)}
          ?disabled=${!progress}
          @click=${() => this.#save(description.id)}
        >
          ${strings.save}
        </button>
        <button type="button" aria-label=${strings.removeNamed(name)} @click=${() => learning.remove(description.id)}>
          ${strings.remove}
        </button>
      </div>
    </li>`;
  }

  async #save(id: string): Promise<void> {
    const made = await this.studio.learning.saveCheckpoint(id);
    if (made) saveBlob(made.name, made.blob);
  }
}

function nameOf({ description: { kind, data } }: RunSummary): string {
  return `${kinds.names[kind]}: ${data.name}`;
}

function dateOf(saved: string): string {
  return new Date(saved).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-runs': TrifoldLearnRuns;
  }
}

/**
 * `<trifold-efficiency>`: what each renderer costs on this device, measured while one waits: frames a second, memory and largest batch, as
 * a table and as bars, with what the figures do not say.
 */
import { type CSSResultGroup, css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { BATCH_BUDGETS, DEFAULT_BATCH_BUDGET, efficiencyCsv } from '../../studio/compare/efficiency';
import type { EfficiencyCase, EfficiencyRow, EfficiencyState, StudioState } from '../../studio/shared/state';
import { saveCsv, savePng } from '../shared/save-file';
import { StudioDialog } from '../shared/studio-dialog';
import { COMPARE_STRINGS } from '../strings/compare';
import { barChart, PAGE } from './charts';
import { drawEfficiency, efficiencyBars, measuredOn } from './efficiency-picture';

const { efficiency: strings, dialog } = COMPARE_STRINGS;

const CASES = Object.keys(strings.cases) as EfficiencyCase[];

@customElement('trifold-efficiency')
export class TrifoldEfficiency extends StudioDialog {
  @state() private budgetBytes = DEFAULT_BATCH_BUDGET;

  static override styles: CSSResultGroup = [
    StudioDialog.styles,
    css`
      .scroller {
        overflow-x: auto;
      }
      table {
        min-width: 100%;
      }
      th:first-child {
        min-width: 9rem;
        text-align: left;
      }
      .bars {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr));
        gap: 1rem 2rem;
      }
      .budget {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem 0.75rem;
      }
    `,
  ];

  protected readonly heading = strings.title;

  protected watches({ efficiency, student, model }: StudioState): readonly unknown[] {
    return [efficiency, student, model];
  }

  /** Measuring takes the device for a while: only when asked for. */
  protected begin(): void {}

  protected stop(): void {
    if (this.studio.state.efficiency?.status === 'running') this.studio.comparisons.stopEfficiency();
  }

  protected override content() {
    const { efficiency } = this.studio.state;
    const isRunning = efficiency?.status === 'running';
    const isEmpty = !efficiency || efficiency.rows.length === 0;
    return html`
      <p class="muted">${strings.about}</p>
      ${this.warning()}
      <div class="budget">
        <label for="budget">${strings.budget}</label>
        <select
          id="budget"
          ?disabled=${isRunning}
          @change=${(event: Event) => {
            this.budgetBytes = Number((event.target as HTMLSelectElement).value);
          }}
        >
          ${BATCH_BUDGETS.map(
            (bytes) => html`<option value=${bytes} .selected=${live(bytes === this.budgetBytes)}>
              ${strings.gibibytes(bytes)}
            </option>`,
          )}
        </select>
        <button
          type="button"
          class="primary"
          ?disabled=${isRunning || !this.isStudentReady}
          @click=${() => this.studio.comparisons.measureEfficiency(this.budgetBytes)}
        >
          ${isEmpty ? strings.run : strings.again}
        </button>
      </div>
      ${this.progress(efficiency, strings.progress)} ${efficiency ? this.#results(efficiency) : nothing}
      <p class="muted">${strings.memoryNote}</p>
      <div class="actions">
        <button type="button" ?disabled=${isEmpty || isRunning} @click=${this.#saveCsv}>${dialog.csv}</button>
        <button type="button" ?disabled=${isEmpty || isRunning} @click=${this.#savePng}>${dialog.png}</button>
      </div>
    `;
  }

  #results(efficiency: EfficiencyState) {
    const { rows } = efficiency;
    return html`
      <p>${measuredOn(efficiency)}</p>
      <div class="scroller" role="region" tabindex="0" aria-label=${strings.table}>
        <table>
          <thead>
            <tr>
              <th scope="col">${strings.renderer}</th>
              <th scope="col">${strings.framesPerSecond}</th>
              <th scope="col">${strings.milliseconds}</th>
              <th scope="col">${strings.frames}</th>
              <th scope="col">${strings.memory}</th>
              <th scope="col">${strings.largestBatch}</th>
            </tr>
          </thead>
          <tbody>
            ${CASES.map((measured) => {
              const row = rows.find((candidate) => candidate.measured === measured);
              return html`<tr>
                <th scope="row">${strings.cases[measured]}</th>
                ${figures(row).map((figure) => html`<td>${figure}</td>`)}
              </tr>`;
            })}
          </tbody>
        </table>
      </div>
      ${rows.length > 0 ? html`<div class="bars">${efficiencyBars(rows).map((bars) => barChart(bars, PAGE))}</div>` : nothing}
    `;
  }

  #saveCsv(): void {
    const { efficiency } = this.studio.state;
    if (efficiency) saveCsv(`${strings.fileName}.csv`, efficiencyCsv(efficiency));
  }

  async #savePng(): Promise<void> {
    const { efficiency } = this.studio.state;
    if (efficiency) await savePng(`${strings.fileName}.png`, await drawEfficiency(efficiency));
  }
}

function figures(row: EfficiencyRow | undefined): string[] {
  if (!row) return Array.from({ length: 5 }, () => strings.notMeasured);
  return [
    strings.figure(row.framesPerSecond),
    strings.figure(row.millisecondsPerFrame),
    String(row.frames),
    strings.memoryOf(row.memoryBytes),
    String(row.largestBatch),
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-efficiency': TrifoldEfficiency;
  }
}

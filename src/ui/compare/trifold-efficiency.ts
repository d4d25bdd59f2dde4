/**
 * `<trifold-efficiency>`: what each renderer costs on this device, measured while one waits: frames a second, memory and largest batch, as
 * a table and as bars, with what the figures do not say.
 */
import { type CSSResultGroup, css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { BATCH_BUDGETS, DEFAULT_BATCH_BUDGET, efficiencyCases, efficiencyCsv } from '../../studio/compare/efficiency';
import type { EfficiencyRow, EfficiencyState, StudioState } from '../../studio/shared/state';
import { saveCsv, savePng } from '../shared/save-file';
import { StudioDialog } from '../shared/studio-dialog';
import { COMPARE_STRINGS } from '../strings/compare';
import { barChart, PAGE } from './charts';
import { caseName, drawEfficiency, efficiencyBars, measuredOn } from './efficiency-picture';

const { efficiency: strings, dialog } = COMPARE_STRINGS;

const FIGURES: readonly { readonly label: string; readonly textOf: (row: EfficiencyRow) => string }[] = [
  { label: strings.framesPerSecond, textOf: ({ framesPerSecond }) => strings.figure(framesPerSecond) },
  { label: strings.milliseconds, textOf: ({ millisecondsPerFrame }) => strings.figure(millisecondsPerFrame) },
  { label: strings.frames, textOf: ({ frames }) => String(frames) },
  { label: strings.memory, textOf: ({ memoryBytes }) => strings.memoryOf(memoryBytes) },
  { label: strings.largestBatch, textOf: ({ largestBatch }) => String(largestBatch) },
];

@customElement('trifold-efficiency')
export class TrifoldEfficiency extends StudioDialog {
  @state() private budgetBytes = DEFAULT_BATCH_BUDGET;

  static override styles: CSSResultGroup = [
    StudioDialog.styles,
    css`
      table {
        width: 100%;
      }
      th:first-child {
        text-align: start;
      }
      /* On a phone each row is a list: its figures under its name, each with its own. */
      @media (max-width: 44rem) {
        table,
        tbody {
          display: block;
        }
        thead {
          display: none;
        }
        tbody tr {
          display: grid;
          padding-block: 0.4rem 0.6rem;
        }
        th:first-child,
        td {
          display: flex;
          justify-content: space-between;
          gap: 1rem;
          padding: 0.1rem 0;
        }
        td::before {
          content: attr(data-label);
          color: var(--muted);
        }
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

  /** A model without a student is measured as well. */
  protected override get isStudentReady(): boolean {
    return super.isStudentReady || this.studio.state.student.status === 'none';
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
      ${this.studio.state.student.status === 'none' ? html`<p class="muted">${strings.noStudent}</p>` : nothing}
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
    const hasStudent = this.studio.state.student.status === 'ready';
    // Named by role, too: on a phone they are drawn as something else than a table.
    return html`
      <p>${measuredOn(efficiency)}</p>
      <table role="table" aria-label=${strings.table}>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">${strings.renderer}</th>
            ${FIGURES.map(({ label }) => html`<th scope="col" role="columnheader">${label}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${efficiencyCases(hasStudent).map((measuredCase) => {
            const row = rows.find(
              ({ measured, quality }) => measured === measuredCase.measured && quality === measuredCase.quality,
            );
            return html`<tr role="row">
              <th scope="row" role="rowheader">${caseName(measuredCase)}</th>
              ${FIGURES.map(
                ({ label, textOf }) =>
                  html`<td role="cell" data-label=${label}>${row ? textOf(row) : strings.notMeasured}</td>`,
              )}
            </tr>`;
          })}
        </tbody>
      </table>
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

declare global {
  interface HTMLElementTagNameMap {
    'trifold-efficiency': TrifoldEfficiency;
  }
}

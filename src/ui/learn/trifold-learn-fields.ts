/** `<trifold-learn-fields>`: tri-planes, voxels and Mip-NeRF side by side, beside the paper's table, as soon as runs of two of them are kept. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { FieldRow } from '../../studio/learn/learn-state';
import type { StudioState } from '../../studio/shared/state';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections } from '../shared/theme';
import { LEARN_STRINGS } from '../strings/learn';

const { fields: strings } = LEARN_STRINGS;

@customElement('trifold-learn-fields')
export class TrifoldLearnFields extends StudioElement {
  static override styles = [
    controls,
    sections,
    inSection,
    css`
      h2 {
        margin: 0;
        font-size: 1rem;
      }
      .scroll {
        min-width: 0;
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.82rem;
        font-variant-numeric: tabular-nums;
      }
      th {
        font-weight: 400;
        text-align: start;
      }
      tbody th {
        font-weight: 600;
      }
      th:not(:first-child),
      td {
        padding-inline-start: 0.5rem;
        text-align: end;
        white-space: nowrap;
      }
      td small {
        display: block;
        color: var(--muted);
      }
      tbody tr:not(.details) > * {
        padding-block-start: 0.4rem;
        border-block-start: 1px solid var(--line);
        vertical-align: top;
      }
      .details td {
        padding-block-end: 0.3rem;
        padding-inline-start: 0;
        color: var(--muted);
        text-align: start;
        white-space: normal;
      }
    `,
  ];

  protected watches({ learn }: StudioState): readonly unknown[] {
    return [learn.comparison];
  }

  protected override render() {
    const { comparison } = this.studio.state.learn;
    if (comparison.length === 0) return nothing;
    return html`
      <h2 id="title">${strings.title}</h2>
      <p class="hint" id="about">${strings.about}</p>
      <div class="scroll" role="region" aria-labelledby="title" tabindex="0">
        <table aria-labelledby="title" aria-describedby="about">
          <thead>
            <tr>
              ${[strings.field, strings.speed, strings.memory, strings.psnr, strings.ssim].map(
                (title) => html`<th scope="col">${title}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${comparison.map((row) => this.#row(row))}
          </tbody>
        </table>
      </div>
    `;
  }

  #row(row: FieldRow) {
    const { field, speed, memory, psnr, ssim, paper } = row;
    return html`
      <tr>
        <th scope="row">${strings.names[field]}</th>
        <td>${strings.times(speed)}<small>${strings.paper(paper.speed)}</small></td>
        <td>${strings.times(memory)}<small>${strings.paper(paper.memory)}</small></td>
        <td>${strings.value(psnr, 2)}</td>
        <td>${strings.value(ssim, 3)}</td>
      </tr>
      <tr class="details">
        <td colspan="5">${strings.details(row)}</td>
      </tr>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-learn-fields': TrifoldLearnFields;
  }
}

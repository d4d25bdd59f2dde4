/**
 * `<trifold-legend>`: what the colours of the picture mean: the scale of depth, density and difference, the directions of normals, what
 * feature planes show. Stands in the notes over the picture (`<trifold-compare-overlay>`).
 */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { StudioElement } from '../shared/studio-element';

@customElement('trifold-legend')
export class TrifoldLegend extends StudioElement {
  static override styles = css`
    :host {
      display: block;
    }
  `;

  protected watches({ status, settings, student }: StudioState): readonly unknown[] {
    return [status, settings, student];
  }

  protected override render() {
    return html``;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-legend': TrifoldLegend;
  }
}

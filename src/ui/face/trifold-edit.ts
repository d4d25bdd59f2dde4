/** `<trifold-edit>`: changes to a face: its attributes, where the model names some, and steps along directions of w, for any model. */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';
import './trifold-attributes';
import './trifold-directions';

@customElement('trifold-edit')
export class TrifoldEdit extends StudioElement {
  static override styles = [
    controls,
    inSection,
    css`
      h2 {
        margin: 0;
        font-size: 1rem;
      }
      trifold-directions:not(:first-child) {
        padding-top: 0.8rem;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  protected watches({ model }: StudioState): readonly unknown[] {
    return [model?.attributes];
  }

  protected override render() {
    const hasAttributes = (this.studio.state.model?.attributes.length ?? 0) > 0;
    return html`
      ${
        hasAttributes
          ? html`<h2>${FACE_STRINGS.edit.attributes}</h2>
              <trifold-attributes .studio=${this.studio}></trifold-attributes>`
          : nothing
      }
      <trifold-directions .studio=${this.studio}></trifold-directions>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-edit': TrifoldEdit;
  }
}

/**
 * `<trifold-face-strip>`: faces as small pictures in a row under the stage: those of this visit, some suggestions, and the saved ones. A click
 * or the arrow keys go to a face; one that is dragged onto another makes a mix of the two.
 */
import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { FACE_STRIP_STRINGS as strings } from '../strings/face-strip';

@customElement('trifold-face-strip')
export class TrifoldFaceStrip extends StudioElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
        height: 68px;
      }
    `,
  ];

  protected watches({ face, model, savedFaces }: StudioState): readonly unknown[] {
    return [face, model?.config, savedFaces.faces];
  }

  protected override render() {
    return html`<div aria-label=${strings.strip} role="group"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-face-strip': TrifoldFaceStrip;
  }
}

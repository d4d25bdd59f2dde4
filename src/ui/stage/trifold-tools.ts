/**
 * `<trifold-tools>`: the tools on the picture, a toolbar of icons: back to the front, turn by itself, compare, what is shown, background,
 * snapshot, fullscreen. One stop of the Tab key; arrows go from tool to tool.
 */
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';

@customElement('trifold-tools')
export class TrifoldTools extends StudioElement {
  /** Vertical at the side of a wide stage, horizontal under the picture of a narrow one; its menus open away from the edge. */
  @property({ reflect: true }) orientation: 'vertical' | 'horizontal' = 'vertical';

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
    `,
  ];

  protected watches({ status, settings }: StudioState): readonly unknown[] {
    return [status, settings];
  }

  protected override render() {
    return html`<div role="toolbar"></div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-tools': TrifoldTools;
  }
}

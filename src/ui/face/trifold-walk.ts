/**
 * `<trifold-walk>`: a walk through all sources and round again: where it is, whether it goes on by itself, and whether it goes straight
 * from face to face or along a smooth curve. The faces themselves are the rows of `<trifold-sources>`.
 */
import { html } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { StudioState } from '../../studio/shared/state';
import { segmentBar, slider } from '../shared/form-parts';
import { inSection } from '../shared/section-styles';
import { StudioElement } from '../shared/studio-element';
import { controls, sections, segments } from '../shared/theme';
import { FACE_STRINGS } from '../strings/face';

const { walk: strings } = FACE_STRINGS;
const PATHS = ['smooth', 'linear'] as const;

@customElement('trifold-walk')
export class TrifoldWalk extends StudioElement {
  /** Whether the hand has the slider at its right end, which is the same place as its left one. */
  #isAtEnd = false;

  static override styles = [controls, sections, segments, inSection];

  protected watches({ face, isPlaying }: StudioState): readonly unknown[] {
    return [face.walkPosition, face.walkPath, face.sources.length, isPlaying];
  }

  protected override render() {
    const { face, isPlaying } = this.studio.state;
    const { walkPosition, walkPath, sources } = face;
    const count = sources.length;
    if (walkPosition !== 0) this.#isAtEnd = false;
    return html`
      ${slider({
        id: 'position',
        label: strings.position,
        value: this.#isAtEnd ? count : walkPosition,
        shown: strings.at(walkPosition, count),
        min: 0,
        max: count,
        step: 0.01,
        slid: (position) => this.#slide(position),
      })}
      <button id="play" type="button" @click=${this.#toggle}>${isPlaying ? strings.pause : strings.play}</button>
      ${segmentBar({
        label: strings.path,
        name: 'path',
        kinds: PATHS,
        labels: strings.paths,
        chosen: walkPath,
        choose: (path) => this.studio.changeFace((former) => ({ ...former, walkPath: path })),
      })}
      <p class="hint">${strings.hint}</p>
    `;
  }

  #slide(position: number): void {
    this.#isAtEnd = position === this.studio.state.face.sources.length;
    this.studio.changeFace((face) => ({ ...face, walkPosition: position }));
  }

  readonly #toggle = () => this.studio.setPlaying(!this.studio.state.isPlaying);
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-walk': TrifoldWalk;
  }
}

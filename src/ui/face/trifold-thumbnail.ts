/**
 * `<trifold-thumbnail>`: a small picture of a face, asked for when it comes into sight. Until it is drawn, and where there is no room for
 * thumbnails, it shows a soft colour of its own and the seed. To people who hear the page it is nothing: what it is a part of has the words.
 */
import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { type FaceRecipe, seedOf, sourcesInUse } from '../../studio/face/face-actions';
import { choiceKey, recipeKey } from '../../studio/face/recipe-key';
import type { PictureListener } from '../../studio/face/thumbnails';
import type { StudioState } from '../../studio/shared/state';
import { StudioElement } from '../shared/studio-element';

/** Pixels of the canvas: those of the picture. */
const SIDE = 96;
/** A little before it is in sight. */
const MARGIN = '80px';

@customElement('trifold-thumbnail')
export class TrifoldThumbnail extends StudioElement {
  @property({ attribute: false, hasChanged: looksOther }) face!: FaceRecipe;
  /** Those of lower rank are drawn first. */
  @property({ type: Number }) rank = 1;
  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  readonly #observer = new IntersectionObserver((entries) => this.#sighted(entries.at(-1)!.isIntersecting), {
    rootMargin: MARGIN,
  });
  #isInSight = false;
  /** The face that is on the canvas, or has been asked for. */
  #asked: FaceRecipe | undefined;
  /** Takes the wish back, until it is fulfilled. */
  #takeBack: (() => void) | undefined;

  static override styles = css`
    :host {
      position: relative;
      display: grid;
      place-items: center;
      overflow: hidden;
      aspect-ratio: 1;
      border-radius: calc(var(--round) - 2px);
      background: var(--soft) radial-gradient(circle at 50% 35%, var(--surface), transparent 80%);
      color: var(--muted);
      font-size: 0.7rem;
      font-variant-numeric: tabular-nums;
    }
    :host(:not([drawn])) {
      background-color: color-mix(in oklab, var(--soft), oklch(0.7 0.12 var(--hue)) 22%);
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      opacity: 0;
      transition: opacity 0.2s;
    }
    :host([drawn]) canvas {
      opacity: 1;
    }
    :host([drawn]) span {
      display: none;
    }
    @media (prefers-reduced-motion: reduce) {
      canvas {
        transition: none;
      }
    }
    @media (forced-colors: active) {
      :host {
        border: 1px solid;
      }
    }
  `;

  /** Another model, or other directions, make another picture of the same face. */
  protected watches({ model, directions }: StudioState): readonly unknown[] {
    return [model?.config, directions.shares];
  }

  protected override watchedChanged(): void {
    this.#forget();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    this.#sighted(false);
  }

  protected override render() {
    const seed = seedOf(sourcesInUse(this.face)[0]);
    return html`<canvas width=${SIDE} height=${SIDE} aria-hidden="true"></canvas>
      <span aria-hidden="true">${seed ?? nothing}</span>`;
  }

  protected override updated(): void {
    this.#ask();
  }

  #sighted(isInSight: boolean): void {
    this.#isInSight = isInSight;
    if (isInSight) this.#ask();
    else if (this.#takeBack) {
      this.#takeBack();
      this.#takeBack = undefined;
      this.#asked = undefined;
    }
  }

  #ask(): void {
    const { face } = this;
    if (!this.#isInSight || !this.hasUpdated) return;
    if (this.#asked && recipeKey(this.#asked) === recipeKey(face)) return;
    // The picture of what a face was a moment ago stands for what it is now; that of somebody else does not.
    if (this.#asked && choiceKey(this.#asked) !== choiceKey(face)) this.#forget();
    this.#takeBack?.();
    this.#asked = face;
    this.style.setProperty('--hue', String(hueOf(choiceKey(face))));
    let isDrawn = false;
    const show: PictureListener = ({ data, width, height }) => {
      isDrawn = true;
      this.#takeBack = undefined;
      this.canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
      this.toggleAttribute('drawn', true);
    };
    const takeBack = this.studio.thumbnails.want(face, show, this.rank);
    this.#takeBack = isDrawn ? undefined : takeBack;
  }

  #forget(): void {
    this.#takeBack?.();
    this.#takeBack = undefined;
    this.#asked = undefined;
    this.toggleAttribute('drawn', false);
  }
}

function looksOther(face: FaceRecipe, former: FaceRecipe | undefined): boolean {
  return !former || recipeKey(face) !== recipeKey(former);
}

/** A colour of its own for a face, in degrees. */
function hueOf(key: string): number {
  let hash = 0;
  for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) % 360;
  return hash;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-thumbnail': TrifoldThumbnail;
  }
}

/** Which windows have which layout (page.css has the same words), and a controller that tells an element when the answer changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A phone or a tablet that is held upright: the settings are a sheet at the bottom. */
export const SHEET_MEDIA = '(orientation: portrait) and (max-width: 60rem)';
/** A phone on its side, or a page that is enlarged: every line is the picture's. */
export const LOW_MEDIA = '(orientation: landscape) and (max-height: 30rem)';
/** A window of a few centimetres. */
export const TINY_MEDIA = '(orientation: landscape) and (max-width: 30rem)';

/** Draws its element anew when the window begins or ceases to be of a kind. */
export class MediaController implements ReactiveController {
  readonly #list: MediaQueryList;

  constructor(
    private readonly host: ReactiveControllerHost,
    media: string,
  ) {
    this.#list = matchMedia(media);
    host.addController(this);
  }

  get matches(): boolean {
    return this.#list.matches;
  }

  hostConnected(): void {
    this.#list.addEventListener('change', this.#changed);
  }

  hostDisconnected(): void {
    this.#list.removeEventListener('change', this.#changed);
  }

  readonly #changed = () => this.host.requestUpdate();
}

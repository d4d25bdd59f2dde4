/** `<trifold-export-video>`: a turntable, a swing, a camera path or a walk from face to face, as a video or as numbered pictures. */
import { html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { VideoFileFormat, VideoRequest } from '../../studio/export/exports';
import { frameCount, VIDEO_LIMITS, type VideoOptions } from '../../studio/export/video-plan';
import { numberField, segmentBar } from '../shared/form-parts';
import { EXPORT_STRINGS } from '../strings/export';
import { checkBox, choice, ExportDialog, valueIn } from './export-dialog';

const { videoDialog: strings, dialog } = EXPORT_STRINGS;
const KINDS = ['turntable', 'swing', 'camera-path', 'latent-walk'] as const;
const FORMATS: readonly VideoFileFormat[] = ['mp4', 'webm', 'zip'];
const RATES = [12, 24, 25, 30, 50, 60];
type FramePicture = Parameters<NonNullable<VideoRequest['onFrame']>>[0];
const DEGREES = 180 / Math.PI;
/** To each side; up and down it is a quarter of it. */
const SWING_YAW = 40 / DEGREES;

@customElement('trifold-export-video')
export class TrifoldExportVideo extends ExportDialog {
  @state() private what: (typeof KINDS)[number] = 'turntable';
  @state() private isLoop = true;
  @state() private seconds = 5;
  @state() private fps = 30;
  @state() private side = 0;
  @state() private format: VideoFileFormat = 'mp4';
  /** What the browser can write at that size; undefined while it is being asked. */
  @state() private possible: readonly VideoFileFormat[] | undefined;
  @query('canvas') private readonly canvas!: HTMLCanvasElement | null;
  #question = 0;

  protected readonly kind = 'video';
  protected readonly heading = strings.title;

  protected override begin(): void {
    super.begin();
    this.side ||= this.modelSide;
    this.#askEncoders();
  }

  protected content() {
    const { isRunning, possible } = this;
    const frames = this.#frames;
    return html`
      <div class="parts">
        <fieldset class="plain" ?disabled=${isRunning} aria-label=${strings.title}>
            ${segmentBar({
              label: strings.kind,
              name: 'what',
              kinds: KINDS,
              labels: strings.kinds,
              chosen: this.what,
              choose: (kind) => {
                this.what = kind;
              },
            })}
            <p class="hint">${this.#problem ?? strings.about[this.what]}</p>
            ${
              this.what === 'camera-path'
                ? checkBox(strings.loop, this.isLoop, false, (isChecked) => {
                    this.isLoop = isChecked;
                  })
                : nothing
            }
            <div class="fields">
              <div class="field">
                <label for="seconds">${strings.seconds}</label>
                ${numberField({
                  id: 'seconds',
                  value: this.seconds,
                  min: VIDEO_LIMITS.seconds.least,
                  max: VIDEO_LIMITS.seconds.most,
                  step: 0.1,
                  typed: (seconds) => {
                    this.seconds = seconds;
                  },
                })}
              </div>
              <div class="field">
                <label for="fps">${strings.fps}</label>
                <select id="fps" @change=${this.#rateChosen}>
                  ${RATES.map((rate) => choice(rate, this.fps, String(rate)))}
                </select>
              </div>
              <div class="field">
                <label for="side">${dialog.size}</label>
                ${numberField({
                  id: 'side',
                  value: this.side,
                  min: 16,
                  max: 4096,
                  step: 2,
                  typed: (side) => {
                    this.side = side;
                    this.#askEncoders();
                  },
                })}
              </div>
              <div class="field">
                <label for="format">${strings.format}</label>
                <select id="format" @change=${this.#formatChosen}>
                  ${FORMATS.map((format) => {
                    const isMissing = possible !== undefined && !possible.includes(format);
                    const name = strings.formats[format];
                    return choice(format, this.format, isMissing ? strings.cannot(name) : name, isMissing);
                  })}
                </select>
              </div>
              ${this.rendererField(() => {})}
            </div>
            ${possible?.length === 1 ? html`<p class="hint">${strings.noEncoder}</p>` : nothing}
        </fieldset>
        <div class="shown">${this.#result()}</div>
      </div>
      ${this.outcome((share) => strings.done(Math.round(share * (frames ?? 0)), frames ?? 0))}
      ${this.makeAndSave(
        strings.make,
        this.#problem === undefined,
        this.#make,
        frames === undefined ? '' : strings.frames(frames),
      )}
    `;
  }

  #result() {
    const { made, address } = this;
    if (this.isRunning) return html`<canvas class="frame" role="img" aria-label=${strings.frame}></canvas>`;
    if (!made || !address || !made.blob.type.startsWith('video/')) return nothing;
    return html`<video class="frame" src=${address} aria-label=${strings.result} controls loop muted playsinline></video>`;
  }

  /** Why there can be no such video yet. */
  get #problem(): string | undefined {
    const { pathViews, face } = this.studio.state;
    if (this.what === 'camera-path' && pathViews.length < VIDEO_LIMITS.keys.least) return strings.fewViews;
    if (this.what === 'latent-walk' && face.sources.length < 2) return strings.fewSources;
    return undefined;
  }

  /** Undefined for a length that cannot be. */
  get #frames(): number | undefined {
    try {
      return frameCount({ seconds: this.seconds, fps: this.fps });
    } catch {
      return undefined;
    }
  }

  readonly #make = () => {
    const { side, format, renderer } = this;
    const onFrame = (picture: FramePicture) => this.#showFrame(picture);
    return this.studio.exports.exportVideo({ video: this.#options(), side, format, renderer, onFrame });
  };

  #showFrame({ data, width, height }: FramePicture): void {
    const { canvas } = this;
    if (!canvas) return;
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  }

  #options(): VideoOptions {
    const { seconds, fps, isLoop, studio } = this;
    const { pose: from } = studio.exports;
    const { pathViews, face } = studio.state;
    switch (this.what) {
      case 'turntable':
        return { kind: 'turntable', seconds, fps, from, motion: { kind: 'turn', turns: 1 } };
      case 'swing':
        return {
          kind: 'turntable',
          seconds,
          fps,
          from,
          motion: { kind: 'swing', yaw: SWING_YAW, pitch: SWING_YAW / 4 },
        };
      case 'camera-path':
        return { kind: 'camera-path', seconds, fps, keys: pathViews, isLoop };
      case 'latent-walk':
        return { kind: 'latent-walk', seconds, fps, from, motion: { kind: 'still' }, sources: face.sources.length };
    }
  }

  readonly #rateChosen = (event: Event) => {
    this.fps = Number(valueIn(event));
    this.#askEncoders();
  };

  readonly #formatChosen = (event: Event) => {
    this.format = FORMATS.find((format) => format === valueIn(event)) ?? 'zip';
  };

  /** Learns what the browser can write; a format that it cannot gives way to one that it can. */
  async #askEncoders(): Promise<void> {
    const question = ++this.#question;
    const encodable = await this.studio.exports.videoFormats(this.side, this.fps);
    if (question !== this.#question) return;
    this.possible = [...encodable, 'zip'];
    if (!this.possible.includes(this.format)) this.format = this.possible[0]!;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-export-video': TrifoldExportVideo;
  }
}

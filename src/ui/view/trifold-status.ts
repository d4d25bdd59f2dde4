/**
 * `<trifold-status>`: one quiet line (whose picture, how many frames a second), and behind it a drawer with everything that the device
 * reports. Figures of a stage are those of the last time that it ran; a stage that a frame did not need (mapping and tri-planes while
 * turning) keeps its last figure, one that the picture on screen has no use for is left out.
 */
import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { PictureKind, RendererKind } from '../../studio/shared/settings';
import type { DeviceReport, StudioState } from '../../studio/shared/state';
import { picturesShown, renderersShown, shownNow } from '../../studio/view/shown';
import { StudioElement } from '../shared/studio-element';
import { controls } from '../shared/theme';
import { STAGE_STRINGS } from '../strings/stage';

const { status } = STAGE_STRINGS;

/** What is on screen, as far as it decides which stages belong to it. */
interface OnScreen {
  readonly renderers: readonly RendererKind[];
  readonly pictures: readonly PictureKind[];
}

const HAS_RAYS = ['image', 'raw', 'depth', 'normals'];
const isVolumetric = ({ renderers }: OnScreen) => renderers.includes('volumetric');
const isConvolutional = ({ renderers }: OnScreen) => renderers.includes('convolutional');

/** Stages that not every picture has. */
const STAGE_IS_NEEDED: Readonly<Record<string, (shown: OnScreen) => boolean>> = {
  'tri-planes': isVolumetric,
  'ray march': (shown) => isVolumetric(shown) && shown.pictures.some((kind) => HAS_RAYS.includes(kind)),
  normals: ({ pictures }) => pictures.includes('normals'),
  'density slice': ({ pictures }) => pictures.some((kind) => kind.startsWith('density')),
  'feature planes': ({ pictures }) => pictures.some((kind) => kind.startsWith('plane')),
  'student styles': isConvolutional,
  'student mapping': isConvolutional,
  'student synthesis': isConvolutional,
  'super-resolution': ({ pictures }) => pictures.includes('image'),
};

@customElement('trifold-status')
export class TrifoldStatus extends StudioElement {
  @state() private isOpen = false;

  static override styles = [
    controls,
    css`
      .line {
        max-width: 100%;
        min-height: var(--control);
        padding: 0 0.4rem;
        overflow: hidden;
        text-overflow: ellipsis;
        border-color: transparent;
        background: none;
        color: var(--muted);
        font-size: 0.82rem;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .line:hover:not(:disabled) {
        border-color: var(--line);
        background: var(--surface);
      }
      .drawer {
        position: fixed;
        inset: auto auto calc(var(--status, 0rem) + 0.4rem) 0.75rem;
        width: max-content;
        max-width: min(34rem, 100vw - 1.5rem);
        max-height: 70dvh;
        margin: 0;
        padding: 0.9rem 1.1rem;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow);
        font-size: 0.87rem;
      }
      .drawer:dir(rtl) {
        inset-inline: auto 0.75rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.3rem 1rem;
        margin: 0;
        font-variant-numeric: tabular-nums;
      }
      div {
        display: contents;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .rate dd {
        min-width: 12ch; /* changes many times a second */
      }
    `,
  ];

  protected watches({ device, settings, student }: StudioState): readonly unknown[] {
    const { framesPerSecond, isMoving } = device ?? {};
    const shown = shownNow(settings, student);
    return [
      this.isOpen ? device : rateOf(framesPerSecond),
      isMoving,
      renderersShown(shown).join(),
      picturesShown(settings.picture, shown).join(),
    ];
  }

  protected override render() {
    const { device, settings, student } = this.studio.state;
    const shown = shownNow(settings, student);
    const onScreen = { renderers: renderersShown(shown), pictures: picturesShown(settings.picture, shown) };
    return html`<footer aria-label=${status.label}>
      <button type="button" class="line" popovertarget="figures" title=${status.label} ?disabled=${!device}>
        ${device ? line(device, onScreen) : status.waiting}
      </button>
      <div class="drawer" id="figures" popover role="group" aria-label=${status.figures} @toggle=${this.#toggled}>
        ${device && this.isOpen ? html`<dl>${figures(device, onScreen)}</dl>` : nothing}
      </div>
    </footer>`;
  }

  readonly #toggled = (event: ToggleEvent): void => {
    this.isOpen = event.newState === 'open';
  };
}

function line({ isMoving, framesPerSecond }: DeviceReport, { renderers }: OnScreen): string {
  const { line: words } = status;
  const [first = 'volumetric'] = renderers;
  const shown = renderers.length > 1 ? words.both : words[first];
  const rate = isMoving ? rateOf(framesPerSecond) : '';
  return rate ? `${shown} · ${status.rate(rate)}` : shown;
}

function figures(device: DeviceReport, onScreen: OnScreen) {
  const { adapter, precision, memoryBytes, degradations } = device;
  return html`
    ${entry(status.adapter, adapter.name)} ${entry(status.precision, status.precisions[precision])} ${entry(status.stages, stageTimes(device, onScreen))}
    ${entry(status.frameRate, frameRate(device), 'rate')} ${entry(status.quality, quality(device))}
    ${entry(status.memory, `${(memoryBytes / 1e6).toFixed(0)} MB`)}
    ${degradations.length > 0 ? entry(status.degradations, degradations.join('; ')) : nothing}
  `;
}

function rateOf(framesPerSecond: number | undefined): string {
  return framesPerSecond === undefined ? '' : framesPerSecond.toFixed(framesPerSecond < 10 ? 1 : 0);
}

function frameRate({ framesPerSecond, isMoving }: DeviceReport): string {
  const rate = rateOf(framesPerSecond);
  return isMoving ? rate || '…' : [rate, status.atRest].filter(Boolean).join(', ');
}

/** What is on the canvas, and what the full picture takes: "48 × 48, fast; in full 640 ms". */
function quality({ detail, fullMilliseconds }: DeviceReport): string {
  const words = detail
    ? [
        status.rays(detail.side),
        detail.isEnlarged && status.enlarged,
        detail.settings && status.qualities[detail.settings.quality],
      ]
    : [];
  const full = fullMilliseconds === undefined ? '' : status.full(shown(fullMilliseconds));
  return [words.filter(Boolean).join(', '), full].filter(Boolean).join('; ');
}

function stageTimes({ stages }: DeviceReport, onScreen: OnScreen): string {
  if (!stages) return status.noTimestamps;
  const known = stages.filter(({ stage, milliseconds }) => {
    const isNeeded = STAGE_IS_NEEDED[stage];
    return milliseconds !== undefined && (!isNeeded || isNeeded(onScreen));
  });
  if (known.length === 0) return '…';
  return known
    .map(({ stage, milliseconds }) => `${status.stageNames[stage] ?? stage} ${shown(milliseconds!)}`)
    .join(' · ');
}

function shown(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0);
}

function entry(name: string, value: string, kind = '') {
  return html`<div class=${kind}><dt>${name}</dt><dd>${value}</dd></div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-status': TrifoldStatus;
  }
}

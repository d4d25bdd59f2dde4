/**
 * `<trifold-status>`: what the device is and how it is doing. Figures of a stage are those of the last time that it ran; a stage
 * that a frame did not need (mapping and tri-planes while turning) keeps its last figure.
 */
import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { RendererKind } from '../../studio/shared/settings';
import type { DeviceReport, StudioState } from '../../studio/shared/state';
import { renderersShown, shownNow } from '../../studio/view/shown';
import { StudioElement } from '../shared/studio-element';
import { STRINGS } from '../strings/strings';

const { status } = STRINGS;

/** Whose stage it is, where it is not everybody's; only those of what is on screen are shown. */
const RENDERER_OF_STAGE: Readonly<Record<string, RendererKind>> = {
  'tri-planes': 'volumetric',
  'ray march': 'volumetric',
  'student styles': 'convolutional',
  'student mapping': 'convolutional',
  'student synthesis': 'convolutional',
};

@customElement('trifold-status')
export class TrifoldStatus extends StudioElement {
  static override styles = css`
    dl {
      display: flex;
      flex-wrap: wrap;
      gap: 0.15rem 1.4rem;
      margin: 0;
      padding: 0.7rem 1.25rem;
      color: var(--muted);
      font-size: 0.82rem;
      font-variant-numeric: tabular-nums;
      min-height: 1.3rem;
    }
    div {
      display: flex;
      gap: 0.45rem;
    }
    dt {
      font-weight: 600;
    }
    dd {
      margin: 0;
      color: var(--text);
    }
    @media (min-width: 52rem) {
      dl {
        min-height: calc(2lh + 0.15rem); /* figures come one after the other, and must not move the picture */
      }
      .rate dd {
        min-width: 7ch;
      }
      .quality dd {
        min-width: 36ch; /* changes with every gesture */
      }
    }
    @media (max-width: 52rem) {
      dl {
        padding: 0.5rem 1rem 1rem;
      }
    }
  `;

  protected watches({ device, settings, student }: StudioState): readonly unknown[] {
    return [device, renderersShown(shownNow(settings, student)).join()];
  }

  protected override render() {
    const { device, settings, student } = this.studio.state;
    const renderers = renderersShown(shownNow(settings, student));
    return html`<footer aria-label=${status.label}>
      <dl>${device ? figures(device, renderers) : entry(status.adapter, status.waiting)}</dl>
    </footer>`;
  }
}

function figures(device: DeviceReport, renderers: readonly RendererKind[]) {
  const { adapter, precision, memoryBytes, degradations } = device;
  return html`
    ${entry(status.adapter, adapter.name)} ${entry(status.precision, status.precisions[precision])} ${entry(status.stages, stageTimes(device, renderers))}
    ${entry(status.frameRate, frameRate(device), 'rate')} ${entry(status.quality, quality(device), 'quality')}
    ${entry(status.memory, `${(memoryBytes / 1e6).toFixed(0)} MB`)}
    ${degradations.length > 0 ? entry(status.degradations, degradations.join('; ')) : nothing}
  `;
}

function frameRate({ framesPerSecond, isMoving }: DeviceReport): string {
  const rate = framesPerSecond === undefined ? '' : framesPerSecond.toFixed(framesPerSecond < 10 ? 1 : 0);
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

function stageTimes({ stages }: DeviceReport, renderers: readonly RendererKind[]): string {
  if (!stages) return status.noTimestamps;
  const known = stages.filter(({ stage, milliseconds }) => {
    const owner = RENDERER_OF_STAGE[stage];
    return milliseconds !== undefined && (!owner || renderers.includes(owner));
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

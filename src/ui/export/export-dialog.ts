/**
 * Base of the dialogs in which a file is made: shows how far the work is and what became of it, saves what is made, and keeps it until the dialog
 * is closed, to be saved again.
 */
import { type CSSResultGroup, css, html, nothing } from 'lit';
import { state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { MadeFile } from '../../studio/export/exports';
import { RENDERER_KINDS, type RendererKind } from '../../studio/shared/settings';
import type { ExportKind, StudioState } from '../../studio/shared/state';
import { checks } from '../shared/check-style';
import { saveBlob } from '../shared/save-file';
import { StudioDialog } from '../shared/studio-dialog';
import { sections, segments } from '../shared/theme';
import { EXPORT_STRINGS } from '../strings/export';

const { dialog: strings } = EXPORT_STRINGS;

export abstract class ExportDialog extends StudioDialog {
  @state() protected made: MadeFile | undefined;
  @state() protected renderer: RendererKind = 'volumetric';
  #address: string | undefined;

  static override styles: CSSResultGroup = [
    StudioDialog.styles,
    sections,
    segments,
    checks,
    css`
      @media (min-width: 30.01rem) {
        dialog {
          width: min(52rem, 100vw - 2rem);
        }
      }
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 1rem 1.5rem;
        align-items: start;
      }
      .settings {
        display: grid;
        gap: 0.6rem;
        min-width: 0;
      }
      fieldset.plain {
        padding: 0;
        border: 0;
        border-radius: 0;
        background: none;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr));
        gap: 0.6rem;
      }
      .field {
        display: grid;
        gap: 0.2rem;
        min-width: 0;
      }
      select,
      input.number {
        width: 100%;
        min-width: 0;
      }
      .segments {
        grid-auto-columns: auto;
      }
      .segments label {
        padding: 0 0.3rem;
        text-align: center;
      }
      .shown {
        display: grid;
        gap: 0.5rem;
        min-width: 0;
        justify-items: center;
      }
      .frame {
        display: block;
        width: 100%;
        max-width: 24rem;
        aspect-ratio: 1;
        object-fit: contain;
        border-radius: 10px;
        background: var(--soft);
      }
      .job p {
        grid-column: 1 / -1;
      }
      .file {
        overflow-wrap: anywhere;
      }
      @media (max-width: 40rem) {
        .parts {
          grid-template-columns: minmax(0, 1fr);
        }
        .frame {
          max-width: min(100%, 42dvh);
        }
      }
    `,
  ];

  protected abstract readonly kind: ExportKind;

  /** Whatever is made here needs no student, unless it is there. */
  protected override get isStudentReady(): boolean {
    return true;
  }

  protected watches({ export: made, student, model, status }: StudioState): readonly unknown[] {
    return [made, student, model, status];
  }

  protected begin(): void {
    this.studio.exports.dismiss();
    this.renderer = this.studio.exports.rendererShown;
  }

  protected stop(): void {
    this.studio.exports.dismiss();
    this.forget();
  }

  /** The finished file is no longer what the settings ask for, or nobody wants it. */
  protected forget(): void {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = undefined;
    this.made = undefined;
  }

  /** Waits for a file, and keeps it if the dialog is still there. @returns whether it was made */
  protected async keep(making: Promise<MadeFile | undefined>): Promise<boolean> {
    const made = await making;
    if (!made || !this.isOpen) return false;
    this.forget();
    this.made = made;
    this.#address = URL.createObjectURL(made.blob);
    return true;
  }

  /** Of the finished file, for an image or a video. */
  protected get address(): string | undefined {
    return this.#address;
  }

  protected get isRunning(): boolean {
    const { export: job } = this.studio.state;
    return job?.kind === this.kind && job.status === 'running';
  }

  protected get modelSide(): number {
    return this.studio.state.model?.config.imageResolution ?? 256;
  }

  /** Which renderer, where there is a choice. */
  protected rendererField(changed: () => void) {
    if (this.studio.state.student.status !== 'ready') return nothing;
    return html`<div class="field">
      <label for="renderer">${strings.renderer}</label>
      <select
        id="renderer"
        ?disabled=${this.isRunning && this.kind !== 'picture'}
        @change=${(event: Event) => {
          this.renderer = RENDERER_KINDS.find((kind) => kind === valueIn(event)) ?? 'volumetric';
          changed();
        }}
      >
        ${RENDERER_KINDS.map(
          (kind) =>
            html`<option value=${kind} .selected=${live(kind === this.renderer)}>${strings.renderers[kind]}</option>`,
        )}
      </select>
    </div>`;
  }

  /** How far the work is, or what became of it. @param what in words, beside the bar */
  protected outcome(what: (share: number) => string = () => '') {
    const { export: job } = this.studio.state;
    if (job?.kind !== this.kind) return nothing;
    switch (job.status) {
      case 'running': {
        const words = [what(job.share), strings.left(job.secondsLeft)].filter(Boolean).join(', ');
        return html`<div class="job">
          <progress aria-label=${strings.progress} max="1" .value=${job.share}></progress>
          <button type="button" @click=${() => this.studio.exports.stop()}>${strings.cancel}</button>
          <p class="muted">${words}</p>
        </div>`;
      }
      case 'failed':
        return html`<p class="warning" role="alert">${job.failure?.message} ${job.failure?.remedy}</p>`;
      case 'cancelled':
        return html`<p class="muted" role="status">${strings.cancelled}</p>`;
      case 'done':
        return this.made
          ? html`<p class="file" role="status">${strings.saved(this.made.name, this.made.blob.size)}</p>`
          : nothing;
    }
  }

  /** Hands the finished file to the person. */
  protected readonly save = (): void => {
    const { made } = this;
    if (made) saveBlob(made.name, made.blob);
  };

  /** One step: makes a file and saves it. What was made can be saved once more. @param note beside the buttons */
  protected makeAndSave(label: string, isPossible: boolean, make: () => Promise<MadeFile | undefined>, note = '') {
    const makeIt = async () => {
      this.forget();
      if (await this.keep(make())) this.save();
    };
    return html`<div class="actions">
      <button type="button" class="primary" ?disabled=${this.isRunning || !isPossible} @click=${makeIt}>${label}</button>
      ${
        this.made && !this.isRunning
          ? html`<button type="button" @click=${this.save}>${strings.saveAgain}</button>`
          : nothing
      }
      <span class="muted">${note}</span>
    </div>`;
  }
}

/** What a field holds. */
export function valueIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

/** An entry of a list. */
export function choice(value: string | number, chosen: string | number, label: string, isDisabled = false) {
  return html`<option value=${value} ?disabled=${isDisabled} .selected=${live(value === chosen)}>${label}</option>`;
}

export function checkBox(
  label: string,
  isChecked: boolean,
  isDisabled: boolean,
  changed: (isChecked: boolean) => void,
) {
  return html`<label class="check">
    <input
      type="checkbox"
      .checked=${live(isChecked)}
      ?disabled=${isDisabled}
      @change=${(event: Event) => changed((event.target as HTMLInputElement).checked)}
    />
    ${label}
  </label>`;
}

/**
 * Base of the dialogs that compare the renderers: a modal window with a title, which waits for the student, begins as soon as it is there,
 * and ends its job when it is closed. Escape and a press beside it close it, and the focus goes back to where it was, as with every native dialog.
 */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from 'lit';
import { query, state } from 'lit/decorators.js';
import { teacherMatch } from '../../studio/model/student-facts';
import type { JobProgress, StudioState } from '../../studio/shared/state';
import { COMPARE_STRINGS } from '../strings/compare';
import { closeBeside, dialogs } from './dialog-style';
import { StudioElement } from './studio-element';
import { controls, progressBar } from './theme';

const { dialog: strings } = COMPARE_STRINGS;

export abstract class StudioDialog extends StudioElement {
  @query('dialog') private readonly window!: HTMLDialogElement;
  @state() private isShown = false;
  #waits = false;
  #hadFocus = false;

  static override styles: CSSResultGroup = [
    controls,
    dialogs,
    progressBar,
    css`
      h2 {
        margin: 0;
        font-size: 1.05rem;
      }
      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.9rem;
        padding: 1rem 1.25rem 1.25rem;
      }
      p {
        margin: 0;
        max-width: 46rem;
      }
      .muted {
        color: var(--muted);
        font-size: 0.9rem;
      }
      .warning {
        color: var(--warning);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem;
      }
      .job {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.75rem;
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.25rem 0.9rem 0.25rem 0;
        text-align: right;
      }
      thead th {
        color: var(--muted);
        font-weight: 600;
        vertical-align: bottom;
      }
      tbody tr {
        border-top: 1px solid var(--line);
      }
      svg {
        display: block;
        width: 100%;
        max-width: 29rem;
        overflow: visible;
      }
      @media (max-width: 36rem) {
        .content {
          padding: 0.9rem 1rem 1.25rem;
        }
      }
    `,
  ];

  protected abstract readonly heading: string;
  /** Called when the dialog is open and the student is on the device, or need not be. */
  protected abstract begin(): void;
  /** Ends the dialog's job, if it runs. */
  protected abstract stop(): void;
  protected abstract content(): unknown;

  get isOpen(): boolean {
    return this.isShown;
  }

  /** Whether nothing has to be loaded any more. */
  protected get isStudentReady(): boolean {
    return this.studio.state.student.status === 'ready';
  }

  show(): void {
    this.isShown = true;
    this.window.showModal();
    this.#waits = !this.isStudentReady;
    if (this.#waits) this.studio.loadStudent();
    else this.begin();
  }

  protected override watchedChanged({ student }: StudioState): void {
    if (!this.#waits || student.status === 'loading') return;
    this.#waits = false; // before the job begins: its first report comes back here
    if (this.isStudentReady) this.begin();
    else this.window.close(); // what went wrong is told in a notice on the page
  }

  protected override willUpdate(): void {
    this.#hadFocus = this.shadowRoot?.activeElement != null;
  }

  protected override updated(_changed: PropertyValues): void {
    // A pressed button that is gone, as "Cancel" at the end of a job, takes the focus with it.
    const hasLostFocus = this.isShown && this.#hadFocus && !this.shadowRoot?.activeElement;
    if (hasLostFocus) this.renderRoot.querySelector<HTMLElement>('.title button')?.focus();
  }

  protected override render() {
    return html`<dialog aria-labelledby="title" @click=${closeBeside} @close=${this.#closed}>
      ${
        this.isShown
          ? html`<div class="title">
                <h2 id="title">${this.heading}</h2>
                <button type="button" @click=${() => this.window.close()}>${strings.close}</button>
              </div>
              <div class="content">${this.content()}</div>`
          : nothing
      }
    </dialog>`;
  }

  /** A student of another model is said wherever its pictures are judged. */
  protected warning() {
    const { student, model } = this.studio.state;
    const isOther = student.status === 'ready' && model && teacherMatch(student.facts, model) === 'mismatch';
    return isOther ? html`<p class="warning">${COMPARE_STRINGS.renderer.match.mismatch}</p>` : nothing;
  }

  /** How far the job is, with a button that stops it; how it ended, if not well; nothing else. */
  protected progress(job: JobProgress | undefined, label: string) {
    if (!this.isStudentReady) {
      return html`<p class="muted" role="status">${strings.waiting}</p>
        <progress aria-label=${COMPARE_STRINGS.renderer.progress}></progress>`;
    }
    switch (job?.status) {
      case 'running':
        return html`<div class="job">
          <progress aria-label=${label} max="1" .value=${job.share}></progress>
          <button type="button" @click=${() => this.stop()}>${strings.cancel}</button>
        </div>`;
      case 'failed':
        return html`<p class="warning" role="alert">${job.failure?.message} ${job.failure?.remedy}</p>`;
      case 'cancelled':
        return html`<p class="muted" role="status">${strings.cancelled}</p>`;
      default:
        return nothing;
    }
  }

  #closed(): void {
    this.isShown = false;
    this.#waits = false;
    this.stop();
  }
}

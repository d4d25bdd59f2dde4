/** The renderers of the model on screen, by their kind: volume rendering is always there, others come and go. */
import { labelOf, type OrbitState } from '../../camera/orbit';
import { GpuError } from '../../gpu/errors';
import type { FrameRenderer, RendererKind } from '../../render/frame-renderer';
import type { ChosenQuality } from '../../render/quality';
import type { MemoryEstimate } from '../../render/wiring';
import { renderersShown, type Shown } from './shown';

/** The convolutional renderer was asked for while no student is on the device. */
export class NoStudentError extends GpuError {
  override readonly code = 'no-student';

  constructor() {
    super('There is no student of this model on the device.', 'Open a student of this model, or use volume rendering.');
  }
}

/** A renderer with what is known of it beside its pictures. */
export interface RendererEntry {
  readonly renderer: FrameRenderer;
  /** How much memory it takes for a batch of faces, with the settings in force but for the quality. */
  estimate(batch: number, quality: ChosenQuality): MemoryEstimate;
  /** Frees the renderer, and the weights that it alone uses. */
  free(): void;
}

export class RendererSet {
  readonly #entries = new Map<RendererKind, RendererEntry>();
  /** The view that each renderer has; undefined when a job has moved its camera. */
  readonly #views = new Map<RendererKind, OrbitState>();

  has(kind: RendererKind): boolean {
    return this.#entries.has(kind);
  }

  /** @throws NoStudentError: ask `has` before */
  entry(kind: RendererKind): RendererEntry {
    const entry = this.#entries.get(kind);
    if (!entry) throw new NoStudentError();
    return entry;
  }

  get(kind: RendererKind): FrameRenderer {
    return this.entry(kind).renderer;
  }

  /** Puts a renderer in the place of the one of its kind, which is freed. @param entry undefined leaves the place empty */
  put(kind: RendererKind, entry: RendererEntry | undefined): void {
    this.#entries.get(kind)?.free();
    this.#views.delete(kind);
    if (entry) this.#entries.set(kind, entry);
    else this.#entries.delete(kind);
  }

  /** Those that take part, the volumetric one first. @throws NoStudentError */
  shown(shown: Shown): FrameRenderer[] {
    return renderersShown(shown).map((kind) => this.get(kind));
  }

  /** Hands a view to one of the renderers, unless it has it. */
  look(kind: RendererKind, view: OrbitState): void {
    if (this.#views.get(kind) !== view) this.get(kind).setCamera(labelOf(view));
    this.#views.set(kind, view);
  }

  /** A job is about to move the camera of a renderer. */
  forgetView(kind: RendererKind): void {
    this.#views.delete(kind);
  }

  /** Whether a renderer is there and has the view. */
  hasView(kind: RendererKind, view: OrbitState): boolean {
    return this.#views.get(kind) === view;
  }

  free(): void {
    for (const { free } of this.#entries.values()) free();
    this.#entries.clear();
  }
}

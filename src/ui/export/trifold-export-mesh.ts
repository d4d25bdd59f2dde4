/** `<trifold-export-mesh>`: the face as a mesh file, with a live preview of the surface while the density level is chosen. */
import { type CSSResultGroup, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { type MeshFileFormat, meshMemory } from '../../studio/export/exports';
import { levelScale } from '../../studio/export/mesh-preview';
import type { StudioState } from '../../studio/shared/state';
import { numberField, slider } from '../shared/form-parts';
import { EXPORT_STRINGS } from '../strings/export';
import { checkBox, choice, ExportDialog, valueIn } from './export-dialog';
import { drawMesh } from './mesh-picture';

const { meshDialog: strings } = EXPORT_STRINGS;
const RESOLUTIONS = [64, 128, 256];
const FORMATS: readonly MeshFileFormat[] = ['glb', 'ply', 'obj', 'stl', 'mrc'];
const MOST_SMOOTHING = 20;
/** Of the preview, in pixels. */
const PREVIEW_SIDE = 320;
const PREVIEW_PITCH = 0.12;
const DEGREES = 180 / Math.PI;
/** A drag across the preview turns by so many degrees. */
const TURN_ACROSS = 180;

@customElement('trifold-export-mesh')
export class TrifoldExportMesh extends ExportDialog {
  @query('canvas') private readonly canvas!: HTMLCanvasElement | null;
  /** Undefined until the range of densities is known. */
  @state() private level: number | undefined;
  @state() private resolution = 128;
  @state() private isLargestOnly = true;
  @state() private smoothing = 0;
  @state() private format: MeshFileFormat = 'glb';
  /** Degrees. */
  @state() private turn = 25;
  #drawn: readonly unknown[] = [];

  static override styles: CSSResultGroup = [
    ExportDialog.styles,
    css`
      canvas.frame {
        cursor: grab;
        touch-action: pan-y;
      }
      .shown > * {
        width: 100%;
        max-width: 24rem;
      }
      .exact {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 6rem;
        gap: 0.75rem;
        align-items: end;
      }
    `,
  ];

  protected readonly kind = 'mesh';
  protected readonly heading = strings.title;

  protected override watches(state: StudioState): readonly unknown[] {
    return [...super.watches(state), state.meshPreview];
  }

  protected override begin(): void {
    super.begin();
    this.level = undefined;
    this.studio.exports.beginMesh();
  }

  protected override stop(): void {
    super.stop();
    this.studio.exports.endMesh();
  }

  protected content() {
    const { isRunning } = this;
    const isVolume = this.format === 'mrc';
    return html`
      <div class="parts">
        <div class="shown">${this.#preview()}</div>
        <fieldset class="plain" ?disabled=${isRunning} aria-label=${strings.title}>
          ${this.#levelFields(isVolume)}
          ${checkBox(strings.largest, this.isLargestOnly, isVolume, (isChecked) => {
            this.isLargestOnly = isChecked;
            this.#show();
          })}
          ${slider({
            id: 'smoothing',
            label: strings.smoothing,
            value: this.smoothing,
            shown: strings.rounds(this.smoothing),
            min: 0,
            max: MOST_SMOOTHING,
            step: 1,
            slid: (smoothing) => {
              this.smoothing = smoothing;
              this.#show();
            },
          })}
          <div class="field">
            <label for="resolution">${strings.resolution}</label>
            <select id="resolution" @change=${(event: Event) => this.#setResolution(Number(valueIn(event)))}>
              ${RESOLUTIONS.map((resolution) =>
                choice(resolution, this.resolution, strings.resolutionOption(resolution, meshMemory(resolution))),
              )}
            </select>
          </div>
          <div class="field">
            <label for="format">${strings.format}</label>
            <select id="format" @change=${this.#formatChosen}>
              ${FORMATS.map((format) => choice(format, this.format, strings.formats[format]))}
            </select>
          </div>
          <p class="hint">${strings.axes}</p>
        </fieldset>
      </div>
      ${this.outcome()}
      ${this.makeAndSave(strings.make, this.level !== undefined, this.#make)}
    `;
  }

  #preview() {
    const { meshPreview } = this.studio.state;
    const triangles = (meshPreview?.surface?.mesh.indices.length ?? 0) / 3;
    return html`
      <canvas
        class="frame"
        width=${PREVIEW_SIDE}
        height=${PREVIEW_SIDE}
        role="img"
        aria-label=${strings.preview}
        @pointerdown=${this.#grab}
        @pointermove=${this.#drag}
      ></canvas>
      ${
        meshPreview?.status === 'running'
          ? html`<p class="muted" role="status">${strings.sampling}</p>
              <progress aria-label=${strings.sampling} max="1" .value=${meshPreview.share}></progress>`
          : nothing
      }
      ${
        meshPreview?.status === 'failed'
          ? html`<p class="warning" role="alert">${meshPreview.failure?.message} ${meshPreview.failure?.remedy}</p>`
          : nothing
      }
      ${
        meshPreview?.problem
          ? html`<p class="warning" role="alert">${meshPreview.problem.message} ${meshPreview.problem.remedy}</p>`
          : nothing
      }
      ${meshPreview?.surface ? html`<p class="hint">${strings.triangles(triangles)}</p>` : nothing}
      <div>
        ${slider({
          id: 'turn',
          label: strings.turn,
          value: this.turn,
          shown: `${Math.round(this.turn)}°`,
          min: -180,
          max: 180,
          step: 1,
          slid: (turn) => {
            this.turn = turn;
          },
        })}
        <p class="hint">${strings.previewHint}</p>
      </div>
    `;
  }

  #levelFields(isVolume: boolean) {
    const range = this.studio.state.meshPreview?.range;
    if (!range || this.level === undefined) return nothing;
    const { least, most, step } = levelScale(range);
    const set = (level: number) => {
      this.level = level;
      this.#show();
    };
    const { level } = this;
    return html`<fieldset class="plain" ?disabled=${isVolume} aria-label=${strings.level}>
      <div class="exact">
        <div>
          ${slider({
            id: 'level',
            label: strings.level,
            value: level,
            shown: '',
            spoken: String(level),
            min: least,
            max: most,
            step,
            describedBy: 'range',
            slid: set,
          })}
        </div>
        ${numberField({ id: 'exact', label: strings.levelExact, value: level, min: -1e4, max: 1e4, step: 0.1, typed: set })}
      </div>
      <p id="range" class="hint">${strings.range(...range)}</p>
    </fieldset>`;
  }

  protected override watchedChanged(state: StudioState): void {
    super.watchedChanged(state);
    const level = state.meshPreview?.surface?.level;
    if (this.isOpen && this.level === undefined && level !== undefined) this.level = level;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const mesh = this.studio.state.meshPreview?.surface?.mesh;
    const { canvas, turn } = this;
    const drawn = [canvas, mesh, turn];
    if (!canvas || drawn.every((value, index) => value === this.#drawn[index])) return;
    this.#drawn = drawn;
    const context = canvas.getContext('2d')!;
    context.clearRect(0, 0, PREVIEW_SIDE, PREVIEW_SIDE);
    if (!mesh) return;
    const pixels = drawMesh(mesh, { yaw: turn / DEGREES, pitch: PREVIEW_PITCH, side: PREVIEW_SIDE });
    context.putImageData(new ImageData(pixels, PREVIEW_SIDE), 0, 0);
  }

  #show(): void {
    const { level = 0, smoothing, isLargestOnly } = this;
    this.studio.exports.preview.show({ level, smoothing, allComponents: !isLargestOnly });
  }

  #setResolution(resolution: number): void {
    this.resolution = resolution;
  }

  readonly #make = () => {
    const { level = 0, smoothing, isLargestOnly, resolution, format } = this;
    return this.studio.exports.exportMesh({ level, smoothing, allComponents: !isLargestOnly, resolution, format });
  };

  readonly #formatChosen = (event: Event) => {
    this.format = FORMATS.find((format) => format === valueIn(event)) ?? 'glb';
  };

  readonly #grab = (event: PointerEvent) => {
    this.canvas?.setPointerCapture(event.pointerId);
  };

  readonly #drag = (event: PointerEvent) => {
    const { canvas } = this;
    if (!canvas?.hasPointerCapture(event.pointerId)) return;
    const turned = this.turn - (event.movementX / canvas.clientWidth) * TURN_ACROSS;
    this.turn = ((((turned + 180) % 360) + 360) % 360) - 180;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'trifold-export-mesh': TrifoldExportMesh;
  }
}

/**
 * A session: one open device with the model on it, from its opening to its loss. Everything here dies with the device; the studio
 * opens a new session from the same checkpoint when that happens.
 */
import { labelOf, type OrbitState } from '../camera/orbit';
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import { DeviceLostError } from '../gpu/errors';
import { withinMemory } from '../gpu/memory-guard';
import { Recorder } from '../gpu/recorder';
import { StageTimer } from '../gpu/timing';
import type { GeneratorConfig } from '../models/config';
import { Generator } from '../models/generator';
import { seededLatent } from '../models/latent';
import { CanvasOutput, type CanvasSize } from '../render/canvas-output';
import { type PictureKind, type RenderSettings, VolumetricRenderer } from '../render/volumetric-renderer';

export interface SessionRequest {
  readonly gpu: Gpu;
  readonly canvas: HTMLCanvasElement;
  readonly checkpoint: Checkpoint;
  readonly settings: RenderSettings;
  /** Called when new stage times have arrived. */
  readonly onTimes: () => void;
}

/** What a frame shows. */
export interface FrameRequest {
  readonly seed: number;
  readonly psi: number;
  readonly picture: PictureKind;
  /** Quick and coarse, while the camera moves on a slow device. */
  readonly isPreview: boolean;
  readonly view: OrbitState;
  /** Size of the canvas in device pixels. */
  readonly size: CanvasSize;
}

export class Session {
  #output: CanvasOutput | undefined;
  #face: { seed: number; psi: number } | undefined;
  #view: OrbitState | undefined;

  private constructor(
    readonly gpu: Gpu,
    private readonly generator: Generator,
    private readonly renderer: VolumetricRenderer,
    private readonly canvas: HTMLCanvasElement,
    private readonly timer: StageTimer | undefined,
  ) {}

  /**
   * Puts the model on the device, which it takes over: closes it if anything fails. The canvas is taken at the first `draw`, so that
   * another session may show its picture there until then.
   * @throws GpuError, CheckpointError
   */
  static async open({ gpu, canvas, checkpoint, settings, onTimes }: SessionRequest): Promise<Session> {
    try {
      return await withinMemory(gpu, 'the model', async () => {
        const generator = Generator.create(gpu, checkpoint);
        const renderer = await VolumetricRenderer.create(generator, settings);
        return new Session(gpu, generator, renderer, canvas, StageTimer.create(gpu, onTimes));
      });
    } catch (error) {
      gpu.destroy();
      throw error;
    }
  }

  get config(): GeneratorConfig {
    return this.generator.config;
  }

  /** Milliseconds by stage, or undefined where the device cannot tell. */
  get stageTimes(): ReadonlyMap<string, number> | undefined {
    return this.timer?.milliseconds;
  }

  /** Settings in force. */
  get settings(): RenderSettings {
    return this.renderer.settings;
  }

  /** Whether a frame of that face would run mapping and backbone. */
  isNewFace({ seed, psi }: Pick<FrameRequest, 'seed' | 'psi'>): boolean {
    return this.#face?.seed !== seed || this.#face.psi !== psi;
  }

  /** Whether a frame of that view would march rays. */
  isNewView(view: OrbitState): boolean {
    return this.#view !== view;
  }

  /** Other resolutions or sample counts. Keeps the old ones if it fails. @throws BufferLimitError, OutOfMemoryError */
  async configure(settings: RenderSettings): Promise<void> {
    const former = this.renderer.settings;
    try {
      await withinMemory(this.gpu, 'the settings', () => this.renderer.configure(settings));
    } catch (error) {
      if (this.renderer.settings !== former) await this.renderer.configure(former);
      throw error;
    }
  }

  /** Does the work of a frame without showing it. Resolves when the device has finished it. @throws DeviceLostError */
  async prepare(frame: FrameRequest): Promise<void> {
    const recorder = this.#record(frame);
    recorder.submit();
    const loss = await this.gpu.finished();
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
  }

  /** Draws one frame on the canvas. Resolves when the device has finished it, or is lost. @throws WebGpuUnavailableError */
  async draw(frame: FrameRequest): Promise<void> {
    this.#output ??= await CanvasOutput.create(this.gpu, this.canvas);
    const recorder = this.#record(frame);
    this.#output.draw(recorder, this.renderer.picture, frame.size);
    recorder.submit();
    await this.gpu.finished();
  }

  #record(frame: FrameRequest): Recorder {
    if (this.isNewFace(frame)) {
      this.renderer.setFace({ z: seededLatent(frame.seed, this.config.mapping.zDim), psi: frame.psi });
      this.#face = { seed: frame.seed, psi: frame.psi };
    }
    if (this.isNewView(frame.view)) {
      this.renderer.setCamera(labelOf(frame.view));
      this.#view = frame.view;
    }
    this.renderer.setWanted(frame.picture);
    this.renderer.setPreview(frame.isPreview);
    const recorder = new Recorder(this.gpu, this.timer);
    this.renderer.encode(recorder);
    return recorder;
  }

  /** Frees the device and all that is on it. */
  close(): void {
    this.timer?.destroy();
    this.#output?.destroy();
    this.renderer.destroy();
    this.generator.destroy();
    this.gpu.destroy();
  }
}

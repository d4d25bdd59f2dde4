/**
 * A canvas on the page as the place where pictures appear. It belongs to one device; when the device is lost, make another output for
 * the same canvas on the new device.
 */
import type { Gpu } from '../gpu/device';
import { WebGpuUnavailableError } from '../gpu/errors';
import type { Recorder } from '../gpu/recorder';
import { type Colour, createPresenter, type PicturePart, type Presenter } from '../pipelines/pictures/present';

/** In device pixels. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

export class CanvasOutput {
  private constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly context: GPUCanvasContext,
    private readonly presenter: Presenter,
  ) {}

  /** @throws WebGpuUnavailableError when the canvas has no WebGPU context, KernelCompileError */
  static async create(gpu: Gpu, canvas: HTMLCanvasElement): Promise<CanvasOutput> {
    const context = canvas.getContext('webgpu');
    if (!context) throw new WebGpuUnavailableError();
    const format = navigator.gpu.getPreferredCanvasFormat();
    const presenter = await createPresenter(gpu, format);
    context.configure({ device: gpu.device, format, alphaMode: 'premultiplied' });
    return new CanvasOutput(canvas, context, presenter);
  }

  /**
   * Appends the drawing of one or more pictures on the canvas, which takes the given size. Submit in the same task.
   * @param background that heads stand on where their model tells alpha, and that is beside the pictures; undefined for what is behind the canvas
   */
  draw(recorder: Recorder, parts: readonly PicturePart[], size: CanvasSize, background: Colour | undefined): void {
    // Setting a canvas's size clears it even if the size is the same.
    if (this.canvas.width !== size.width) this.canvas.width = size.width;
    if (this.canvas.height !== size.height) this.canvas.height = size.height;
    const target = { ...size, background };
    this.presenter.draw(recorder, this.context.getCurrentTexture().createView(), target, parts);
  }

  destroy(): void {
    this.presenter.destroy();
  }
}

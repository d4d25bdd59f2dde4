/**
 * A canvas on the page as the place where pictures appear. It belongs to one device; when the device is lost, make another output for
 * the same canvas on the new device.
 */
import type { Gpu } from '../gpu/device';
import { WebGpuUnavailableError } from '../gpu/errors';
import { Recorder } from '../gpu/recorder';
import { type Colour, createPresenter, type PicturePart, type Presenter } from '../pipelines/pictures/present';

/** In device pixels. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
}

export class CanvasOutput {
  private constructor(
    private readonly gpu: Gpu,
    private readonly canvas: HTMLCanvasElement,
    private readonly context: GPUCanvasContext,
    private readonly presenter: Presenter,
    private readonly format: GPUTextureFormat,
  ) {}

  /** @throws WebGpuUnavailableError when the canvas has no WebGPU context, KernelCompileError */
  static async create(gpu: Gpu, canvas: HTMLCanvasElement): Promise<CanvasOutput> {
    const context = canvas.getContext('webgpu');
    if (!context) throw new WebGpuUnavailableError();
    const format = navigator.gpu.getPreferredCanvasFormat();
    const presenter = await createPresenter(gpu, format);
    context.configure({ device: gpu.device, format, alphaMode: 'premultiplied' });
    return new CanvasOutput(gpu, canvas, context, presenter, format);
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

  /**
   * The same drawing at another size, beside the canvas: [height, width, 4], bytes of red, green and blue times alpha, and alpha.
   * @throws BufferLimitError
   */
  async read(
    parts: readonly PicturePart[],
    { width, height }: CanvasSize,
    background: Colour | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { gpu, format } = this;
    const bytesPerRow = Math.ceil((width * 4) / 256) * 256; // as WebGPU wants it
    const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
    const texture = gpu.device.createTexture({ label: 'snapshot', size: [width, height], format, usage });
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    const readable = gpu.memory.create('read snapshot', bytesPerRow * height, MAP_READ | COPY_DST);
    try {
      const recorder = new Recorder(gpu);
      this.presenter.draw(recorder, texture.createView(), { width, height, background }, parts);
      recorder.encoder.copyTextureToBuffer({ texture }, { buffer: readable, bytesPerRow }, [width, height]);
      recorder.submit();
      await readable.mapAsync(GPUMapMode.READ);
      const mapped = new Uint8Array(readable.getMappedRange());
      const bytes = new Uint8Array(width * height * 4);
      for (let row = 0; row < height; row++) {
        bytes.set(mapped.subarray(row * bytesPerRow, row * bytesPerRow + width * 4), row * width * 4);
      }
      if (format === 'bgra8unorm') swapRedAndBlue(bytes);
      return bytes;
    } finally {
      gpu.memory.release(readable);
      texture.destroy();
    }
  }

  destroy(): void {
    this.presenter.destroy();
  }
}

function swapRedAndBlue(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 4) {
    const blue = bytes[at]!;
    bytes[at] = bytes[at + 2]!;
    bytes[at + 2] = blue;
  }
}

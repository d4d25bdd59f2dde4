/** The canvas on the page, which the viewers of one device draw on in turn. */
import type { Gpu } from '../../gpu/device';
import { CanvasOutput } from '../../render/canvas-output';

export class StudioCanvas {
  #made: { readonly gpu: Gpu; readonly output: Promise<CanvasOutput> } | undefined;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** @throws WebGpuUnavailableError, KernelCompileError */
  outputOf(gpu: Gpu): Promise<CanvasOutput> {
    if (this.#made?.gpu === gpu) return this.#made.output;
    const made = { gpu, output: CanvasOutput.create(gpu, this.canvas) };
    this.#made = made;
    made.output.catch(() => {
      if (this.#made === made) this.#made = undefined;
    });
    return made.output;
  }
}

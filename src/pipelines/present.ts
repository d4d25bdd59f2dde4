/**
 * Presentation: draws a picture or a depth image that lies in a tensor onto a canvas texture, letterboxed and enlarged smoothly. A frame
 * that shows the same tensors as the one before allocates and uploads nothing.
 */
import type { Gpu } from '../gpu/device';
import { KernelCompileError } from '../gpu/errors';
import type { Recorder } from '../gpu/recorder';
import { destroyTensor, expectShape, imageExtents, type Tensor, uploadTensor } from '../gpu/tensor';
import presentSource from '../shaders/present.wgsl?raw';
import { viridisTable } from './colour-map';

/** Stage name under which draws are timed and counted. */
export const PRESENT_STAGE = 'present';

/** What to show; of a batch, the first image. */
export type PresentSource =
  /** The first three channels of [N, H, W, C], in [-1, 1]: the final picture, or a feature image, whose first channels are the raw one. */
  | { readonly kind: 'rgb'; readonly image: Tensor }
  /** Depth and alpha [N, H, W, 1] and their `depthRange` [4], as `volumeRender` returns them. Near is bright. */
  | { readonly kind: 'depth'; readonly depth: Tensor; readonly alpha: Tensor; readonly range: Tensor };

/** The texture that is drawn into. */
export interface PresentTarget {
  /** Extents in pixels. */
  readonly width: number;
  readonly height: number;
  /** Red, green and blue, 0 to 1 as the canvas stores them, beside the picture and behind a depth image. Default: black. */
  readonly background?: readonly [number, number, number] | undefined;
}

const PARAM_COUNT = 8;

/** Draws pictures on canvases of one texture format. Make it with {@link createPresenter}. */
export class Presenter {
  #bindGroups = new WeakMap<Tensor, GPUBindGroup>();
  #params: GPUBuffer;
  #written: readonly number[] = [];
  #colourMap: Tensor;
  #destroyed = false;

  /** @internal */
  constructor(
    private readonly gpu: Gpu,
    private readonly pipelines: Readonly<Record<PresentSource['kind'], GPURenderPipeline>>,
  ) {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#params = gpu.memory.create('present params', PARAM_COUNT * 4, usage);
    const colours = viridisTable();
    this.#colourMap = uploadTensor(gpu, 'colour map', [colours.length / 3, 3], colours);
  }

  /**
   * Appends a render pass that fills `view`. The parameters are handed over at once and not with the command buffer, so draw once for
   * each submission.
   * @param view of a texture of the presenter's format
   * @throws ShapeError when the tensors are not images
   */
  draw(recorder: Recorder, view: GPUTextureView, source: PresentSource, target: PresentTarget): void {
    const picture = source.kind === 'rgb' ? source.image : source.depth;
    const { height, width } = imageExtents(picture, 'present');
    const [red, green, blue] = target.background ?? [0, 0, 0];
    this.writeParams([target.width, target.height, width, height, picture.stride / 4, red, green, blue]);
    const bindGroup = this.bindGroupOf(source, picture);
    recorder.draw(PRESENT_STAGE, view, (pass) => {
      pass.setPipeline(this.pipelines[source.kind]);
      pass.setBindGroup(0, bindGroup);
      pass.draw(3);
    });
  }

  /** Frees the presenter's own buffers. Calling it again does nothing. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.gpu.memory.release(this.#params);
    destroyTensor(this.gpu, this.#colourMap);
  }

  private writeParams(values: readonly number[]): void {
    if (values.every((value, index) => value === this.#written[index])) return;
    this.#written = values;
    const bytes = new DataView(new ArrayBuffer(PARAM_COUNT * 4));
    values.forEach((value, index) => {
      const isInteger = index >= 2 && index <= 4; // width, height and texelVectors of the shader's struct Params
      if (isInteger) bytes.setUint32(index * 4, value, true);
      else bytes.setFloat32(index * 4, value, true);
    });
    this.gpu.device.queue.writeBuffer(this.#params, 0, bytes);
  }

  private bindGroupOf(source: PresentSource, picture: Tensor): GPUBindGroup {
    const known = this.#bindGroups.get(picture);
    if (known) return known;
    const entry = (binding: number, buffer: GPUBuffer): GPUBindGroupEntry => ({ binding, resource: { buffer } });
    const entries = [entry(0, this.#params)];
    if (source.kind === 'rgb') {
      entries.push(entry(1, source.image.storage.buffer));
    } else {
      expectShape(source.depth, [...source.depth.shape.slice(0, 3), 1], 'present depth');
      expectShape(source.alpha, source.depth.shape, 'present alpha');
      expectShape(source.range, [4], 'present range');
      const buffers = [
        source.depth.storage.buffer,
        source.alpha.storage.buffer,
        source.range.storage.buffer,
        this.#colourMap.storage.buffer,
      ];
      entries.push(...buffers.map((buffer, index) => entry(2 + index, buffer)));
    }
    const layout = this.pipelines[source.kind].getBindGroupLayout(0);
    const bindGroup = this.gpu.device.createBindGroup({ label: PRESENT_STAGE, layout, entries });
    this.#bindGroups.set(picture, bindGroup);
    return bindGroup;
  }
}

/**
 * Compiles the two ways of showing something.
 * @param format of the canvas, for example `navigator.gpu.getPreferredCanvasFormat()`
 * @throws KernelCompileError (as a rejection)
 */
export async function createPresenter(gpu: Gpu, format: GPUTextureFormat): Promise<Presenter> {
  const module = gpu.device.createShaderModule({ label: PRESENT_STAGE, code: presentSource });
  const compile = (fragment: string) =>
    gpu.device.createRenderPipelineAsync({
      label: PRESENT_STAGE,
      layout: 'auto',
      vertex: { module, entryPoint: 'vertex' },
      fragment: { module, entryPoint: fragment, targets: [{ format }] },
    });
  try {
    const [rgb, depth] = await Promise.all([compile('fragmentRgb'), compile('fragmentDepth')]);
    return new Presenter(gpu, { rgb: rgb!, depth: depth! });
  } catch (cause) {
    const { messages } = await module.getCompilationInfo();
    const first = messages.find(({ type }) => type === 'error');
    throw new KernelCompileError(PRESENT_STAGE, first ? `line ${first.lineNum}: ${first.message}` : String(cause), {
      cause,
    });
  }
}

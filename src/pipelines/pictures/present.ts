/**
 * Presentation: draws what lies in tensors onto a canvas texture: a picture, a depth image, normals, or the difference of two pictures; one
 * over the whole canvas, or several beside each other or cut along a line. Each is letterboxed in its region, enlarged or shrunk smoothly, and
 * stands on a background colour or on nothing: the texture then has alpha, and its colours are premultiplied. A frame that shows the same
 * tensors in the same places as the one before allocates and uploads nothing.
 */
import type { Gpu } from '../../gpu/device';
import { KernelCompileError } from '../../gpu/errors';
import { defineKernel, encodeParams, finalText, firstMistake, type KernelVariant } from '../../gpu/kernel';
import type { Recorder } from '../../gpu/recorder';
import { destroyTensor, expectShape, imageExtents, type Tensor, uploadTensor } from '../../gpu/tensor';
import presentCutOutShader from '../../shaders/pictures/present-cut-out.wgsl';
import presentDepthShader from '../../shaders/pictures/present-depth.wgsl';
import presentDifferenceShader from '../../shaders/pictures/present-difference.wgsl';
import presentNormalsShader from '../../shaders/pictures/present-normals.wgsl';
import presentRgbShader from '../../shaders/pictures/present-rgb.wgsl';
import { divergingTable, viridisTable } from './colour-map';

/** Stage name under which draws are timed and counted. */
export const PRESENT_STAGE = 'present';

/** What to show; of a batch, the first image. */
export type PresentSource =
  /**
   * The first three channels of [N, H, W, C], in [-1, 1]: the final picture, or a feature image, whose first channels are the raw one. Where it
   * is known without the white that it was rendered on (`cutOut`), it stands on the background that is asked for.
   */
  | { readonly kind: 'rgb'; readonly image: Tensor; readonly cutOut?: Tensor | undefined }
  /** [N, H, W, 4]: red, green and blue times alpha, and alpha, 0 to 1. */
  | { readonly kind: 'cut-out'; readonly picture: Tensor }
  /** Depth and alpha [N, H, W, 1] and their `depthRange` [4], as `volumeRender` returns them. Near is bright. */
  | { readonly kind: 'depth'; readonly depth: Tensor; readonly alpha: Tensor; readonly range: Tensor }
  /** As `surfaceNormals` returns them, in the usual colours: x red, y green, z blue, -1 to 1 from none to all. */
  | { readonly kind: 'normals'; readonly normals: Tensor }
  /**
   * The luma (Rec. 709) of `second` minus that of `first`, pictures of the same shape as of `rgb`: -2 to 2, of which -range to range is
   * spread over {@link divergingTable}: blue where the second is darker, red where it is brighter.
   */
  | { readonly kind: 'difference'; readonly first: Tensor; readonly second: Tensor; readonly range: number };

/** In whole canvas pixels, from the top left. What lies beyond the canvas is left out. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One thing that is shown, and where. */
export interface PicturePart {
  readonly source: PresentSource;
  /** Where the picture goes, as large as fits and centred. Default: the whole canvas. */
  readonly region?: Rectangle | undefined;
  /** Outside of it the part draws nothing; inside, but beside its picture, the background. Default: the region. */
  readonly clip?: Rectangle | undefined;
}

/** The texture that is drawn into. */
export interface PresentTarget {
  /** Extents in pixels. */
  readonly width: number;
  readonly height: number;
  /** What pictures stand on and what is beside them: red, green and blue, 0 to 1 as the canvas stores them. Default: nothing, alpha is 0. */
  readonly background?: Colour | undefined;
}

export type Colour = readonly [red: number, green: number, blue: number];

type Kind = PresentSource['kind'];

/** What pictures with a cut-out were rendered on: there they are themselves. */
const WHITE: Colour = [1, 1, 1];

/** Read as compute kernels are, but for the entry points `vertex` and `fragment`. */
const KERNELS: Readonly<Record<Kind, KernelVariant>> = {
  rgb: defineKernel(presentRgbShader).variant(),
  'cut-out': defineKernel(presentCutOutShader).variant(),
  normals: defineKernel(presentNormalsShader).variant(),
  depth: defineKernel(presentDepthShader).variant(),
  difference: defineKernel(presentDifferenceShader).variant(),
};

/** What a shader is given for a source. */
interface ShaderInputs {
  /** The tensor with the extents of the picture. */
  readonly picture: Tensor;
  /** By the names of the shader's bindings. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** The value at the end of the colour map, where no tensor tells it. */
  readonly range?: number;
}

/** What is kept of a part from frame to frame, by its place in the list. */
interface PartSlot {
  readonly params: GPUBuffer;
  /** What `params` holds. */
  written: Uint32Array;
  /** The bind groups that were made last, the newest first: a picture that moves may change its tensor and change it back. */
  bound: readonly Bound[];
}

interface Bound {
  readonly kind: Kind;
  /** The buffers and not the tensors, since a tensor may come to lie in another one. */
  readonly buffers: readonly GPUBuffer[];
  readonly bindGroup: GPUBindGroup;
}

/** As many as a picture has levels of quality, and some. */
const KEPT_BIND_GROUPS = 8;

/** Draws pictures on canvases of one texture format. Make it with {@link createPresenter}. */
export class Presenter {
  #slots = new Map<number, PartSlot>();
  #viridis: Tensor;
  #diverging: Tensor;
  #destroyed = false;

  /** @internal */
  constructor(
    private readonly gpu: Gpu,
    private readonly pipelines: Readonly<Record<Kind, GPURenderPipeline>>,
  ) {
    const upload = (label: string, colours: Float32Array) => uploadTensor(gpu, label, [colours.length / 3, 3], colours);
    this.#viridis = upload('depth colours', viridisTable());
    this.#diverging = upload('difference colours', divergingTable());
  }

  /**
   * Appends a render pass that fills `view`: the parts in the order of the list, and the background where there is none. The parameters are handed
   * over at once and not with the command buffer, so draw once for each submission.
   * @param view of a texture of the presenter's format
   * @param parts those of which nothing lies on the canvas are passed over
   * @throws ShapeError when the tensors are not images, or not of the same shape
   */
  draw(recorder: Recorder, view: GPUTextureView, target: PresentTarget, parts: readonly PicturePart[]): void {
    const canvas: Rectangle = { x: 0, y: 0, width: target.width, height: target.height };
    const draws: { kind: Kind; scissor: Rectangle; bindGroup: GPUBindGroup }[] = [];
    parts.forEach(({ source: asked, region = canvas, clip = region }, index) => {
      const source = sourceOver(asked, target.background);
      const scissor = intersection(clip, canvas);
      if (isEmpty(scissor) || isEmpty(region)) return;
      const inputs = this.inputsOf(source);
      const slot = this.slotWith(index, paramsOf(inputs, source.kind, region, target));
      draws.push({ kind: source.kind, scissor, bindGroup: this.bindGroupOf(slot, source.kind, inputs) });
    });
    recorder.draw(PRESENT_STAGE, view, clearValue(target.background), (pass) => {
      for (const { kind, scissor, bindGroup } of draws) {
        pass.setPipeline(this.pipelines[kind]);
        pass.setBindGroup(0, bindGroup);
        pass.setScissorRect(scissor.x, scissor.y, scissor.width, scissor.height);
        pass.draw(3);
      }
    });
  }

  /** Frees the presenter's own buffers. Calling it again does nothing. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const { params } of this.#slots.values()) this.gpu.memory.release(params);
    destroyTensor(this.gpu, this.#viridis);
    destroyTensor(this.gpu, this.#diverging);
  }

  private inputsOf(source: PresentSource): ShaderInputs {
    switch (source.kind) {
      case 'rgb':
        return { picture: source.image, tensors: { image: source.image } };
      case 'cut-out': {
        const { picture } = source;
        expectShape(picture, [...picture.shape.slice(0, 3), 4], 'present cut-out');
        return { picture, tensors: { image: picture } };
      }
      case 'normals': {
        const { normals } = source;
        expectShape(normals, [...normals.shape.slice(0, 3), 4], 'present normals');
        return { picture: normals, tensors: { normals } };
      }
      case 'depth': {
        const { depth, alpha, range } = source;
        expectShape(depth, [...depth.shape.slice(0, 3), 1], 'present depth');
        expectShape(alpha, depth.shape, 'present alpha');
        expectShape(range, [4], 'present range');
        return { picture: depth, tensors: { depth, alpha, range, colourMap: this.#viridis } };
      }
      case 'difference': {
        const { first, second, range } = source;
        expectShape(second, first.shape, 'present difference');
        return { picture: first, tensors: { first, second, colourMap: this.#diverging }, range };
      }
    }
  }

  /** The slot of a part, whose buffer holds the given parameters. */
  private slotWith(index: number, params: Uint32Array<ArrayBuffer>): PartSlot {
    let slot = this.#slots.get(index);
    if (!slot) {
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      const buffer = this.gpu.memory.create('present params', params.byteLength, usage);
      slot = { params: buffer, written: new Uint32Array(params.length), bound: [] };
      this.#slots.set(index, slot);
    }
    const { written } = slot;
    if (params.some((word, at) => word !== written[at])) {
      this.gpu.device.queue.writeBuffer(slot.params, 0, params);
      slot.written = params;
    }
    return slot;
  }

  private bindGroupOf(slot: PartSlot, kind: Kind, { tensors }: ShaderInputs): GPUBindGroup {
    const { bindings } = KERNELS[kind].text;
    const inputs = [...bindings].map(([name, { number }]) => ({
      binding: number,
      buffer: tensors[name]!.storage.buffer,
    }));
    const isBound = (one: Bound) => one.kind === kind && inputs.every(({ buffer }, at) => buffer === one.buffers[at]);
    const known = slot.bound.find(isBound);
    if (known) return known.bindGroup;
    const entries = [{ binding: 0, buffer: slot.params }, ...inputs].map(({ binding, buffer }) => ({
      binding,
      resource: { buffer },
    }));
    const layout = this.pipelines[kind].getBindGroupLayout(0);
    const bindGroup = this.gpu.device.createBindGroup({ label: KERNELS[kind].name, layout, entries });
    const bound = { kind, buffers: inputs.map(({ buffer }) => buffer), bindGroup };
    slot.bound = [bound, ...slot.bound].slice(0, KEPT_BIND_GROUPS);
    return bindGroup;
  }
}

/**
 * Compiles all ways of showing something.
 * @param format of the canvas, for example `navigator.gpu.getPreferredCanvasFormat()`
 * @throws KernelCompileError (as a rejection)
 */
export async function createPresenter(gpu: Gpu, format: GPUTextureFormat): Promise<Presenter> {
  const entries = Object.entries(KERNELS).map(
    async ([kind, kernel]) => [kind, await compile(gpu, kernel, format)] as const,
  );
  return new Presenter(gpu, Object.fromEntries(await Promise.all(entries)) as Record<Kind, GPURenderPipeline>);
}

/** The cut-out of a picture where it has one, unless it stands on what it was rendered on. */
function sourceOver(source: PresentSource, background: Colour | undefined): PresentSource {
  if (source.kind !== 'rgb' || !source.cutOut) return source;
  const isOverWhite = background?.every((value, channel) => value === WHITE[channel]);
  return isOverWhite ? source : { kind: 'cut-out', picture: source.cutOut };
}

function clearValue(background: Colour | undefined): GPUColor {
  return background ? [...background, 1] : [0, 0, 0, 0];
}

async function compile(gpu: Gpu, kernel: KernelVariant, format: GPUTextureFormat): Promise<GPURenderPipeline> {
  const { name } = kernel;
  const module = gpu.device.createShaderModule({ label: name, code: finalText(kernel) });
  try {
    return await gpu.device.createRenderPipelineAsync({
      label: name,
      layout: 'auto',
      vertex: { module, entryPoint: 'vertex' },
      fragment: { module, entryPoint: 'fragment', targets: [{ format }] },
    });
  } catch (cause) {
    throw new KernelCompileError(name, await firstMistake(module, kernel, cause), { cause });
  }
}

/** The words of the params of shaders/common/pictures/present.wgsl. */
function paramsOf(
  { picture, range }: ShaderInputs,
  kind: Kind,
  region: Rectangle,
  { background }: PresentTarget,
): Uint32Array<ArrayBuffer> {
  const { height, width } = imageExtents(picture, 'present');
  const [backgroundRed, backgroundGreen, backgroundBlue] = background ?? [0, 0, 0];
  const params = {
    regionX: region.x,
    regionY: region.y,
    regionWidth: region.width,
    regionHeight: region.height,
    width,
    height,
    texelVectors: picture.stride / 4,
    range: range ?? 1,
    backgroundRed,
    backgroundGreen,
    backgroundBlue,
    backgroundAlpha: background ? 1 : 0,
  };
  return new Uint32Array(encodeParams(KERNELS[kind], params));
}

function intersection(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const right = Math.min(a.x + a.width, b.x + b.width);
  const bottom = Math.min(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

function isEmpty({ width, height }: Rectangle): boolean {
  return width <= 0 || height <= 0;
}

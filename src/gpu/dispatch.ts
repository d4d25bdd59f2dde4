/**
 * One dispatch of a plan: what a wrapper says of it, whether that fits the kernel, and what the device makes of it.
 */
import type { Gpu } from './device';
import { ShapeError, WiringError } from './errors';
import { encodeParams, type Kernel, type KernelConstants, type KernelVariant, type StorageFormats } from './kernel';
import { elementCount, type Tensor } from './tensor';
import { bufferBytes, type DeviceFacts, type StorageFormat, type TensorStorage } from './tensor-host';
import type { Texture } from './texture';

/** One dispatch as a pipeline wrapper describes it. */
export interface DispatchDescription {
  readonly kernel: Kernel;
  /** Tensor for each storage binding, by the name in the shader. */
  readonly bindings: Readonly<Record<string, Tensor>>;
  /** Texture for each texture binding, by the name in the shader. The sampler needs no mention. */
  readonly textures?: Readonly<Record<string, Texture>>;
  /**
   * Value for each field of the shader's `params`. For an f32 field it may be a tensor of one f32 number, which the plan copies right before the
   * dispatch: a learning rate that follows a schedule, a noise strength that is learned.
   */
  readonly params?: Readonly<Record<string, number | Tensor>>;
  readonly constants?: KernelConstants;
  /** Workgroups in x, y, z. */
  readonly workgroups: readonly [number, number?, number?];
}

/** A dispatch that fits its kernel. */
export interface Dispatch {
  readonly kernel: KernelVariant;
  readonly bindings: Readonly<Record<string, Tensor>>;
  readonly textures: Readonly<Record<string, Texture>>;
  /** Values of the fields that are fixed, and 0 for the others. */
  readonly params: Readonly<Record<string, number>>;
  /** Fields whose value is copied from a tensor before each run. */
  readonly copiedParams: readonly { readonly byteOffset: number; readonly from: Tensor }[];
  readonly workgroups: readonly [number, number, number];
}

/** @throws WiringError when a name is not in the shader or a format is not what it takes, ShapeError for a grid that is too large, or a parameter of several numbers */
export function checkedDispatch(description: DispatchDescription, { limits }: DeviceFacts): Dispatch {
  const { bindings, textures = {}, workgroups } = description;
  const kernel = description.kernel.variant(description.constants);
  expectSameNames(kernel, kernel.access, bindings);
  expectSameNames(kernel, kernel.text.textures, textures);
  expectReadableHalves(kernel, bindings);
  const limit = limits.maxComputeWorkgroupsPerDimension;
  if (workgroups.some((count) => count !== undefined && (count > limit || count < 1))) {
    throw new ShapeError(
      `kernel "${kernel.name}": a grid of [${workgroups}] workgroups; the device allows 1 to ${limit}`,
    );
  }
  return {
    kernel,
    bindings,
    textures,
    ...checkedParams(kernel, description.params ?? {}),
    workgroups: [workgroups[0], workgroups[1] ?? 1, workgroups[2] ?? 1],
  };
}

/** The formats of a kernel's storage types. @throws WiringError where one type would have to be two */
export function formatsOf({ kernel, bindings }: Dispatch): StorageFormats {
  const formats: Record<string, StorageFormat> = {};
  for (const [name, type] of kernel.storageTypes) {
    const { format, label } = bindings[name]!;
    if ((formats[type] ?? format) !== format) {
      throw new WiringError(`kernel "${kernel.name}": "${label}" holds ${format}, unlike the other ${type} bindings`);
    }
    formats[type] = format;
  }
  return formats;
}

/** A dispatch with all that the device needs for it. */
export interface BoundDispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
  /** Holds its params, if the kernel has any; to be freed with the plan. */
  readonly paramsBuffer: GPUBuffer | undefined;
}

/** Where a tensor begins. */
export interface BufferPlace {
  readonly buffer: GPUBuffer;
  readonly offset: number;
}

/** @param placeOf the memory of a tensor, be it its own or a place in scratch memory */
export function bindDispatch(
  gpu: Gpu,
  { kernel, bindings, textures, params, workgroups }: Dispatch,
  pipeline: GPUComputePipeline,
  placeOf: (storage: TensorStorage) => BufferPlace,
): BoundDispatch {
  const { text } = kernel;
  const entries: GPUBindGroupEntry[] = [];
  for (const [name, { number: binding }] of text.bindings) {
    const { storage } = bindings[name]!;
    entries.push({ binding, resource: { ...placeOf(storage), size: bufferBytes(storage.bytes) } });
  }
  for (const [name, binding] of text.textures) {
    const { texture } = textures[name]!.block;
    const dimension = texture!.dimension === '3d' ? '3d' : '2d-array';
    entries.push({ binding, resource: texture!.createView({ dimension }) });
  }
  if (text.sampler) {
    entries.push({ binding: text.sampler.number, resource: gpu.sampler(kernel.samplerFilter) });
  }
  let paramsBuffer: GPUBuffer | undefined;
  if (text.params.length > 0) {
    const bytes = encodeParams(kernel, params);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    paramsBuffer = gpu.memory.create(`${kernel.name} params`, bytes.byteLength, usage);
    gpu.device.queue.writeBuffer(paramsBuffer, 0, bytes);
    entries.push({ binding: 0, resource: { buffer: paramsBuffer } });
  }
  const layout = pipeline.getBindGroupLayout(0);
  const bindGroup = gpu.device.createBindGroup({ label: kernel.name, layout, entries });
  return { pipeline, bindGroup, workgroups, paramsBuffer };
}

/** @throws WiringError unless exactly the names of the shader are bound */
function expectSameNames(kernel: KernelVariant, names: ReadonlyMap<string, unknown>, bound: object): void {
  for (const name of names.keys()) {
    if (!(name in bound)) throw new WiringError(`kernel "${kernel.name}": nothing is bound to "${name}"`);
  }
  for (const name of Object.keys(bound)) {
    if (!names.has(name)) throw new WiringError(`kernel "${kernel.name}" has no binding "${name}"`);
  }
}

/** @throws WiringError where a kernel would take halves for floats */
function expectReadableHalves(kernel: KernelVariant, bindings: DispatchDescription['bindings']): void {
  for (const [name, { format, label }] of Object.entries(bindings)) {
    if (format === 'f32' || kernel.storageTypes.has(name) || kernel.packed.has(name)) continue;
    throw new WiringError(`kernel "${kernel.name}" takes floats for "${name}"; "${label}" holds halves`);
  }
}

/** @throws WiringError for a tensor where the kernel takes an integer, ShapeError for one of more than one number */
function checkedParams(
  kernel: KernelVariant,
  given: Readonly<Record<string, number | Tensor>>,
): Pick<Dispatch, 'params' | 'copiedParams'> {
  const params: Record<string, number> = {};
  const copiedParams: { byteOffset: number; from: Tensor }[] = [];
  for (const [name, value] of Object.entries(given)) {
    params[name] = typeof value === 'number' ? value : 0;
    if (typeof value === 'number') continue;
    const index = kernel.text.params.findIndex((field) => field.name === name && field.type === 'f32');
    if (index < 0) throw new WiringError(`kernel "${kernel.name}" has no f32 parameter "${name}" for "${value.label}"`);
    if (elementCount(value.shape) !== 1 || value.format !== 'f32') {
      throw new ShapeError(
        `kernel "${kernel.name}": "${value.label}" [${value.shape}] of ${value.format} for "${name}", expected one f32`,
      );
    }
    copiedParams.push({ byteOffset: index * 4, from: value });
  }
  return { params, copiedParams };
}

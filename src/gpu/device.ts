/**
 * The device: asks the adapter for the limits and features that we can use, and keeps what belongs to a device in one place (compiled
 * kernels, the count of allocated bytes, the count of dispatches). All other code receives a `Gpu` and never touches `navigator.gpu`.
 */
import { NoAdapterError, WebGpuUnavailableError } from './errors';
import { KernelCache } from './kernel';
import { MemoryLedger } from './memory';
import type { MemoryBlock, StorageFormat, TensorHost, TextureExtents } from './tensor-host';

/** Limits that we raise to whatever the adapter offers: large planes and weights want large bindings. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** Features that are used when there, with what is lost without them; some serve only software adapters. */
const OPTIONAL_FEATURES: readonly { feature: GPUFeatureName; without: string; isForSoftware: boolean }[] = [
  { feature: 'timestamp-query', without: 'no milliseconds by stage', isForSoftware: false },
  { feature: 'float32-filterable', without: 'slower rendering', isForSoftware: true },
  { feature: 'subgroups', without: 'slower volume rendering', isForSoftware: true },
];

/** Counts of work handed to the device since it was opened; the page's status line and the tests read them. */
export interface GpuStatistics {
  /** Dispatches by stage name ("mapping", "tri-planes", ...). */
  dispatches: Record<string, number>;
  /** Command buffers submitted. */
  submits: number;
}

export interface GpuRequest {
  /** Where to ask; the default is the browser's `navigator.gpu`. */
  readonly source?: GPU | undefined;
  readonly powerPreference?: GPUPowerPreference | undefined;
  /**
   * 'adapter' (the default) asks for the largest limits that the adapter offers; 'default' takes those that every WebGPU device grants
   * (128 MiB a storage binding, 256 MiB a buffer), to find out on a strong machine how a model does on a weak one.
   */
  readonly limits?: 'adapter' | 'default' | undefined;
  /**
   * How convolutions store their weights and what they hand on: 'f16' takes half of the memory and of its traffic, and costs some precision
   * (docs/performance.md). Every device can do both. Default: 'f32'.
   */
  readonly convolutionFormat?: StorageFormat | undefined;
}

/** Who does the work, in words for a person. */
export interface AdapterDescription {
  readonly name: string;
  /** True for a software adapter: a driver that computes on the processor (SwiftShader, Mesa's llvmpipe, WARP). */
  readonly isSoftware: boolean;
}

/** What all models on a device share. */
interface OpenDevice {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly kernels: KernelCache;
  readonly statistics: GpuStatistics;
  readonly lost: Promise<GPUDeviceLostInfo>;
  readonly samplers: Map<GPUFilterMode, GPUSampler>;
  degradations: readonly string[];
  isDestroyed: boolean;
}

/** An open WebGPU device and everything that lives and dies with it. */
export class Gpu implements TensorHost {
  readonly device: GPUDevice;
  readonly adapter: AdapterDescription;
  readonly kernels: KernelCache;
  readonly statistics: GpuStatistics;
  /** Resolves when the device is lost for any reason but {@link Gpu.destroy}. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Set by the autotune, before the plans are wired that follow it. */
  convChoices: ReadonlyMap<string, string> = new Map();
  readonly #open: OpenDevice;

  private constructor(
    open: OpenDevice,
    readonly memory: MemoryLedger,
    readonly convolutionFormat: StorageFormat,
  ) {
    this.#open = open;
    this.device = open.device;
    this.adapter = open.adapter;
    this.kernels = open.kernels;
    this.statistics = open.statistics;
    this.lost = open.lost;
  }

  /**
   * Opens a device with the largest limits (unless told otherwise) and all useful features that the adapter offers.
   * @throws WebGpuUnavailableError, NoAdapterError
   */
  static async request(request: GpuRequest = {}): Promise<Gpu> {
    const source = request.source ?? (typeof navigator === 'undefined' ? undefined : navigator.gpu);
    if (!source) throw new WebGpuUnavailableError();
    const adapter = await source.requestAdapter({ powerPreference: request.powerPreference ?? 'high-performance' });
    if (!adapter) throw new NoAdapterError();
    const requiredLimits: Record<string, number> = {};
    if (request.limits !== 'default') {
      for (const limit of RAISED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
    }
    const description = describeAdapter(adapter.info);
    const useful = OPTIONAL_FEATURES.filter(({ isForSoftware }) => description.isSoftware || !isForSoftware);
    const granted = useful.filter(({ feature }) => adapter.features.has(feature));
    const missing = useful.filter(({ feature }) => !adapter.features.has(feature));
    const device = await adapter.requestDevice({
      label: 'trifold',
      requiredLimits,
      requiredFeatures: granted.map(({ feature }) => feature),
    });
    const open: OpenDevice = {
      device,
      adapter: description,
      kernels: new KernelCache(device),
      statistics: { dispatches: {}, submits: 0 },
      lost: new Promise((resolve) => {
        device.lost.then((info) => {
          if (!open.isDestroyed) resolve(info);
        });
      }),
      samplers: new Map(),
      degradations: missing.map(({ feature, without }) => `${feature}: ${without}`),
      isDestroyed: false,
    };
    return new Gpu(open, new MemoryLedger(device), request.convolutionFormat ?? 'f32');
  }

  /**
   * The same device for one model of several: convolutions have a format and choices of their own, and its memory is counted apart (and with
   * that of the whole device as well). Kernels are compiled once for all.
   */
  forModel(convolutionFormat: StorageFormat): Gpu {
    return new Gpu(this.#open, new MemoryLedger(this.device, this.memory), convolutionFormat);
  }

  /** What this device does not do as it could, each with what is lost: features not granted, kernels that its driver gets wrong. */
  get degradations(): readonly string[] {
    return this.#open.degradations;
  }

  addDegradation(degradation: string): void {
    this.#open.degradations = [...this.#open.degradations, degradation];
  }

  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  get features(): GPUSupportedFeatures {
    return this.device.features;
  }

  /** Memory for a tensor, filled with zeros. @throws BufferLimitError */
  allocate(label: string, bytes: number): MemoryBlock {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    const buffer = this.memory.create(label, bytes, usage);
    return { bytes: buffer.size, buffer };
  }

  allocateTexture(label: string, extents: TextureExtents): MemoryBlock {
    return this.memory.createTexture(label, extents);
  }

  release({ bytes, buffer, texture }: MemoryBlock): void {
    if (buffer) this.memory.release(buffer);
    if (texture) this.memory.releaseTexture(texture, bytes);
  }

  /** Clamped to the edge. */
  sampler(filter: GPUFilterMode): GPUSampler {
    const { samplers } = this.#open;
    const made =
      samplers.get(filter) ?? this.device.createSampler({ label: filter, magFilter: filter, minFilter: filter });
    samplers.set(filter, made);
    return made;
  }

  write({ buffer, texture }: MemoryBlock, values: () => Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): void {
    if (buffer) this.device.queue.writeBuffer(buffer, 0, values());
    if (texture) {
      const { width, height, depthOrArrayLayers: layers } = texture;
      const data = values();
      const bytesPerRow = data.byteLength / (height * layers);
      this.device.queue.writeTexture({ texture }, data, { bytesPerRow, rowsPerImage: height }, [width, height, layers]);
    }
  }

  get hasTimestamps(): boolean {
    return this.device.features.has('timestamp-query');
  }

  /**
   * Resolves when the device has done all that was submitted, or is lost.
   * @returns why it was lost, if it was
   */
  async finished(): Promise<GPUDeviceLostInfo | undefined> {
    return (await Promise.race([this.device.queue.onSubmittedWorkDone(), this.lost])) ?? undefined;
  }

  /** Adds dispatches to the count of a stage. */
  countDispatches(stage: string, count: number): void {
    this.statistics.dispatches[stage] = (this.statistics.dispatches[stage] ?? 0) + count;
  }

  /** Frees the device and all that was made on it, of all models. */
  destroy(): void {
    this.#open.isDestroyed = true;
    this.device.destroy();
  }
}

function describeAdapter(info: GPUAdapterInfo): AdapterDescription {
  const facts = [info.vendor, info.architecture, info.device, info.description];
  const isSoftware = info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|warp|software/i.test(facts.join(' '));
  const name = info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  return { name, isSoftware };
}

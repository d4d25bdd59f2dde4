/**
 * A kernel: WGSL text and what it declares. The text is the single source of truth: the names of its bindings, the fields of its
 * `struct Params` and its `override` constants are read from it here, so that a wrapper that misspells one is told so by name.
 *
 * WGSL has no imports. A kernel is put together from its own file and the shared files of `shaders/common`, one after the other; WGSL
 * does not mind the order of declarations.
 */
import { KernelCompileError, ShapeError } from './errors';
import { openVectorTypes, type VectorFormats, vectorDefinitions } from './stored-vectors';

/** Values of a kernel's `override` constants by name. */
export type KernelConstants = Readonly<Record<string, number>>;
/** Values of the fields of a kernel's `struct Params` by name. */
export type KernelParams = Readonly<Record<string, number>>;

export interface Kernel {
  readonly name: string;
  readonly code: string;
  /** Names of the storage bindings, by binding number. */
  readonly bindings: ReadonlyMap<string, number>;
  /** Names of the storage bindings that it writes. */
  readonly writes: ReadonlySet<string>;
  /** Types that are open to f32 and f16 (stored-vectors.ts), by the name of the binding. */
  readonly vectors: ReadonlyMap<string, string>;
  /** Names of bindings of unsigned integers, in which a kernel finds halves by itself. */
  readonly packed: ReadonlySet<string>;
  /** Names of the texture bindings, by binding number. */
  readonly textures: ReadonlyMap<string, number>;
  /** Binding number of the sampler, if the kernel has one. */
  readonly samplerBinding: number | undefined;
  /** 'nearest' for a sampler of that name. */
  readonly samplerFilter: GPUFilterMode;
  /** Binding number of `params`, if the kernel has any. */
  readonly paramsBinding: number | undefined;
  /** Fields of `struct Params`, in order. All are 4-byte scalars. */
  readonly paramFields: readonly { name: string; type: 'u32' | 'i32' | 'f32' }[];
}

/**
 * Describes a compute kernel whose entry point is `main`.
 * @param name the shader's file name, for labels and errors
 * @param sources its own text and the shared texts it needs
 */
export function defineKernel(name: string, ...sources: string[]): Kernel {
  const code = sources.join('\n');
  const bindings = new Map<string, number>();
  const writes = new Set<string>();
  let paramsBinding: number | undefined;
  for (const match of code.matchAll(/@group\(0\)\s*@binding\((\d+)\)\s*var<([^>]*)>\s*(\w+)\s*:/g)) {
    const [, number, space, variable] = match;
    if (space!.startsWith('uniform')) paramsBinding = Number(number);
    else bindings.set(variable!, Number(number));
    if (space!.includes('write')) writes.add(variable!);
  }
  const textures = new Map<string, number>();
  let samplerBinding: number | undefined;
  let samplerFilter: GPUFilterMode = 'linear';
  for (const match of code.matchAll(/@group\(0\)\s*@binding\((\d+)\)\s*var\s+(\w+)\s*:\s*(texture|sampler)/g)) {
    const [, number, variable, kind] = match;
    if (kind === 'sampler') {
      samplerBinding = Number(number);
      if (variable === 'nearest') samplerFilter = 'nearest';
    } else textures.set(variable!, Number(number));
  }
  const struct = /struct\s+Params\s*\{([^}]*)\}/.exec(code)?.[1] ?? '';
  const paramFields = [...struct.matchAll(/(\w+)\s*:\s*(u32|i32|f32)\b/g)].map(([, field, type]) => ({
    name: field!,
    type: type as 'u32' | 'i32' | 'f32',
  }));
  const vectors = openVectorTypes(code);
  const packed = new Set(
    [...code.matchAll(/var<storage[^>]*>\s*(\w+)\s*:\s*array<(?:vec[24]<u32>|vec[24]u|u32)\b/g)].map(
      ([, name]) => name!,
    ),
  );
  return {
    name,
    code,
    bindings,
    writes,
    vectors,
    packed,
    textures,
    samplerBinding,
    samplerFilter,
    paramsBinding,
    paramFields,
  };
}

/** The bytes of a kernel's params struct. @throws ShapeError for a missing or unknown field */
export function encodeParams(kernel: Kernel, params: KernelParams): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(kernel.paramFields.length / 4) * 16)));
  kernel.paramFields.forEach(({ name, type }, index) => {
    const value = params[name];
    if (value === undefined) throw new ShapeError(`kernel "${kernel.name}": the parameter "${name}" is missing`);
    if (type === 'f32') bytes.setFloat32(index * 4, value, true);
    else if (type === 'u32') bytes.setUint32(index * 4, value, true);
    else bytes.setInt32(index * 4, value, true);
  });
  for (const name of Object.keys(params)) {
    if (!kernel.paramFields.some((field) => field.name === name)) {
      throw new ShapeError(`kernel "${kernel.name}" has no parameter "${name}"`);
    }
  }
  return bytes.buffer;
}

/** Compiles kernels asynchronously, each combination of text, formats and constants once a device. */
export class KernelCache {
  #modules = new Map<string, GPUShaderModule>();
  #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  #compiledCount = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Number of specialised pipelines asked for so far. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  /** How many of them are compiled. */
  get compiledCount(): number {
    return this.#compiledCount;
  }

  /** @throws KernelCompileError (as a rejection) with the compiler's first message */
  pipeline(kernel: Kernel, constants: KernelConstants = {}, formats: VectorFormats = {}): Promise<GPUComputePipeline> {
    const moduleKey = `${kernel.name} ${JSON.stringify(Object.entries(formats).sort())}`;
    const key = `${moduleKey} ${JSON.stringify(Object.entries(constants).sort())}`;
    const known = this.#pipelines.get(key);
    if (known) return known;
    const compiled = this.#compile(kernel, this.#module(moduleKey, kernel, formats), constants);
    this.#pipelines.set(key, compiled);
    return compiled;
  }

  #module(key: string, { name, code }: Kernel, formats: VectorFormats): GPUShaderModule {
    let module = this.#modules.get(key);
    if (!module) {
      module = this.device.createShaderModule({ label: name, code: code + vectorDefinitions(formats) });
      this.#modules.set(key, module);
    }
    return module;
  }

  async #compile(kernel: Kernel, module: GPUShaderModule, constants: KernelConstants): Promise<GPUComputePipeline> {
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: kernel.name,
        layout: 'auto',
        compute: { module, entryPoint: 'main', constants: { ...constants } },
      });
      this.#compiledCount++;
      return pipeline;
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const first = messages.find(({ type }) => type === 'error');
      const details = first ? `line ${first.lineNum}: ${first.message}` : String(cause);
      throw new KernelCompileError(kernel.name, details, { cause });
    }
  }
}

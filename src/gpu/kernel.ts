/**
 * A kernel: WGSL text and what it declares. The text is the single source of truth: the names of its bindings, the fields of its
 * `struct Params` and its `override` constants are read from it here, so that a wrapper that misspells one is told so by name.
 *
 * WGSL has no imports. A kernel is put together from its own file and the shared files of `shaders/common`, one after the other; WGSL
 * does not mind the order of declarations.
 */
import { KernelCompileError, ShapeError } from './errors';

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
  const struct = /struct\s+Params\s*\{([^}]*)\}/.exec(code)?.[1] ?? '';
  const paramFields = [...struct.matchAll(/(\w+)\s*:\s*(u32|i32|f32)\b/g)].map(([, field, type]) => ({
    name: field!,
    type: type as 'u32' | 'i32' | 'f32',
  }));
  return { name, code, bindings, writes, paramsBinding, paramFields };
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

/** Compiles kernels asynchronously, each combination of text and constants once a device. */
export class KernelCache {
  #modules = new Map<string, GPUShaderModule>();
  #pipelines = new Map<string, Promise<GPUComputePipeline>>();

  constructor(private readonly device: GPUDevice) {}

  /** Number of specialised pipelines compiled so far. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  /** @throws KernelCompileError (as a rejection) with the compiler's first message */
  pipeline(kernel: Kernel, constants: KernelConstants = {}): Promise<GPUComputePipeline> {
    const key = `${kernel.name} ${JSON.stringify(Object.entries(constants).sort())}`;
    const known = this.#pipelines.get(key);
    if (known) return known;
    const compiled = this.#compile(kernel, constants);
    this.#pipelines.set(key, compiled);
    return compiled;
  }

  async #compile(kernel: Kernel, constants: KernelConstants): Promise<GPUComputePipeline> {
    let module = this.#modules.get(kernel.name);
    if (!module) {
      module = this.device.createShaderModule({ label: kernel.name, code: kernel.code });
      this.#modules.set(kernel.name, module);
    }
    try {
      return await this.device.createComputePipelineAsync({
        label: kernel.name,
        layout: 'auto',
        compute: { module, entryPoint: 'main', constants: { ...constants } },
      });
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const first = messages.find(({ type }) => type === 'error');
      const details = first ? `line ${first.lineNum}: ${first.message}` : String(cause);
      throw new KernelCompileError(kernel.name, details, { cause });
    }
  }
}

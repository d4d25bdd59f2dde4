/**
 * A kernel: a shader and what it declares. The shader is the single source of truth: the names of its bindings and what it does with them, the
 * fields of its `params` and its constants are read from it (wgsl.ts), so that a wrapper that misspells one is told so by name.
 */
import { KernelCompileError, WiringError } from './errors';
import type { StorageFormat } from './tensor-host';
import {
  type BindingAccess,
  preprocess,
  type ShaderConstants,
  type ShaderFile,
  type ShaderText,
  storageDefinitions,
} from './wgsl';

/** Values of the constants that a shader declares, by name. */
export type KernelConstants = ShaderConstants;
/** Values of the fields of a kernel's `params` by name. */
export type KernelParams = Readonly<Record<string, number>>;
/** How the numbers of a text's storage types are stored, by the type's name. */
export type StorageFormats = Readonly<Record<string, StorageFormat>>;

/** A shader with a compute entry point `main`, in all its variants. */
export interface Kernel {
  /** The shader's file name without its ending, for labels and errors. */
  readonly name: string;
  readonly file: ShaderFile;
  /** The shader for these constants; the same one for the same constants. @throws ShaderTextError */
  variant(constants?: KernelConstants): KernelVariant;
}

/** A kernel with its constants. */
export interface KernelVariant {
  readonly name: string;
  readonly text: ShaderText;
  /** What it does with each storage binding, by name. */
  readonly access: ReadonlyMap<string, BindingAccess>;
  /** The storage type behind each binding that has one: its tensor may hold f32 or f16. */
  readonly storageTypes: ReadonlyMap<string, string>;
  /** Names of bindings of unsigned integers, in which a kernel finds halves by itself. */
  readonly packed: ReadonlySet<string>;
  readonly samplerFilter: GPUFilterMode;
}

const PACKED = /^(vec[24]<u32>|vec[24]u|u32)$/;

export function defineKernel(file: ShaderFile): Kernel {
  const name = file.path.replace(/^.*\//, '').replace(/\.wgsl$/, '');
  const variants = new Map<string, KernelVariant>();
  return {
    name,
    file,
    variant(constants = {}) {
      const key = JSON.stringify(Object.entries(constants).sort());
      const variant = variants.get(key) ?? describe(name, preprocess(file, constants));
      variants.set(key, variant);
      return variant;
    },
  };
}

function describe(name: string, text: ShaderText): KernelVariant {
  const bindings = [...text.bindings];
  return {
    name,
    text,
    access: new Map(bindings.map(([binding, { access }]) => [binding, access])),
    storageTypes: new Map(
      bindings
        .filter(([, { element }]) => text.storageTypes.has(element))
        .map(([binding, { element }]) => [binding, element]),
    ),
    packed: new Set(bindings.filter(([, { element }]) => PACKED.test(element)).map(([binding]) => binding)),
    samplerFilter: text.sampler?.name === 'nearest' ? 'nearest' : 'linear',
  };
}

/** The bytes of a kernel's params. @throws WiringError for a missing or unknown field */
export function encodeParams({ name: kernel, text }: KernelVariant, params: KernelParams): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(text.params.length / 4) * 16)));
  text.params.forEach(({ name, type }, index) => {
    const value = params[name];
    if (value === undefined) throw new WiringError(`kernel "${kernel}": the parameter "${name}" is missing`);
    if (type === 'f32') bytes.setFloat32(index * 4, value, true);
    else if (type === 'u32') bytes.setUint32(index * 4, value, true);
    else bytes.setInt32(index * 4, value, true);
  });
  for (const name of Object.keys(params)) {
    if (!text.params.some((field) => field.name === name)) {
      throw new WiringError(`kernel "${kernel}" has no parameter "${name}"`);
    }
  }
  return bytes.buffer;
}

/** The text that a device compiles. */
export function finalText({ text }: KernelVariant, formats: StorageFormats = {}): string {
  return text.code + storageDefinitions(formats);
}

/** Compiles kernels asynchronously, each text once a device. */
export class KernelCache {
  #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  #compiledCount = 0;

  constructor(private readonly device: GPUDevice) {}

  /** Number of pipelines asked for so far. */
  get pipelineCount(): number {
    return this.#pipelines.size;
  }

  /** How many of them are compiled. */
  get compiledCount(): number {
    return this.#compiledCount;
  }

  /** @throws KernelCompileError (as a rejection) with the compiler's first message, and the file and line that it is about */
  pipeline(kernel: KernelVariant, formats?: StorageFormats): Promise<GPUComputePipeline> {
    const code = finalText(kernel, formats);
    const known = this.#pipelines.get(code);
    if (known) return known;
    const compiled = this.#compile(kernel, code);
    this.#pipelines.set(code, compiled);
    return compiled;
  }

  async #compile(kernel: KernelVariant, code: string): Promise<GPUComputePipeline> {
    const module = this.device.createShaderModule({ label: kernel.name, code });
    try {
      const pipeline = await this.device.createComputePipelineAsync({
        label: kernel.name,
        layout: 'auto',
        compute: { module, entryPoint: 'main' },
      });
      this.#compiledCount++;
      return pipeline;
    } catch (cause) {
      throw new KernelCompileError(kernel.name, await firstMistake(module, kernel, cause), { cause });
    }
  }
}

/** The compiler's first message with the file and line that it is about, or in its absence the cause. */
export async function firstMistake(
  module: GPUShaderModule,
  { text }: Pick<KernelVariant, 'text'>,
  cause: unknown,
): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find(({ type }) => type === 'error');
  if (!first) return String(cause);
  return `${text.origins[first.lineNum - 1] ?? `line ${first.lineNum}`}: ${first.message}`;
}

/**
 * What the page tells about the model on screen: where it came from, how large its parts are, what it will take of the device.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { KNOWN_CONFIGURATIONS, type KnownConfiguration } from '../../checkpoints/official/known-configurations';
import type { StorageFormat } from '../../gpu/tensor-host';
import type { GeneratorConfig } from '../../models/config';
import { tensorPrefix } from '../../models/generator-config';
import type { MemoryEstimate } from '../../render/wiring';
import type { StudentEntry } from './model-index';

export type { KnownConfiguration };
/** Official models that a state dict saved alone may be like. */
export const KNOWN_CONFIGURATION_NAMES = Object.keys(KNOWN_CONFIGURATIONS) as KnownConfiguration[];

export type ModelOrigin = 'bundled' | 'file' | 'url';

/** What the model will take, and what the device allows. */
export interface MemoryCheck extends MemoryEstimate {
  /** Bytes of the largest buffer that the device can use at once; how much it has in all, no WebGPU device tells. */
  readonly limit: number;
  /** How convolutions store their numbers: as 32-bit floats if the device can have buffers of that size, else as 16-bit ones. */
  readonly convolutionFormat: StorageFormat;
}

export interface ModelFacts {
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly config: GeneratorConfig;
  readonly fileBytes: number;
  readonly weights: WeightFacts;
  /** What it takes of the device with the settings that it was opened with. */
  readonly memory: MemoryCheck;
  /** Of an opened file, as soon as it is known: its first digits name the model in the address. */
  readonly fingerprint: string | undefined;
  /** SHA-256 of the file, where it is known: of a bundled model, and of an opened one once a student asks for it. */
  readonly sha256: string | undefined;
  /** The student that this page ships for it. */
  readonly student: StudentEntry | undefined;
  /** What dimensions of z mean, if the file says. */
  readonly attributes: readonly LatentAttribute[];
}

/** A dimension of z with a meaning. */
export interface LatentAttribute {
  readonly index: number;
  readonly name: string;
  /** What values of about -2 and 2 give. */
  readonly low: string;
  readonly high: string;
  /** Of a dimension that is one of several choices: the largest of their numbers wins. */
  readonly choice: AttributeChoice | undefined;
}

export interface AttributeChoice {
  /** What is chosen, for example "hair style": all choices of a group have it in common. */
  readonly group: string;
  /** This one among them. */
  readonly label: string;
}

/** Texts longer than this are cut off. */
const LONGEST_TEXT = 80;

/** The attributes that a file names in its metadata; what makes no sense is left out. @param zDim dimensions of z */
export function readAttributes({ metadata }: Pick<Checkpoint, 'metadata'>, zDim: number): LatentAttribute[] {
  let list: unknown;
  try {
    list = JSON.parse(metadata.attributes ?? '[]');
  } catch {
    return [];
  }
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : '');
  const taken = new Set<number>();
  return (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
    const fields = new Map<string, unknown>(Object.entries(Object(entry)));
    const index = fields.get('index');
    const name = text(fields.get('name'));
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= zDim || !name) return [];
    if (taken.has(index)) return [];
    taken.add(index);
    const group = text(fields.get('choice'));
    const choice = group ? { group, label: text(fields.get('label')) || name } : undefined;
    return [{ index, name, low: text(fields.get('minus2')), high: text(fields.get('plus2')), choice }];
  });
}

export interface WeightFacts {
  /** Numbers that training has found; constants such as noise and filters do not count. */
  readonly parameters: number;
  /** Element types in the file, most frequent first. */
  readonly dtypes: readonly string[];
}

const NETWORKS = ['backbone.', 'superresolution.', 'decoder.'];
const CONSTANT = /(noise_const|w_avg|resample_filter)$/;

/** @throws ModelConfigError if there is no generator in the file */
export function weightFactsOf(checkpoint: Checkpoint): WeightFacts {
  const prefix = tensorPrefix(checkpoint);
  return parameterCount(
    checkpoint,
    NETWORKS.map((network) => prefix + network),
  );
}

/** @param networks beginnings of the names of tensors that count */
export function parameterCount(checkpoint: Checkpoint, networks: readonly string[]): WeightFacts {
  let parameters = 0;
  const counts = new Map<string, number>();
  for (const name of checkpoint.names()) {
    if (CONSTANT.test(name) || !networks.some((network) => name.startsWith(network))) continue;
    const { dtype, shape } = checkpoint.info(name);
    const elements = shape.reduce((product, extent) => product * extent, 1);
    parameters += elements;
    counts.set(dtype, (counts.get(dtype) ?? 0) + elements);
  }
  const dtypes = [...counts].sort((a, b) => b[1] - a[1]).map(([dtype]) => dtype);
  return { parameters, dtypes };
}

/** `trifold info MODEL [--json]`: the facts of a model file, without opening a device. */
import {
  type CheckpointFile,
  type GeneratorConfig,
  isStudentFile,
  readGeneratorConfig,
  readStudentConfig,
  type StudentConfig,
  tensorPrefix,
} from '../src/index';
import { givenFacts, MODEL_OPTIONS, openModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { parseWords } from './options';
import { describeStudent, STUDENT_NETWORKS } from './student-info';

type ModelFacts = {
  readonly file: string;
  readonly format: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly dtypes: readonly string[];
  /** Which object of a pickle or torch file it is. */
  readonly source: unknown;
  readonly training: unknown;
  readonly attributes: readonly string[];
} & (
  | { readonly kind: 'generator'; readonly config: GeneratorConfig }
  | { readonly kind: 'student'; readonly config: StudentConfig }
);

export async function info(words: string[]): Promise<void> {
  const { values, positionals } = parseWords(words, { ...MODEL_OPTIONS, json: { type: 'boolean' } });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('info takes one checkpoint file');
  const facts = factsOf(path, await openModelFile(path, await givenFacts(values)));
  process.stdout.write(values.json ? `${JSON.stringify(facts, null, 2)}\n` : describe(facts));
}

function factsOf(file: string, checkpoint: CheckpointFile): ModelFacts {
  const model = isStudentFile(checkpoint)
    ? { kind: 'student' as const, config: readStudentConfig(checkpoint) }
    : { kind: 'generator' as const, config: readGeneratorConfig(checkpoint) };
  const networks = model.kind === 'student' ? STUDENT_NETWORKS : generatorNetworks(checkpoint);
  const names = checkpoint.names().filter((name) => networks.some((network) => name.startsWith(network)));
  const trainable = names.filter((name) => !/(noise_const|w_avg|resample_filter)$/.test(name));
  return {
    file,
    format: checkpoint.format,
    tensors: names.length,
    parameters: trainable.reduce((sum, name) => sum + checkpoint.info(name).shape.reduce((a, b) => a * b, 1), 0),
    dtypes: [...new Set(names.map((name) => checkpoint.info(name).dtype))],
    ...model,
    source: parseJson(checkpoint.metadata.source),
    training: parseJson(checkpoint.metadata.training),
    attributes: attributeNames(parseJson(checkpoint.metadata.attributes)),
  };
}

function generatorNetworks(checkpoint: CheckpointFile): string[] {
  const prefix = tensorPrefix(checkpoint);
  return ['backbone', 'superresolution', 'decoder'].map((network) => `${prefix}${network}.`);
}

function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // A note that is no JSON is still a note.
  }
}

function attributeNames(attributes: unknown): string[] {
  if (!Array.isArray(attributes)) return [];
  return attributes.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string'
      ? [entry.name]
      : [],
  );
}

function describe(facts: ModelFacts): string {
  const { file, format, tensors, parameters, dtypes, attributes } = facts;
  const rows: [string, string][] = [
    ['file', `${file} (${facts.kind === 'student' ? 'a convolutional student, ' : ''}${format})`],
    ['tensors', `${tensors} (${dtypes.join(', ')}), ${(parameters / 1e6).toFixed(2)} M parameters`],
    ...(facts.kind === 'student' ? describeStudent(facts.config) : describeGenerator(facts.config)),
  ];
  if (attributes.length > 0)
    rows.push(['attributes', `${attributes.length}: ${attributes.slice(0, 8).join(', ')}, ...`]);
  return rows.map(([name, value]) => `${name.padEnd(18)}${value}\n`).join('');
}

function describeGenerator(config: GeneratorConfig): [string, string][] {
  const { mapping, backbone, rendering, superResolution } = config;
  const limits = rendering.rayLimits;
  return [
    [
      'mapping',
      `z ${mapping.zDim}, label ${mapping.cDim}, w ${mapping.wDim} x ${mapping.numWs}, ${mapping.layers} layers`,
    ],
    [
      'tri-planes',
      `${backbone.resolution} x ${backbone.resolution} x ${backbone.imageChannels}, box ${rendering.boxWarp}`,
    ],
    [
      'rendering',
      `${rendering.neuralResolution} x ${rendering.neuralResolution} rays, ${rendering.depthSamples} + ${rendering.importanceSamples} samples`,
    ],
    ['ray limits', limits === 'auto' ? 'auto' : `${limits.start} to ${limits.end}`],
    ['background', rendering.whiteBackground ? 'white' : 'none'],
    [
      'super-resolution',
      `${superResolution.inputResolution} to ${config.imageResolution}, channels ${superResolution.blocks.map((block) => block.channels).join(', ')}`,
    ],
    ['camera', `radius ${config.camera.radius}, pivot ${config.camera.pivot.join(' ')}, focal ${config.camera.focal}`],
  ];
}

/**
 * `trifold grad`: the gradients of an operation, for a case of a file in the format of the reference vectors (tests/fixtures/README.md), and how far
 * they are from those that the file has. Which case is computed how is in gradient-cases/table.ts.
 */
import { dirname, join } from 'node:path';
import { type Checkpoint, readSafetensors, writeSafetensors } from '../src/index';
import { openFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import {
  type CaseGradient,
  describeComparison,
  GRADIENT_TOLERANCE,
  isWithinTolerance,
} from './gradient-cases/compare-gradients';
import { runCase, writableGradients } from './gradient-cases/run-case';
import type { NetworkFiles } from './gradient-cases/wired-case';
import { parseWords } from './options';
import { expectWritable, writeWhole } from './output-file';

const OPTIONS = {
  reference: { type: 'string' },
  case: { type: 'string' },
  generator: { type: 'string' },
  discriminator: { type: 'string' },
  'discriminator-case': { type: 'string', default: 'd128' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @returns whether all gradients that the file has are met */
export async function grad(words: string[]): Promise<boolean> {
  const { path, name, values } = readWords(words);
  const file = await readSafetensors(await openFile(path));
  const networks = isPhase(file, name) ? await readNetworks(path, values) : undefined;
  if (values.out !== undefined) await expectWritable(values.out);
  const gpu = await openGpu();
  try {
    const gradients = await runCase(gpu, file, name, networks && (() => networks));
    if (values.out !== undefined) await writeWhole(values.out, writeSafetensors(writableGradients(name, gradients)));
    process.stdout.write(
      values.json ? `${JSON.stringify(asJson(name, gradients), null, 2)}\n` : asText(name, gradients),
    );
    return gradients.every(isWithinTolerance);
  } finally {
    gpu.destroy();
  }
}

/** Cases that train whole networks say which phase they are. */
function isPhase(file: Checkpoint, name: string): boolean {
  return /"phase"/.test(file.metadata[name] ?? '');
}

/** The files that the call names, or those of the reference in the same folder. */
async function readNetworks(
  path: string,
  values: { generator?: string; discriminator?: string; 'discriminator-case': string },
): Promise<NetworkFiles> {
  const beside = (name: string) => join(dirname(path), name);
  const read = async (file: string) => readSafetensors(await openFile(file));
  return {
    generator: await read(values.generator ?? beside('generator_tiny.safetensors')),
    discriminator: await read(values.discriminator ?? beside('discriminator.safetensors')),
    discriminatorCase: values['discriminator-case'],
  };
}

function asText(name: string, gradients: readonly CaseGradient[]): string {
  const lines = gradients.map((gradient) => {
    const { comparison, shape } = gradient;
    const figures = comparison ? describeComparison(comparison) : 'computed; the file has none to compare with';
    return `${name}.${gradient.name} [${shape}]: ${figures}${isWithinTolerance(gradient) ? '' : ': TOO FAR'}`;
  });
  const { relative, absolute } = GRADIENT_TOLERANCE;
  return `${lines.join('\n')}\nallowed: ${relative} relative or ${absolute} absolute\n`;
}

function asJson(name: string, gradients: readonly CaseGradient[]) {
  return {
    case: name,
    allowed: GRADIENT_TOLERANCE,
    gradients: gradients.map((gradient) => ({
      name: gradient.name,
      shape: gradient.shape,
      ...gradient.comparison,
      ...(gradient.comparison && { is_within: isWithinTolerance(gradient) }),
    })),
  };
}

function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const { reference: path, case: name } = values;
  if (positionals.length > 0 || path === undefined || name === undefined) {
    throw new UsageError('grad takes --reference FILE and --case NAME');
  }
  return { path, name, values };
}

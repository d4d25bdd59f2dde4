/**
 * `trifold grad`: the gradients of an operation, for a case of a file in the format of the reference vectors (tests/fixtures/README.md), and how far
 * they are from those that the file has. Which case is computed how is in gradient-cases/table.ts.
 */
import { readSafetensors, writeSafetensors } from '../src/index';
import { openFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { type CaseGradient, GRADIENT_TOLERANCE, runCase, writableGradients } from './gradient-cases/run-case';
import { parseWords } from './options';
import { expectWritable, writeWhole } from './output-file';

const OPTIONS = {
  reference: { type: 'string' },
  case: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @returns whether all gradients that the file has are met */
export async function grad(words: string[]): Promise<boolean> {
  const { path, name, values } = readWords(words);
  const file = await readSafetensors(await openFile(path));
  if (values.out !== undefined) await expectWritable(values.out);
  const gpu = await openGpu();
  try {
    const gradients = await runCase(gpu, file, name);
    if (values.out !== undefined) await writeWhole(values.out, writeSafetensors(writableGradients(name, gradients)));
    process.stdout.write(
      values.json ? `${JSON.stringify(asJson(name, gradients), null, 2)}\n` : asText(name, gradients),
    );
    return gradients.every(isWithin);
  } finally {
    gpu.destroy();
  }
}

/** A gradient that the file does not have is not compared. */
function isWithin({ comparison }: CaseGradient): boolean {
  return comparison === undefined || comparison.shareOfAllowed <= 1;
}

function asText(name: string, gradients: readonly CaseGradient[]): string {
  const lines = gradients.map((gradient) => {
    const { comparison, shape } = gradient;
    const label = `${name}.grad.${gradient.name} [${shape}]`;
    if (!comparison) return `${label}: computed; the file has none to compare with`;
    const { largestError, largestMagnitude, shareOfAllowed } = comparison;
    const error = `largest error ${largestError.toExponential(2)} of values up to ${largestMagnitude.toExponential(2)}`;
    return `${label}: ${error}, ${(100 * shareOfAllowed).toFixed(1)} % of what is allowed${isWithin(gradient) ? '' : ': TOO FAR'}`;
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
      ...(gradient.comparison && { is_within: isWithin(gradient) }),
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

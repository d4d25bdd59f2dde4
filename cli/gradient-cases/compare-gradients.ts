/** How far gradients are from those that a reference file has: all numbers, or every so many-th of them. */
import { type Checkpoint, floatsOfShape } from '../../src/checkpoints/checkpoint';

/** How far a gradient may be from the reference's: parts of the number itself, or absolute for numbers near 0. */
export const GRADIENT_TOLERANCE = { relative: 1e-3, absolute: 1e-5 } as const;

/** A gradient as a file names it, in whole or in part. */
export interface CaseGradient {
  /** Behind the case's name: "grad.x", "gradsub.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Undefined if the file has none of that name. */
  readonly comparison: GradientComparison | undefined;
}

export interface GradientComparison {
  /** Absolute. */
  readonly largestError: number;
  readonly largestMagnitude: number;
  /** The worst error in parts of what is allowed: above 1 it is too large. NaN if some number is none. */
  readonly shareOfAllowed: number;
}

/** Whether a gradient is near enough; one that the file does not have is not compared. */
export function isWithinTolerance({ comparison }: CaseGradient): boolean {
  return comparison === undefined || comparison.shareOfAllowed <= 1;
}

/**
 * A gradient in whole, and the parts of it that the file has: `gradsub.X` is every so many-th number, `grad.X_strided` of a picture [N, C, H, W] is
 * [:, :, ::2, 1::2].
 */
export function gradientAndParts(
  file: Checkpoint,
  caseName: string,
  gradient: Pick<CaseGradient, 'shape' | 'values'> & { readonly name: string },
): CaseGradient[] {
  const { name, shape, values } = gradient;
  const parts = [{ name: `grad.${name}`, shape, values }];
  const [sub, strided] = [`gradsub.${name}`, `grad.${name}_strided`];
  if (file.has(`${caseName}.${sub}`)) {
    const { shape: subShape } = file.info(`${caseName}.${sub}`);
    const stride = strideOf(file, values.length, subShape[0]!);
    parts.push({ name: sub, shape: subShape, values: values.filter((_, at) => at % stride === 0) });
  }
  if (file.has(`${caseName}.${strided}`)) {
    const [batch, channels, height, width] = shape;
    const half = values.filter((_, at) => (Math.floor(at / width!) % height!) % 2 === 0 && (at % width!) % 2 === 1);
    parts.push({
      name: strided,
      shape: [batch!, channels!, Math.ceil(height! / 2), Math.floor(width! / 2)],
      values: half,
    });
  }
  return parts.map((part) => ({ ...part, comparison: compareWithFile(file, `${caseName}.${part.name}`, part) }));
}

/** As the metadata has it, or else as few as leave so many. */
function strideOf({ metadata }: Checkpoint, count: number, kept: number): number {
  const { stride }: { stride?: unknown } = Object(JSON.parse(metadata.config ?? '{}'));
  return typeof stride === 'number' && Math.ceil(count / stride) === kept ? stride : Math.ceil(count / kept);
}

function compareWithFile(
  file: Checkpoint,
  name: string,
  { shape, values }: Pick<CaseGradient, 'shape' | 'values'>,
): GradientComparison | undefined {
  return file.has(name) ? compareGradients(values, floatsOfShape(file, name, shape)) : undefined;
}

/** By {@link GRADIENT_TOLERANCE}. */
export function compareGradients(actual: Float32Array, expected: Float32Array): GradientComparison {
  const { relative, absolute } = GRADIENT_TOLERANCE;
  let largestError = 0;
  let largestMagnitude = 0;
  let shareOfAllowed = 0;
  for (let at = 0; at < expected.length; at++) {
    const magnitude = Math.abs(expected[at]!);
    const error = Math.abs(actual[at]! - expected[at]!);
    largestMagnitude = Math.max(largestMagnitude, magnitude);
    largestError = Math.max(largestError, error);
    shareOfAllowed = Math.max(shareOfAllowed, error / Math.max(absolute, relative * magnitude)); // NaN stays
  }
  return { largestError, largestMagnitude, shareOfAllowed };
}

/** For people: "largest error ... of values up to ..., ... % of what is allowed". */
export function describeComparison({ largestError, largestMagnitude, shareOfAllowed }: GradientComparison): string {
  const figures = `largest error ${largestError.toExponential(2)} of values up to ${largestMagnitude.toExponential(2)}`;
  return `${figures}, ${(100 * shareOfAllowed).toFixed(1)} % of what is allowed`;
}

/** Computes the gradients of a reference case, and compares them with those that the file has. */
import { type Checkpoint, floatsOfShape } from '../../src/checkpoints/checkpoint';
import type { WritableTensor } from '../../src/checkpoints/safetensors';
import { TrifoldError } from '../../src/errors';
import type { Gpu } from '../../src/gpu/device';
import { PlanBuilder } from '../../src/gpu/plan';
import { Recorder } from '../../src/gpu/recorder';
import type { Seed } from '../../src/gpu/tape';
import { elementCount, readTensor } from '../../src/gpu/tensor';
import { startTape } from '../../src/pipelines/gradients';
import { CaseWires } from './case-wires';
import { CASE_KINDS, type CaseKind, kindOfCase } from './table';

/** How far a gradient may be from the reference's: parts of the number itself, or absolute for numbers near 0. */
export const GRADIENT_TOLERANCE = { relative: 1e-3, absolute: 1e-5 } as const;

/** No operation is known for a case. */
export class UnknownCaseError extends TrifoldError {
  override readonly code = 'unknown-case';

  constructor(readonly caseName: string) {
    const known = CASE_KINDS.map(({ prefix }) => prefix).join(', ');
    super(`There is no operation for the case "${caseName}".`, `Names of cases begin with one of: ${known}.`);
  }
}

/** A file has gradients, or cotangents, that the case's operation does not have. */
export class CaseGradientError extends TrifoldError {
  override readonly code = 'case-gradient';

  constructor(
    readonly caseName: string,
    readonly tensor: string,
    problem: string,
  ) {
    super(
      `The case "${caseName}" ${problem} "${tensor}".`,
      'Compare it with the cases of the reference (ops, render, ...).',
    );
  }
}

/** A gradient, beside that of the file. */
export interface CaseGradient {
  /** Behind "CASE.grad.". */
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

/**
 * @param file in the reference's format: `CASE.in.*`, `CASE.param.*`, `CASE.cot.*` and, where they are to be compared, `CASE.grad.*`
 * @returns a gradient for each input and parameter that has one
 * @throws UnknownCaseError, CaseOptionError, CaseGradientError, MissingTensorError
 */
export async function runCase(gpu: Gpu, file: Checkpoint, name: string): Promise<CaseGradient[]> {
  const kind = kindOfCase(name);
  if (!kind) throw new UnknownCaseError(name);
  const builder = new PlanBuilder(gpu, `gradients of ${name}`);
  const wires = new CaseWires(builder, startTape(builder), file, name, kind.source?.(name));
  try {
    const kept = wireGradients(wires, kind);
    const plan = await builder.build();
    const recorder = new Recorder(gpu);
    recorder.run(plan);
    recorder.submit();
    const gradients: CaseGradient[] = [];
    for (const { tensor, ...gradient } of kept) {
      const values = await readTensor(gpu, tensor);
      const comparison = compareWithFile(file, `${name}.grad.${gradient.name}`, gradient.shape, values);
      gradients.push({ ...gradient, values, comparison });
    }
    plan.destroy();
    return gradients;
  } finally {
    wires.store.destroy();
  }
}

/** Appends the case and its gradients. */
function wireGradients(wires: CaseWires, kind: CaseKind) {
  const { plan, tape, file, name } = wires;
  try {
    kind.wire(wires);
    const wanted = [...wires.wanted];
    const masters = wanted.map(([, { tensor }]) => tensor);
    const found = tape.gradients(seedsOf(wires), masters);
    const kept = wanted.flatMap(([gradient, { shape }], index) => {
      const tensor = found[index];
      return tensor ? [{ name: gradient, shape, tensor: plan.keep(tensor) }] : [];
    });
    expectAllFound(file, name, new Set(kept.map((gradient) => gradient.name)));
    return kept;
  } catch (error) {
    plan.discard();
    throw error;
  }
}

/** What goes into the file of results. */
export function writableGradients(name: string, gradients: readonly CaseGradient[]): WritableTensor[] {
  return gradients.map((gradient) => ({
    name: `${name}.grad.${gradient.name}`,
    shape: gradient.shape,
    data: gradient.values,
  }));
}

/** One for each output that the file has a cotangent for, of which there must be one at least. */
function seedsOf({ plan, file, name, outputs }: CaseWires): Seed[] {
  const cotangent = (output: string) => `${name}.cot.${output}`;
  for (const tensor of file.names()) {
    if (!tensor.startsWith(cotangent(''))) continue;
    const output = tensor.slice(cotangent('').length);
    if (!outputs.some((one) => one.name === output)) throw new CaseGradientError(name, output, 'has no output');
  }
  const given = outputs.filter(({ name: output }) => file.has(cotangent(output)));
  const seeded = given.length > 0 ? given : outputs; // of which the first will be missed by its name
  return seeded.map(({ name: output, tensor: of }) => {
    const values = file.floats(cotangent(output));
    if (values.length !== elementCount(of.shape)) {
      throw new CaseGradientError(
        name,
        output,
        `has a cotangent of ${values.length} numbers for ${elementCount(of.shape)} of`,
      );
    }
    return { of, gradient: plan.constant(cotangent(output), of.shape, values) };
  });
}

function expectAllFound(file: Checkpoint, name: string, found: ReadonlySet<string>): void {
  const prefix = `${name}.grad.`;
  for (const tensor of file.names()) {
    if (!tensor.startsWith(prefix) || found.has(tensor.slice(prefix.length))) continue;
    throw new CaseGradientError(name, tensor.slice(prefix.length), 'gives no gradient of');
  }
}

function compareWithFile(
  file: Checkpoint,
  name: string,
  shape: readonly number[],
  values: Float32Array,
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

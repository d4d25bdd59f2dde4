/** A case, wired: what the runner asks of the tape, and what has to be handed over before the plan runs. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint';
import { TrifoldError } from '../../src/errors';
import type { PlanBuilder } from '../../src/gpu/plan';
import type { Seed, Tape } from '../../src/gpu/tape';
import { elementCount } from '../../src/gpu/tensor';
import { startTape } from '../../src/pipelines/gradients';
import { CaseWires, type WantedGradient } from './case-wires';

/** Files beside that of the case, for those that train whole networks. */
export interface NetworkFiles {
  /** In the layout of the reference's `generator_tiny`. */
  readonly generator: Checkpoint;
  /** In that of its `discriminator`, and which case of it. */
  readonly discriminator: Checkpoint;
  readonly discriminatorCase: string;
}

/** What a case is wired from. */
export interface CaseContext {
  readonly plan: PlanBuilder;
  readonly file: Checkpoint;
  readonly name: string;
  /** @throws NetworkFilesError, or what reading them throws */
  readonly networks: () => NetworkFiles;
}

export interface WiredCase {
  readonly tape: Tape;
  readonly seeds: readonly Seed[];
  readonly wanted: readonly WantedGradient[];
  /** Writes inputs, when the plan has been built. */
  readonly write?: () => void;
  /** Frees parameters. */
  readonly destroy: () => void;
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

/**
 * A case that is an operation: gradients of the sum of its outputs times their cotangents.
 * @param wire appends the operation and names its outputs
 * @param source under which name the file has its inputs. Default: the case's own
 */
export function operation(wire: (wires: CaseWires) => void, source = (name: string) => name) {
  return ({ plan, file, name }: CaseContext): WiredCase => {
    const wires = new CaseWires(plan, startTape(plan), file, name, source(name));
    wire(wires);
    return {
      tape: wires.tape,
      seeds: seedsOf(wires),
      wanted: wires.wanted,
      destroy: () => wires.store.destroy(),
    };
  };
}

/** One for each output that the file has a cotangent for, of which there must be one at least. */
export function seedsOf({ plan, file, name, outputs }: CaseWires): Seed[] {
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
    const count = elementCount(of.shape);
    if (values.length !== count) {
      throw new CaseGradientError(name, output, `has a cotangent of ${values.length} numbers for the ${count} of`);
    }
    return { of, gradient: plan.constant(cotangent(output), of.shape, values) };
  });
}

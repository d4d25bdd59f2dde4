/** Parts of a plan whose results are computed twice instead of kept. */
import type { PlanBuilder } from '../gpu/plan';
import { Tape } from '../gpu/tape';
import type { Tensor } from '../gpu/tensor';
import { add } from './dense/add';

/**
 * Memory for time ("checkpointing", Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016). A tensor that a rule reads lives until the
 * rule has run, so a plan that learns holds all that its forward part computes. Of what is wired by this function only the outputs live on: the rest is
 * computed once more where the way back needs it, from the same inputs by the same kernels, so gradients are the same to the bit. It costs one more
 * forward pass of this part.
 *
 * All that the part is computed from is found by itself, trainable parameters included; what only a kernel without a rule reads has no gradient, and
 * who asks for it is told so, as without recomputation. What its gradients are made of is on no tape: to
 * differentiate them again is a `NoGradientError`. Without a tape nothing is wired but the part itself.
 * @param wire appends the part, and does the same when it is called again. What others write between runs (`plan.tensor`), or draw, must be
 * made outside of it
 * @returns what `wire` gave the first time
 */
export function recomputed<const Outputs extends readonly Tensor[]>(plan: PlanBuilder, wire: () => Outputs): Outputs {
  if (!plan.tape) return wire();
  const { tape, result: outputs } = onNestedTape(plan, wire);
  const inputs: readonly Tensor[] = tape.sources;
  const answered: readonly Tensor[] = outputs.filter((output) => tape.answersFor(output));
  plan.record({
    inputs,
    outputs: answered,
    lostWays: tape.lostWays(answered),
    backward: (outputGradients, isWanted) => {
      const wanted = inputs.filter((_, index) => isWanted[index]);
      const { result: gradients } = onNestedTape(plan, (again) => {
        const seeds = wire().flatMap((of, index) => {
          const gradient = outputGradients[answered.indexOf(outputs[index]!)];
          return gradient ? [{ of, gradient }] : [];
        });
        return again.gradients(seeds, wanted);
      });
      return inputs.map((input) => gradients[wanted.indexOf(input)]);
    },
  });
  return outputs;
}

/** Has a tape of its own remember what is wired meanwhile. */
function onNestedTape<Result>(plan: PlanBuilder, wire: (tape: Tape) => Result): { tape: Tape; result: Result } {
  const outer = plan.tape;
  const tape = new Tape((a, b) => add(plan, a, b), outer);
  plan.tape = tape;
  try {
    return { tape, result: wire(tape) };
  } finally {
    plan.tape = outer;
  }
}

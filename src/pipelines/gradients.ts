/** Where the tape of the `gpu` folder, which knows no kernel, meets the kernel that adds gradients. Training starts here. */
import 'trifold:gradient-shaders';
import type { PlanBuilder } from '../gpu/plan';
import { Tape } from '../gpu/tape';
import { add } from './dense/add';

/**
 * Has a plan remember its operations from here on, so that `tape.gradients(...)` can append what computes gradients. To be called before the
 * first operation through which a gradient is to flow.
 */
export function startTape(plan: PlanBuilder): Tape {
  const tape = new Tape((a, b) => add(plan, a, b));
  plan.tape = tape;
  return tape;
}

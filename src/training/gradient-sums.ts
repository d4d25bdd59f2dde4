/**
 * Gradients that are added up over several runs of a plan (micro-batches), for a batch that does not fit the device at once. One plan computes the
 * gradients of a micro-batch and ends with `add`; another one takes `gradients` for its update and ends with `clear`.
 */
import type { PlanBuilder } from '../gpu/plan';
import { createTensor, destroyTensor, type Tensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import type { Parameter } from '../models/parameters';
import { addScaledInto } from '../pipelines/dense/add';

export class GradientSums {
  readonly #sums: readonly Tensor[];
  readonly #added = new Set<number>();

  constructor(
    private readonly host: TensorHost,
    parameters: readonly Parameter[],
  ) {
    this.#sums = parameters.map(({ name, master }) => createTensor(host, `${name} gradient sum`, master.shape));
  }

  /** Those of the parameters in their order, undefined for which nothing has been added by any plan. */
  get gradients(): readonly (Tensor | undefined)[] {
    return this.#sums.map((sum, index) => (this.#added.has(index) ? sum : undefined));
  }

  /** @param share of a micro-batch in the batch; 1 if the losses are sums, 1 over the number of micro-batches if they are means */
  add(plan: PlanBuilder, gradients: readonly (Tensor | undefined)[], share: number): void {
    gradients.forEach((gradient, index) => {
      if (!gradient) return;
      addScaledInto(plan, this.#sums[index]!, gradient, share);
      this.#added.add(index);
    });
  }

  /** Zeros for the next batch. */
  clear(plan: PlanBuilder): void {
    for (const index of this.#added) plan.fill(this.#sums[index]!);
  }

  destroy(): void {
    for (const sum of this.#sums) destroyTensor(this.host, sum);
  }
}

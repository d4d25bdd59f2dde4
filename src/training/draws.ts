/**
 * Random numbers of a training step. While the step is wired, each draw is asked for in its place and becomes a tensor; before each run all are
 * written, in the order in which they were asked for. So a step can run with the draws of another implementation that asks in the same order (the
 * reference vectors list theirs), and what a step of a run draws depends on the run's seed and the step's number alone: `stepDraws`. There is
 * no state of a generator to keep.
 */
import type { PlanBuilder } from '../gpu/plan';
import { elementCount, type Tensor, writeTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import { NumpyRandomState } from '../models/numpy-random';

/** As torch and numpy call them: uniform in [0, 1), and standard normal. */
export type DrawFunction = 'rand' | 'randn';

/** A draw, and what becomes of its numbers. */
interface Draw {
  readonly draws: DrawFunction;
  readonly count: number;
  readonly use: (host: TensorHost, values: ArrayLike<number>) => void;
}

/** Gives the numbers of one draw after the other. A `NumpyRandomState` does. */
export interface DrawSource {
  rand(count: number): ArrayLike<number>;
  randn(count: number): ArrayLike<number>;
}

/**
 * The draws of one step of a run: numpy's `RandomState([seed, step, phase])`.
 * @param phase tells apart plans that run in one step
 * @throws SeedError for a number that is not whole, or beyond 32 bits
 */
export function stepDraws(seed: number, step: number, phase = 0): DrawSource {
  return new NumpyRandomState([seed, step, phase]);
}

export class Draws {
  readonly #draws: Draw[] = [];

  constructor(private readonly plan: PlanBuilder) {}

  /** A tensor of uniform numbers in [0, 1). */
  rand(label: string, shape: readonly number[]): Tensor {
    return this.#tensor('rand', label, shape);
  }

  /** A tensor of standard normal numbers. */
  randn(label: string, shape: readonly number[]): Tensor {
    return this.#tensor('randn', label, shape);
  }

  /**
   * A draw that the processor uses, or that nobody does: those of another implementation have to stay in step.
   * @param use is handed the numbers before each run
   */
  onProcessor(draws: DrawFunction, count: number, use: (values: ArrayLike<number>) => void = () => {}): void {
    this.#draws.push({ draws, count, use: (_, values) => use(values) });
  }

  /** Draws all anew, for the next run of the plan. */
  write(host: TensorHost, source: DrawSource): void {
    for (const { draws, count, use } of this.#draws) use(host, source[draws](count));
  }

  #tensor(draws: DrawFunction, label: string, shape: readonly number[]): Tensor {
    const tensor = this.plan.tensor(label, shape);
    const use = (host: TensorHost, values: ArrayLike<number>) => writeTensor(host, tensor, values);
    this.#draws.push({ draws, count: elementCount(shape), use });
    return tensor;
  }
}

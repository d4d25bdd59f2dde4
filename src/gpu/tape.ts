/**
 * The tape: what the operations of a plan have done, so that gradients can be wired behind them (reverse-mode differentiation).
 *
 * An *operation* is what a wrapper in `pipelines` does for its caller, in however many dispatches: y = clamp(activate(x W + bias) * gain) is one. It
 * records itself with its inputs, its outputs and a rule that, given the gradients of its outputs, appends the dispatches that compute the
 * gradients of its inputs. {@link Tape.gradients} walks the operations from the last to the first and calls the rules. What it appends are
 * ordinary operations of the same plan, which may record themselves: a gradient can be differentiated again.
 *
 * The tape also notes which memory every step of the plan reads and writes. From that it knows which tensors depend on those whose gradients
 * are wanted (nothing is computed for others), and finds two faults that would otherwise give wrong numbers: a kernel on the way that no
 * operation answers for ({@link NoGradientError}), and memory that was written again before a rule reads it ({@link OverwrittenError}).
 */
import { NoGradientError, OverwrittenError } from './errors';
import { reshaped, type Tensor } from './tensor';

/** Memory whose contents the tape follows: the storage of a tensor, which all views of it share, or a texture. */
export interface Memory {
  readonly label: string;
}

/** What one step of a plan does with memory. A kernel that accumulates reads what it writes. */
export interface MemoryUse {
  /** Of the kernel, or "fill" or "copy". */
  readonly step: string;
  readonly reads: readonly Memory[];
  readonly writes: readonly Memory[];
}

/** A kernel that no operation answers for, and what it has written. */
interface Blame {
  readonly memory: Memory;
  readonly step: string;
}

/** A way on which a gradient cannot go back. */
export interface LostWay extends Blame {
  /** What the way comes from. */
  readonly from: Memory;
  /** The output of an operation that it leads to. */
  readonly to: Memory;
}

/** Gradients of outputs. That of a single output is always there; of several, those that nothing was made of have none. */
type OutputGradients<Outputs extends readonly Tensor[]> = Outputs extends readonly [Tensor]
  ? readonly [Tensor]
  : { readonly [K in keyof Outputs]: Tensor | undefined };

/** What an operation has done, and how to go back. */
export interface Operation<Inputs extends readonly Tensor[], Outputs extends readonly Tensor[]> {
  /** Tensors that the outputs are computed from. Those that no gradient can be asked of (tables, random numbers) may be left out. */
  readonly inputs: Inputs;
  /** Tensors that the operation has written, each of them wholly and alone. */
  readonly outputs: Outputs;
  /** How outputs depend on what is none of the inputs, so that a gradient with respect to that is an error. Default: not at all. */
  readonly lostWays?: readonly LostWay[];
  /**
   * Appends what computes the gradients of the inputs, each of the shape of its input and f32.
   * @param isWanted whether anybody wants the gradient of each input: others need not be computed
   * @returns nothing (undefined or false) for an input that is not wanted, or through which no gradient flows
   */
  backward(
    outputGradients: OutputGradients<Outputs>,
    isWanted: { readonly [K in keyof Inputs]: boolean },
  ): { readonly [K in keyof Inputs]: Tensor | undefined | false };
}

/** An operation of which the number of inputs and outputs is forgotten. */
interface RecordedOperation {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly lostWays?: readonly LostWay[];
  backward(
    outputGradients: readonly (Tensor | undefined)[],
    isWanted: readonly boolean[],
  ): readonly (Tensor | undefined | false)[];
}

/** A tensor, and the gradient of some loss with respect to it. */
export interface Seed {
  readonly of: Tensor;
  /** Of the same shape. For the gradient of a loss itself: a tensor that holds 1. */
  readonly gradient: Tensor;
}

/** What has happened to memory, by places in the log. */
interface History {
  readonly firstUse: number;
  readonly lastWrite: number;
  /** The step that wrote last. */
  readonly writer: string;
}

const NEVER = -1;

/** One for each plan that is differentiated: `plan.tape = new Tape(...)` before the first operation (`startTape` in pipelines/gradients.ts). */
export class Tape {
  /** Steps and operations in their order; the steps of an operation come before it. */
  #log: (MemoryUse | RecordedOperation)[] = [];
  #histories = new Map<Memory, History>();
  /** The rule that runs at present: the place of its operation in the log, and the end of the log when the walk began. */
  #walk: { readonly operation: number; readonly begun: number } | undefined;

  /**
   * @param add appends an operation that computes the sum of two tensors of one shape, for a tensor from which several were computed
   * @param outer of the same plan: is told of every step, too, but of no operation. Whoever nests a tape records one operation there for all of them
   */
  constructor(
    private readonly add: (a: Tensor, b: Tensor) => Tensor,
    private readonly outer?: Tape | undefined,
  ) {}

  /** Called by the plan for each of its steps. @throws OverwrittenError for a step of a rule that reads what is no longer there */
  note(use: MemoryUse): void {
    this.outer?.note(use);
    const now = this.#log.length;
    for (const memory of use.reads) this.#expectUnchanged(memory);
    for (const memory of use.reads) this.#remember(memory, now);
    for (const memory of use.writes) this.#remember(memory, now, use.step);
    this.#log.push(use);
  }

  /**
   * Called by an operation when it has appended its steps. One without inputs says that its outputs are to be taken as given, whatever they were
   * computed from: so does the update of a weight.
   * @throws OverwrittenError for an operation in place
   */
  record<const Inputs extends readonly Tensor[], const Outputs extends readonly Tensor[]>(
    operation: Operation<Inputs, Outputs>,
  ): void {
    const written = new Set(operation.outputs.map(({ storage }) => storage));
    for (const { storage } of operation.inputs) {
      if (written.has(storage)) throw new OverwrittenError(storage.label, this.#histories.get(storage)?.writer ?? '');
    }
    this.#log.push(operation as unknown as RecordedOperation); // whose rule gets as many gradients as it has outputs
  }

  /** Tensors that operations have read and no step before them has written, each memory once: what all of them together are computed from. */
  get sources(): Tensor[] {
    const known = new Set<Memory>();
    const sources: Tensor[] = [];
    for (const entry of this.#log) {
      if ('step' in entry) {
        for (const memory of entry.writes) known.add(memory);
        continue;
      }
      for (const input of entry.inputs) {
        if (known.has(input.storage)) continue;
        known.add(input.storage);
        sources.push(input);
      }
    }
    return sources;
  }

  /**
   * How some outputs depend on memory that nothing here has written, by way of a kernel that no operation answers for. Such memory need not be among
   * the {@link sources}, so that whoever asks for those gradients alone would not hear of it.
   */
  lostWays(outputs: readonly Tensor[]): LostWay[] {
    const written = new Set<Memory>();
    /** Of everything written, the memory that it depends on in such a way. */
    const lost = new Map<Memory, Map<Memory, Blame>>();
    const lose = (to: Memory, from: Memory, blame: Blame) => {
      const ways = lost.get(to) ?? new Map<Memory, Blame>();
      lost.set(to, ways.set(from, blame));
    };
    const waysFrom = (memory: Memory) => (written.has(memory) ? [...(lost.get(memory)?.keys() ?? [])] : [memory]);
    const waysTo = (to: Memory) => [...(lost.get(to) ?? [])].map(([from, blame]) => ({ ...blame, from, to }));
    for (const entry of this.#log) {
      if ('step' in entry) {
        const { step, reads, writes } = entry;
        const reached = reads.flatMap(waysFrom);
        for (const memory of writes) {
          written.add(memory);
          for (const from of reached) lose(memory, from, { memory, step });
        }
        continue;
      }
      // What an operation depends on is what it says, whatever its own kernels read.
      const { inputs, outputs, lostWays = [] } = entry;
      const ofInputs = inputs.flatMap(({ storage }) => waysTo(storage));
      const arriving = [
        ...outputs.flatMap(({ storage: to }) => ofInputs.map((way) => ({ ...way, to }))),
        ...lostWays.flatMap((way) => waysFrom(way.from).map((from) => ({ ...way, from }))),
      ];
      for (const { storage } of outputs) lost.delete(storage);
      for (const { from, to, memory, step } of arriving) lose(to, from, { memory, step });
    }
    return outputs.flatMap(({ storage }) => waysTo(storage));
  }

  /** Whether an operation has recorded a tensor as its output. */
  answersFor({ storage }: Tensor): boolean {
    return this.#log.some((entry) => 'backward' in entry && entry.outputs.some((output) => output.storage === storage));
  }

  /**
   * Appends what computes the gradients of `wanted` with respect to what the seeds are gradients of.
   * @returns for each wanted tensor a gradient of its shape; undefined if none of the seeds' tensors depends on it
   * @throws NoGradientError, OverwrittenError
   */
  gradients(seeds: readonly Seed[], wanted: readonly Tensor[]): (Tensor | undefined)[] {
    const begun = this.#log.length;
    const writers = this.#dependents(wanted);
    const arrived = new Map<Memory, Tensor>();
    const arrive = ({ storage, shape }: Tensor, gradient: Tensor) => {
      const writer = writers.get(storage);
      if (writer !== undefined) throw new NoGradientError(writer.memory.label, writer.step);
      const former = arrived.get(storage);
      const seen = reshaped(gradient, former?.shape ?? shape);
      arrived.set(storage, former ? this.add(former, seen) : seen);
    };
    for (const { of, gradient } of seeds) if (writers.has(of.storage)) arrive(of, gradient);
    for (let place = begun - 1; place >= 0; place--) {
      const operation = this.#log[place]!;
      if (!('backward' in operation)) continue;
      const { inputs, outputs } = operation;
      const outputGradients = outputs.map(({ storage, shape }) => {
        const gradient = arrived.get(storage);
        return gradient && reshaped(gradient, shape);
      });
      const isWanted = inputs.map(({ storage }) => writers.has(storage));
      if (!outputGradients.some(Boolean) || !isWanted.some(Boolean)) continue;
      this.#walk = { operation: place, begun };
      try {
        for (const { storage } of outputs) if (arrived.has(storage)) this.#expectUnchanged(storage);
        const gradients = operation.backward(outputGradients, isWanted);
        inputs.forEach((input, index) => {
          const gradient = gradients[index];
          if (!gradient || !isWanted[index]) return;
          this.#expectUnchanged(input.storage);
          arrive(input, gradient);
        });
      } finally {
        this.#walk = undefined;
      }
    }
    return wanted.map(({ storage, shape }) => {
      const gradient = arrived.get(storage);
      return gradient && reshaped(gradient, shape);
    });
  }

  /**
   * The memory whose contents depend on some tensors, those included: with the step that wrote it, unless it is one of the tensors itself or an
   * operation answers for it.
   */
  #dependents(sources: readonly Tensor[]): Map<Memory, Blame | undefined> {
    const writers = new Map<Memory, Blame | undefined>(sources.map(({ storage }) => [storage, undefined]));
    const isSource = new Set(writers.keys());
    for (const entry of this.#log) {
      if ('step' in entry) {
        if (!entry.reads.some((memory) => writers.has(memory))) continue;
        for (const memory of entry.writes) writers.set(memory, { memory, step: entry.step });
        continue;
      }
      const lostWays = entry.lostWays?.filter(({ from }) => writers.has(from)) ?? [];
      const depends = entry.inputs.some(({ storage }) => writers.has(storage));
      for (const { storage } of entry.outputs) {
        const lost = lostWays.find(({ to }) => to === storage);
        if (lost || depends || isSource.has(storage)) writers.set(storage, lost);
        else writers.delete(storage);
      }
    }
    return writers;
  }

  /** @throws OverwrittenError if the memory was used before the operation that is walked, and written between that and the walk */
  #expectUnchanged(memory: Memory): void {
    const history = this.#histories.get(memory);
    if (!this.#walk || !history) return;
    const { operation, begun } = this.#walk;
    const { firstUse, lastWrite, writer } = history;
    if (firstUse < operation && lastWrite > operation && lastWrite < begun) {
      throw new OverwrittenError(memory.label, writer);
    }
  }

  #remember(memory: Memory, now: number, writer?: string): void {
    const { firstUse, ...last } = this.#histories.get(memory) ?? { firstUse: now, lastWrite: NEVER, writer: '' };
    this.#histories.set(memory, { firstUse, ...(writer === undefined ? last : { lastWrite: now, writer }) });
  }
}

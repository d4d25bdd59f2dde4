/**
 * Undo and redo over one value. A run of changes of the same part that follow each other without a rest (a slider that is dragged, a head
 * that is turned) is one step.
 */

/** As many steps can be undone; older ones are forgotten. */
const MOST_STEPS = 200;
/** A rest of so long between two changes makes them two steps. */
const REST_MILLISECONDS = 600;

export class History<Value> {
  #past: Value[] = [];
  #present: Value;
  #future: Value[] = [];
  #lastChange = Number.NEGATIVE_INFINITY;
  #lastPart: string | undefined;

  /** @param isSame whether two values are the same to a person */
  constructor(
    initial: Value,
    private readonly isSame: (a: Value, b: Value) => boolean = Object.is,
  ) {
    this.#present = initial;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /**
   * Notes a change.
   * @param now in milliseconds
   * @param part what has changed; undefined for a change that is a step of its own in any case
   */
  note(value: Value, now: number, part: string | undefined): void {
    if (this.isSame(value, this.#present)) return;
    const goesOn = part !== undefined && part === this.#lastPart && now - this.#lastChange <= REST_MILLISECONDS;
    this.#lastChange = now;
    this.#lastPart = part;
    if (!goesOn) this.#past = [...this.#past, this.#present].slice(-MOST_STEPS);
    this.#present = value;
    this.#future = [];
  }

  /** The present value has changed by itself: no step. */
  replace(value: Value): void {
    this.#present = value;
  }

  /** @returns the value before the last step; undefined if there is none */
  undo(): Value | undefined {
    const value = this.#past.at(-1);
    if (value === undefined) return undefined;
    this.#past = this.#past.slice(0, -1);
    this.#future = [this.#present, ...this.#future];
    return this.#go(value);
  }

  /** @returns the value that was undone last; undefined if there is none */
  redo(): Value | undefined {
    const [value, ...rest] = this.#future;
    if (value === undefined) return undefined;
    this.#past = [...this.#past, this.#present];
    this.#future = rest;
    return this.#go(value);
  }

  /** Begins anew with another value: nothing before can be brought back. */
  reset(value: Value): void {
    this.#past = [];
    this.#future = [];
    this.#go(value);
  }

  #go(value: Value): Value {
    this.#present = value;
    this.#lastChange = Number.NEGATIVE_INFINITY;
    return value;
  }
}

/**
 * The store: one immutable state, replaced as a whole by a patch, and listeners that are told. Everything that the page shows is
 * a function of this state; whoever wants to change it calls an action of the studio.
 */

export type Listener<State> = (state: State, previous: State) => void;

export class Store<State extends object> {
  #state: State;
  #listeners = new Set<Listener<State>>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  /** Replaces the named fields. Listeners hear of it only if a field is not the same value as before. */
  update(patch: Partial<State>): void {
    const previous = this.#state;
    const keys = Object.keys(patch) as (keyof State)[];
    if (keys.every((key) => Object.is(previous[key], patch[key]))) return;
    this.#state = { ...previous, ...patch };
    for (const listener of [...this.#listeners]) listener(this.#state, previous);
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: Listener<State>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

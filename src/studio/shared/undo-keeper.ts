/** Undo and redo of whatever a person does to face, settings and view. What moves by itself (a walk, the camera around the head) is no step. */
import { type OrbitState, orbitAt } from '../../camera/orbit';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { KeptState } from './address';
import { History } from './history';
import type { StudioState } from './state';
import type { Store } from './store';

export class UndoKeeper {
  readonly #history: History<KeptState>;
  /** The value that was brought back last: its arrival in the state is no change. */
  #isGoing = false;

  constructor(private readonly store: Store<StudioState>) {
    this.#history = new History(keptOf(store.state), isSame);
    store.subscribe((state, previous) => this.#note(state, previous));
  }

  undo(): void {
    this.#go(this.#history.undo());
  }

  redo(): void {
    this.#go(this.#history.redo());
  }

  #note(state: StudioState, previous: StudioState): void {
    if (this.#isGoing) return;
    const isOtherModel = state.model?.config !== previous.model?.config;
    if (isOtherModel) this.#history.reset(keptOf(state));
    else if (isSame(keptOf(state), keptOf(previous))) return;
    else if (movedByItself(state, previous)) this.#history.replace(keptOf(state));
    else this.#history.note(keptOf(state), performance.now(), partChanged(state, previous));
    this.#tell();
  }

  #go(value: KeptState | undefined): void {
    if (!value) return;
    this.#isGoing = true;
    this.store.update({ ...value, isPlaying: false });
    this.#isGoing = false;
    this.#tell();
  }

  #tell(): void {
    const { canUndo, canRedo } = this.#history;
    this.store.update({ canUndo, canRedo });
  }
}

/** The part of the state that is worth bringing back; a camera in motion is kept at rest where it is. */
function keptOf({ settings, face, view }: StudioState): KeptState {
  return { settings, face, view: atRest(view) };
}

function atRest(view: OrbitState): OrbitState {
  const { yaw, pitch, radius, pivot, focal } = view;
  return { ...orbitAt(view.home), yaw, pitch, radius, pivot, focal };
}

function isSame(a: KeptState, b: KeptState): boolean {
  return a.settings === b.settings && a.face === b.face && isSameView(a.view, b.view);
}

function isSameView(a: OrbitState, b: OrbitState): boolean {
  return a.yaw === b.yaw && a.pitch === b.pitch && a.radius === b.radius && a.pivot === b.pivot && a.focal === b.focal;
}

/** Names what has changed; undefined for another choice of sources, since each of them is worth a step of its own. */
function partChanged(state: StudioState, previous: StudioState): string | undefined {
  const choiceOf = ({ mode, sources }: FaceRecipe) =>
    JSON.stringify([mode, sources.map((source) => (source.kind === 'seed' ? source.seed : source))]);
  if (choiceOf(state.face) !== choiceOf(previous.face)) return undefined;
  const { settings, face, view } = state;
  const fields = [...changedFields(settings, previous.settings), ...changedFields(face, previous.face)];
  return [...fields, view === previous.view ? '' : 'view'].join();
}

function changedFields(value: object, former: object): string[] {
  if (value === former) return [];
  const before = new Map<string, unknown>(Object.entries(former));
  const isOther = ([field, now]: [string, unknown]) => JSON.stringify(now) !== JSON.stringify(before.get(field));
  return Object.entries(value)
    .filter(isOther)
    .map(([field]) => field);
}

/** Whether only that has changed which changes without a hand. */
function movedByItself(state: StudioState, previous: StudioState): boolean {
  const turnsByItself = state.settings.autoRotate && !state.view.held;
  const walksByItself = state.isPlaying && state.face.mode === 'walk';
  if (!turnsByItself && !walksByItself) return false;
  const { walkPosition: _, ...face } = state.face;
  const { walkPosition: __, ...formerFace } = previous.face;
  const isSameFace =
    state.face === previous.face || (walksByItself && JSON.stringify(face) === JSON.stringify(formerFace));
  return state.settings === previous.settings && isSameFace;
}

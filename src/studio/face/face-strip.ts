/**
 * The faces that are offered to choose from: those of this visit, and suggestions that nobody has seen yet; `state.faceStrip`. What a person does
 * to a face (an attribute, a direction, other shares of a mix) changes its entry and makes no new one: an entry is a choice of sources.
 */
import { TrifoldError } from '../../errors';
import { type FaceRecipe, type FaceSource, faceOfSeed } from '../../models/faces/recipe';
import { type FaceStripState, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { type FaceChange, withAnotherSource } from './face-actions';
import { choiceKey, recipeKey } from './recipe-key';

/** Suggestions at a time. */
const SUGGESTIONS = 6;
/** Faces of a visit; older ones are left out. */
const MOST_RECENT = 24;
/** An entry follows what is done to its face only when the hand has rested for so long. */
const REST_MILLISECONDS = 400;

export interface NamedFace {
  readonly face: FaceRecipe;
  readonly name: string;
}

export class FaceStrip {
  /** Choices that have been on screen. */
  readonly #seen = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param changeFace of the studio
   * @param newSeed a seed by chance
   */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly changeFace: (change: FaceChange) => void,
    private readonly newSeed: () => number,
  ) {
    store.subscribe((state, previous) => this.#note(state, previous));
  }

  /** Goes to a face. */
  go(face: FaceRecipe): void {
    this.store.update({ isPlaying: false });
    this.changeFace(() => face);
  }

  /** Other suggestions. Those that have been looked at stay, as faces of this visit. */
  suggestMore(): void {
    const { face, faceStrip } = this.store.state;
    const looked = faceStrip.suggested.filter((suggested) => this.#seen.has(choiceKey(suggested)));
    this.#update({ recent: [...looked, ...faceStrip.recent], suggested: this.#suggestions(face) });
  }

  /** Mixes two faces half and half. If they have too many faces in them already, a notice says so. */
  mix(a: NamedFace, b: NamedFace): void {
    this.#make(() => madeOf('mix', a, b));
  }

  /** A walk goes to a face, too; one begins with the present face if there is none. A notice may say, as for {@link mix}, that it cannot. */
  addToWalk(present: NamedFace, next: NamedFace): void {
    this.#make((face) =>
      face.mode === 'walk' ? withAnotherSource(sourceOf(next, face))(face) : madeOf('walk', present, next),
    );
  }

  #make(change: FaceChange): void {
    try {
      this.changeFace(change);
      this.store.update({ isPlaying: false });
    } catch (error) {
      if (!(error instanceof TrifoldError)) throw error;
      const { message, remedy } = error;
      const notices = withNotice(this.store.state.notices, { kind: 'face-refused', message, remedy });
      this.store.update({ notices });
    }
  }

  /** Nothing more is noted until the next change. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #note(state: StudioState, previous: StudioState): void {
    const { model, face } = state;
    if (!model) return;
    if (model.config !== previous.model?.config) this.#beginAnew(face);
    else if (face !== previous.face) this.#noteFace(state);
  }

  #beginAnew(face: FaceRecipe): void {
    clearTimeout(this.#timer);
    this.#seen.clear();
    this.#seen.add(choiceKey(face));
    this.#update({ recent: [face], suggested: this.#suggestions(face) });
  }

  #noteFace({ face, faceStrip, savedFaces }: StudioState): void {
    const choice = choiceKey(face);
    const { recent, suggested } = faceStrip;
    this.#seen.add(choice);
    const isThere = [...recent, ...suggested].some((entry) => choiceKey(entry) === choice);
    const isSaved = savedFaces.faces?.some(({ recipe }) => recipeKey(recipe) === recipeKey(face)) ?? false;
    if (!isThere && !isSaved) this.#update({ recent: [face, ...recent], suggested });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#follow(), REST_MILLISECONDS);
  }

  /** The entry of the present face becomes what that has become, and suggestions are truncated and posed as it is. */
  #follow(): void {
    const { face, faceStrip } = this.store.state;
    const choice = choiceKey(face);
    const followed = (entry: FaceRecipe) => (choiceKey(entry) === choice ? sameOr(entry, face) : entry);
    this.#update({
      recent: faceStrip.recent.map(followed),
      suggested: faceStrip.suggested.map((entry) =>
        this.#seen.has(choiceKey(entry)) ? followed(entry) : sameOr(entry, { ...entry, ...mannersOf(face) }),
      ),
    });
  }

  #suggestions(face: FaceRecipe): FaceRecipe[] {
    const seeds = new Set<number>();
    while (seeds.size < SUGGESTIONS) {
      let seed = this.newSeed();
      while (seeds.has(seed)) seed++;
      seeds.add(seed);
    }
    return [...seeds].map((seed) => ({ ...faceOfSeed(seed, face.mixLayers.length), ...mannersOf(face) }));
  }

  #update({ recent, suggested }: FaceStripState): void {
    this.store.update({ faceStrip: { recent: recent.slice(0, MOST_RECENT), suggested } });
  }
}

function madeOf(mode: 'mix' | 'walk', a: NamedFace, b: NamedFace): FaceRecipe {
  return {
    ...faceOfSeed(0, a.face.mixLayers.length),
    ...mannersOf(a.face),
    mode,
    sources: [sourceOf(a, a.face), sourceOf(b, a.face)],
  };
}

/** A face as a source: of one seed just that, where nothing else makes it what it is. */
function sourceOf({ face, name }: NamedFace, host: FaceRecipe): FaceSource {
  const { mode, sources, directions } = face;
  const hasSameManners = JSON.stringify(mannersOf(face)) === JSON.stringify(mannersOf(host));
  const isSourceAlone = mode === 'single' && directions.length === 0 && hasSameManners;
  return isSourceAlone ? sources[0]! : { kind: 'face', name, face };
}

/** What holds for faces of any seed. */
function mannersOf({
  psi,
  psiCutoff,
  conditioning,
}: FaceRecipe): Pick<FaceRecipe, 'psi' | 'psiCutoff' | 'conditioning'> {
  return { psi, psiCutoff, conditioning };
}

function sameOr(former: FaceRecipe, face: FaceRecipe): FaceRecipe {
  return recipeKey(former) === recipeKey(face) ? former : face;
}

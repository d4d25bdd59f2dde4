/**
 * Keeps the address of the page in step with the studio, both ways. Each face is an entry of the browser's history, so that Back and Forward
 * go from face to face; whatever else changes (camera, settings, the place on a walk) belongs to the entry that is there. A run of changes
 * without a rest, as from a slider or a key that is held, is one entry: browsers limit how often an address may change.
 */
import type { FaceRecipe } from '../../studio/face/face-actions';
import { decodeStudio, type SavedStudio } from '../../studio/shared/address';
import type { StudioState } from '../../studio/shared/state';
import type { Studio } from '../../studio/studio';
import { addressWith } from './page-address';

/** Without a change for so long, a run of changes is over. */
const REST_MILLISECONDS = 400;
/** What never rests, such as a head that turns by itself, is written now and then. */
const LONGEST_WAIT_MILLISECONDS = 2000;
/** The address is a function of these. */
const IN_ADDRESS = ['settings', 'face', 'view', 'model', 'notices'] as const;

/** What an entry of the history knows beside its address; the browser keeps it through a reload. */
interface EntryState {
  /** Name of the opened file that `model` in the address stands for, so that a reload can ask for it. */
  readonly file?: string;
}

function keptState(): EntryState {
  const { file } = Object(history.state) as EntryState;
  return typeof file === 'string' ? { file } : {};
}

/** What the address asks for. */
export function savedInAddress(): SavedStudio {
  const { file } = keptState();
  const saved = decodeStudio(location.hash);
  return file === undefined ? saved : { ...saved, modelName: file };
}

export class AddressKeeper {
  #unsubscribe: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the oldest change was made that is not in the address yet, and when the face changed last, in milliseconds. */
  #unwrittenSince: number | undefined;
  #lastFace = Number.NEGATIVE_INFINITY;
  /** The face of the present entry; undefined before the first picture. */
  #face: string | undefined;
  /** What comes back from an entry makes no new one. */
  #isComingBack = false;

  /** @param onLeave is told when another entry is asked for: by Back and Forward, or by an address that was typed or pasted */
  constructor(
    private readonly studio: Studio,
    private readonly onLeave: () => void = () => {},
  ) {}

  connect(): void {
    this.#unsubscribe = this.studio.store.subscribe((state, previous) => this.#stateChanged(state, previous));
    addEventListener('hashchange', this.#addressChanged);
  }

  disconnect(): void {
    this.#unsubscribe?.();
    removeEventListener('hashchange', this.#addressChanged);
    this.#forgetChanges();
  }

  readonly #addressChanged = () => {
    this.#forgetChanges();
    this.onLeave();
    this.#isComingBack = true;
    this.studio.restore(savedInAddress());
    this.#isComingBack = false;
  };

  #stateChanged(state: StudioState, previous: StudioState): void {
    if (!state.model || IN_ADDRESS.every((field) => state[field] === previous[field])) return;
    const face = state.face === previous.face ? this.#face : identityOf(state.face); // a turning head asks at every frame
    const cameWithModel = state.model.config !== previous.model?.config;
    const isOther = face !== this.#face && !cameWithModel && !this.#isComingBack;
    this.#face = face;
    const now = performance.now();
    const beginsRun = now - this.#lastFace > REST_MILLISECONDS;
    if (isOther) this.#lastFace = now;
    // The entry is made at once: Back may be what is pressed next.
    if (isOther && beginsRun) this.#write('new entry');
    else this.#writeLater(now);
  }

  #writeLater(now: number): void {
    this.#unwrittenSince ??= now;
    clearTimeout(this.#timer);
    const longest = this.#unwrittenSince + LONGEST_WAIT_MILLISECONDS - now;
    this.#timer = setTimeout(() => this.#write('same entry'), Math.max(0, Math.min(REST_MILLISECONDS, longest)));
  }

  #write(kind: 'same entry' | 'new entry'): void {
    this.#forgetChanges();
    const fragment = this.studio.save();
    if (fragment === undefined) return;
    const { model } = this.studio.state;
    const { pathname, search, hash } = addressWith(fragment, model?.origin);
    if (search === location.search && hash === location.hash) return;
    const state: EntryState = model?.origin === 'file' ? { file: model.name } : keptState();
    if (kind === 'new entry') history.pushState(state, '', pathname + search + hash);
    else history.replaceState(state, '', pathname + search + hash);
  }

  #forgetChanges(): void {
    clearTimeout(this.#timer);
    this.#unwrittenSince = undefined;
  }
}

/** A face as far as an entry of its own goes: a walk is one face wherever it is. */
function identityOf({ walkPosition: _, ...face }: FaceRecipe): string {
  return JSON.stringify(face);
}

/**
 * Small pictures of faces for the page. Whoever shows a face says so while it is in sight; what has been drawn is kept for as long as there is
 * room. They are drawn one after the other while the screen is free, and given up at the first gesture: nobody ever waits for them. While a job
 * uses the device they wait, too.
 */
import type { FaceRecipe } from '../../models/faces/recipe';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import { recipeKey } from './recipe-key';

/** Of 96 x 96 pixels: 36 KB each. */
const MOST_KEPT = 256;
/** The pictures are a function of these, and of the recipe. */
const MADE_OF = ['model', 'directions'] as const;
/** What is told about whoever uses the device. */
const DEVICE_USERS = ['status', 'opening', 'export', 'strip', 'efficiency', 'meshPreview', 'directions'] as const;

/** Called when there is a picture. */
export type PictureListener = (picture: PictureRgba) => void;

/** What draws, as far as thumbnails know it: the screen. */
export interface ThumbnailScreen {
  readonly isFree: boolean;
  /** Resolves when it is free; rejects when it is closed before. */
  whenFree(): Promise<void>;
  between<T>(step: (viewer: { readonly thumbnails: Maker }) => Promise<T>): Promise<T>;
}

/** As `ThumbnailMaker` does it. */
interface Maker {
  reserve(): Promise<boolean>;
  build(): Promise<void>;
  draw(face: FaceRecipe, isWanted: () => boolean): Promise<PictureRgba | undefined>;
}

/** A face that somebody wants to see. */
interface Wanted {
  readonly face: FaceRecipe;
  /** Of all who want it, the lowest. */
  rank: number;
  readonly listeners: Set<PictureListener>;
}

export class Thumbnails {
  /** By recipe, the one that was used last at the end. */
  readonly #kept = new Map<string, PictureRgba>();
  /** By recipe, in the order in which they were asked for. */
  readonly #wanted = new Map<string, Wanted>();
  #isFilling = false;
  /** Screens without room for thumbnails, or that fail to draw them. */
  readonly #without = new WeakSet<ThumbnailScreen>();

  /** @param screen the present one; undefined while nothing is on screen */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly screen: () => ThumbnailScreen | undefined,
  ) {
    store.subscribe((state, previous) => {
      if (MADE_OF.some((field) => !isSamePart(field, state, previous))) this.#kept.clear();
      if (DEVICE_USERS.some((field) => state[field] !== previous[field])) this.#fill();
    });
  }

  /** The picture of a face, if it has been drawn. */
  get(face: FaceRecipe): PictureRgba | undefined {
    return this.#use(recipeKey(face));
  }

  /**
   * Asks for the picture of a face. Those of the lowest rank are drawn first, and of these what was asked for first.
   * @param listener called once, later, unless the picture is there already: then at once
   * @param rank default: 0, for what belongs to the picture on screen
   * @returns takes the wish back; to be called when the face is out of sight
   */
  want(face: FaceRecipe, listener: PictureListener, rank = 0): () => void {
    const key = recipeKey(face);
    const known = this.#use(key);
    if (known) {
      listener(known);
      return () => {};
    }
    const wanted = this.#wanted.get(key) ?? { face, rank, listeners: new Set() };
    wanted.rank = Math.min(rank, wanted.rank);
    wanted.listeners.add(listener);
    this.#wanted.set(key, wanted);
    this.#fill();
    return () => {
      wanted.listeners.delete(listener);
      if (wanted.listeners.size === 0 && this.#wanted.get(key) === wanted) this.#wanted.delete(key);
    };
  }

  /** Draws what is wanted, for as long as it may. Never rejects. */
  async #fill(): Promise<void> {
    if (this.#isFilling) return;
    this.#isFilling = true;
    try {
      for (let screen = this.#readyScreen; screen; screen = this.#readyScreen) await this.#drawNext(screen);
    } finally {
      this.#isFilling = false;
    }
  }

  /** The screen, if there is something to draw and it may be drawn now or as soon as that is free. */
  get #readyScreen(): ThumbnailScreen | undefined {
    const screen = this.screen();
    const isPossible = screen !== undefined && !this.#without.has(screen);
    return isPossible && this.#wanted.size > 0 && !isDeviceInUse(this.store.state) ? screen : undefined;
  }

  get #next(): readonly [string, Wanted] | undefined {
    return [...this.#wanted].sort(([, a], [, b]) => a.rank - b.rank)[0]; // a stable sort: the older first
  }

  async #drawNext(screen: ThumbnailScreen): Promise<void> {
    try {
      await screen.whenFree();
      const next = this.#next;
      if (!next || isDeviceInUse(this.store.state)) return;
      const [key, wanted] = next;
      const { model, directions } = this.store.state;
      const picture = await this.#draw(screen, wanted.face, () => this.#wanted.get(key) === wanted && screen.isFree);
      const isOfPresent = model === this.store.state.model && directions === this.store.state.directions;
      if (picture === 'no room') this.#without.add(screen);
      else if (picture && isOfPresent) this.#deliver(key, picture);
    } catch {
      // Closed, lost, or a kernel that this device cannot compile: another screen may do better. Faces without a picture can be chosen all the same.
      this.#without.add(screen);
    }
  }

  async #draw(
    screen: ThumbnailScreen,
    face: FaceRecipe,
    isWanted: () => boolean,
  ): Promise<PictureRgba | 'no room' | undefined> {
    const maker = await screen.between(async ({ thumbnails }) =>
      (await thumbnails.reserve()) ? thumbnails : undefined,
    );
    if (!maker) return 'no room';
    await maker.build();
    return screen.between(async ({ thumbnails }) => (isWanted() ? thumbnails.draw(face, isWanted) : undefined));
  }

  #deliver(key: string, picture: PictureRgba): void {
    this.#kept.set(key, picture);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    const listeners = this.#wanted.get(key)?.listeners ?? [];
    this.#wanted.delete(key);
    for (const listener of listeners) listener(picture);
  }

  #use(key: string): PictureRgba | undefined {
    const picture = this.#kept.get(key);
    if (!picture) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, picture);
    return picture;
  }
}

/** Another model, or other directions, make other faces of the same recipes. */
function isSamePart(field: (typeof MADE_OF)[number], state: StudioState, previous: StudioState): boolean {
  if (field === 'model') return state.model?.config === previous.model?.config;
  return state.directions.shares === previous.directions.shares;
}

/** Whether something is being opened, or a job is at work. */
function isDeviceInUse({
  status,
  opening,
  strip,
  efficiency,
  meshPreview,
  directions,
  ...state
}: StudioState): boolean {
  const jobs = [state.export, strip, efficiency, meshPreview];
  const isAtWork = directions.status === 'finding' || jobs.some((job) => job?.status === 'running');
  return status !== 'ready' || opening !== undefined || isAtWork;
}

/** The queue of thumbnails: what is drawn, in which order, what is given up, and what is kept. */
import { expect, it } from 'vitest';
import type { GeneratorConfig } from '../../../src/models/config';
import { type FaceRecipe, faceOfSeed } from '../../../src/models/faces/recipe';
import type { PictureRgba } from '../../../src/render/pictures/picture-rgba';
import { type ThumbnailScreen, Thumbnails } from '../../../src/studio/face/thumbnails';
import type { ModelFacts } from '../../../src/studio/model/model-facts';
import { initialState, type StudioState } from '../../../src/studio/shared/state';
import { Store } from '../../../src/studio/shared/store';

/** A screen whose device draws when it is told to. */
class FakeScreen implements ThumbnailScreen {
  readonly drawn: number[] = [];
  readonly givenUp: number[] = [];
  isFree = true;
  hasRoom = true;
  isClosed = false;
  #waiting: (() => void)[] = [];
  /** Lets the picture on its way come to its end. */
  finish = () => {};

  async whenFree(): Promise<void> {
    while (!this.isFree) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    if (this.isClosed) throw new Error('closed');
  }

  free(isFree = true): void {
    this.isFree = isFree;
    if (isFree) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  between<T>(step: (viewer: { readonly thumbnails: FakeScreen['thumbnails'] }) => Promise<T>): Promise<T> {
    return step(this);
  }

  readonly thumbnails = {
    reserve: async () => this.hasRoom,
    build: async () => {},
    draw: async (face: FaceRecipe, isWanted: () => boolean) => {
      await new Promise<void>((resolve) => {
        this.finish = resolve;
      });
      if (isWanted()) this.drawn.push(seedOf(face));
      else this.givenUp.push(seedOf(face));
      return isWanted() ? pictureOf(seedOf(face)) : undefined;
    },
  };
}

const face = (seed: number) => faceOfSeed(seed, 8);
const seedOf = ({ sources: [source] }: FaceRecipe) => (source?.kind === 'seed' ? source.seed : -1);
const pictureOf = (seed: number): PictureRgba => ({ width: seed, height: 1, data: new Uint8ClampedArray(4) });
const modelOf = (config: object) => ({ config: config as GeneratorConfig }) as ModelFacts;

function setUp() {
  const store = new Store<StudioState>({ ...initialState(), status: 'ready', model: modelOf({}) });
  const screen = new FakeScreen();
  const thumbnails = new Thumbnails(store, () => (screen.isClosed ? undefined : screen));
  const seen: number[] = [];
  const want = (seed: number, rank?: number) => thumbnails.want(face(seed), ({ width }) => seen.push(width), rank);
  return { store, screen, thumbnails, seen, want };
}

/** Everything that waits for nothing but its turn has had it. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function drawOne(screen: FakeScreen): Promise<void> {
  await settled();
  screen.finish();
  await settled();
}

it('draws one after the other, in the order of asking, and the same face once for all who ask', async () => {
  const { screen, seen, want } = setUp();
  for (const seed of [1, 2, 1, 3]) want(seed);
  for (let count = 0; count < 3; count++) await drawOne(screen);
  expect(screen.drawn).toEqual([1, 2, 3]);
  expect(seen).toEqual([1, 1, 2, 3]);
});

it('draws those of the lowest rank first, whoever asks for them', async () => {
  const { screen, want } = setUp();
  const ranks = [2, 2, 1, 3, 1] as const;
  ranks.forEach((rank, seed) => {
    want(seed, rank);
  });
  want(3, 0);
  for (let count = 0; count < 5; count++) await drawOne(screen);
  expect(screen.drawn).toEqual([3, 2, 4, 0, 1]);
});

it('keeps what it has drawn, and hands it over at once', async () => {
  const { screen, thumbnails, seen, want } = setUp();
  want(1);
  expect(thumbnails.get(face(1))).toBeUndefined();
  await drawOne(screen);
  want(1);
  expect(seen).toEqual([1, 1]);
  expect(screen.drawn).toEqual([1]);
  // A mix that is not shown changes nothing of a single face.
  expect(thumbnails.get({ ...face(1), mixSuperResolution: 1 })).toBeDefined();
  expect(thumbnails.get({ ...face(1), psi: 0.1 })).toBeUndefined();
});

it('forgets what was used longest ago when there is no more room', async () => {
  const { screen, thumbnails, want } = setUp();
  for (let seed = 0; seed <= 256; seed++) {
    want(seed);
    await drawOne(screen);
    thumbnails.get(face(0));
  }
  expect(thumbnails.get(face(0))).toBeDefined();
  expect(thumbnails.get(face(1))).toBeUndefined();
  expect(thumbnails.get(face(2))).toBeDefined();
});

it('does not draw what nobody wants any more, and gives it up on its way', async () => {
  const { screen, seen, want } = setUp();
  const takeBack = want(1);
  want(2)();
  want(3);
  await settled();
  takeBack();
  for (let count = 0; count < 3; count++) await drawOne(screen);
  expect(screen.givenUp).toEqual([1]);
  expect(screen.drawn).toEqual([3]);
  expect(seen).toEqual([3]);
});

it('waits while the screen is not free, and begins the same picture anew afterwards', async () => {
  const { screen, seen, want } = setUp();
  want(1);
  await settled();
  screen.free(false);
  await drawOne(screen);
  expect(screen.givenUp).toEqual([1]);
  await drawOne(screen);
  expect(seen).toEqual([]);
  screen.free();
  await drawOne(screen);
  expect(seen).toEqual([1]);
});

it('waits while a job uses the device', async () => {
  const { store, screen, seen, want } = setUp();
  const job = { kind: 'video', share: 0, failure: undefined, secondsLeft: undefined, file: undefined } as const;
  store.update({ export: { ...job, status: 'running' } });
  want(1);
  await drawOne(screen);
  expect(seen).toEqual([]);
  store.update({ export: { ...job, status: 'done' } });
  await drawOne(screen);
  expect(seen).toEqual([1]);
});

it('another model has other faces: nothing of the former one is kept or handed over', async () => {
  const { store, screen, thumbnails, seen, want } = setUp();
  want(1);
  await drawOne(screen);
  want(2);
  await settled();
  store.update({ model: modelOf({ another: true }) });
  expect(thumbnails.get(face(1))).toBeUndefined();
  await drawOne(screen);
  expect(seen).toEqual([1]);
  await drawOne(screen);
  expect(screen.drawn).toEqual([1, 2, 2]);
  expect(seen).toEqual([1, 2]);
});

it('does without where there is no room, and when the screen is closed', async () => {
  const { screen, seen, want } = setUp();
  screen.hasRoom = false;
  want(1);
  await drawOne(screen);
  const other = setUp();
  other.screen.isFree = false;
  other.want(1);
  other.screen.isClosed = true;
  other.screen.free();
  await drawOne(other.screen);
  expect([seen, other.seen]).toEqual([[], []]);
});

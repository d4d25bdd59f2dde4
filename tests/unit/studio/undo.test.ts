/** Undo and redo: what counts as one step, and what is no step at all. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { advance, drag, grab, lookFrom, release } from '../../../src/camera/orbit';
import { withEdit, withMode, withSeed } from '../../../src/studio/face/face-actions';
import { History } from '../../../src/studio/shared/history';
import { initialState, type StudioState } from '../../../src/studio/shared/state';
import { Store } from '../../../src/studio/shared/store';
import { UndoKeeper } from '../../../src/studio/shared/undo-keeper';

describe('History', () => {
  test('goes back and forth; a change after going back forgets what was undone', () => {
    const history = new History(0);
    expect([history.canUndo, history.canRedo, history.undo(), history.redo()]).toEqual([
      false,
      false,
      undefined,
      undefined,
    ]);
    for (const value of [1, 2, 3]) history.note(value, 0, undefined);
    expect([history.undo(), history.undo(), history.redo(), history.undo()]).toEqual([2, 1, 2, 1]);
    history.note(9, 0, undefined);
    expect(history.canRedo).toBe(false);
    expect([history.undo(), history.undo(), history.undo()]).toEqual([1, 0, undefined]);
  });

  test('takes a run of changes of one part for one step, until the hand rests or goes elsewhere', () => {
    const history = new History(0);
    for (let value = 1; value <= 5; value++) history.note(value, 100 * value, 'slider');
    history.note(6, 550, 'other slider');
    history.note(7, 1200, 'other slider');
    expect([history.undo(), history.undo(), history.undo(), history.undo()]).toEqual([6, 5, 0, undefined]);
  });

  test('a change without a part is a step of its own, however quickly it comes', () => {
    const history = new History(0);
    for (const value of [1, 2, 3]) history.note(value, 0, undefined);
    expect([history.undo(), history.undo()]).toEqual([2, 1]);
  });

  test('after going back, the next change is a new step even at once', () => {
    const history = new History(0);
    history.note(1, 0, 'slider');
    history.undo();
    history.note(2, 10, 'slider');
    expect(history.undo()).toBe(0);
  });

  test('a value that says the same is no change; one that changed by itself is no step', () => {
    const history = new History({ at: 0 }, (a, b) => a.at === b.at);
    history.note({ at: 0 }, 0, undefined);
    expect(history.canUndo).toBe(false);
    history.replace({ at: 5 });
    expect(history.canUndo).toBe(false);
    history.note({ at: 6 }, 0, undefined);
    expect(history.undo()).toEqual({ at: 5 });
  });

  test('keeps two hundred steps and can begin anew', () => {
    const history = new History(0);
    for (let value = 1; value <= 300; value++) history.note(value, 0, undefined);
    let steps = 0;
    while (history.canUndo) {
      history.undo();
      steps++;
    }
    expect(steps).toBe(200);
    history.reset(7);
    expect([history.canUndo, history.canRedo]).toEqual([false, false]);
  });
});

describe('UndoKeeper', () => {
  let store: Store<StudioState>;
  let undo: UndoKeeper;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    store = new Store(initialState());
    undo = new UndoKeeper(store);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const change = (to: (state: StudioState) => Partial<StudioState>) => store.update(to(store.state));
  const seed = () => store.state.face.sources[0];
  const rest = () => vi.advanceTimersByTime(1000);

  test('brings face, settings and view back, and says whether it can', () => {
    const before = store.state;
    change(({ face }) => ({ face: withSeed(0, 7)(face) }));
    rest();
    change(({ settings }) => ({ settings: { ...settings, picture: 'depth' } }));
    rest();
    change(({ view }) => ({ view: lookFrom(view, { yaw: 1 }) }));
    expect(store.state).toMatchObject({ canUndo: true, canRedo: false });
    undo.undo();
    expect(store.state.view.yaw).toBe(0);
    undo.undo();
    expect(store.state.settings.picture).toBe('image');
    undo.undo();
    expect(store.state.face).toEqual(before.face);
    expect(store.state).toMatchObject({ canUndo: false, canRedo: true });
    for (let step = 0; step < 3; step++) undo.redo();
    expect(store.state.view.yaw).toBe(1);
    expect(seed()).toMatchObject({ seed: 7 });
  });

  test('faces that follow each other quickly are a step each, a slider that is dragged is one', () => {
    for (const next of [3, 4, 5]) change(({ face }) => ({ face: withSeed(0, next)(face) }));
    for (const value of [0.1, 0.2, 0.3]) change(({ face }) => ({ face: withEdit(0, 2, value)(face) }));
    undo.undo();
    expect(seed()).toEqual({ kind: 'seed', seed: 5, edits: {} });
    undo.undo();
    undo.undo();
    expect(seed()).toMatchObject({ seed: 3 });
  });

  test('a drag of the camera with its swing is one step, and is brought back at rest', () => {
    change(({ view }) => ({ view: grab(view) }));
    change(({ view }) => ({ view: drag(view, 40, 5, { width: 400, height: 400 }, 0.02) }));
    change(({ view }) => ({ view: drag(view, 40, 5, { width: 400, height: 400 }, 0.02) }));
    change(({ view }) => ({ view: release(view) }));
    change(({ view }) => ({ view: advance(view, 0.1) }));
    expect(store.state.view.yawVelocity).not.toBe(0);
    undo.undo();
    expect(store.state.view).toMatchObject({ yaw: 0, pitch: 0, yawVelocity: 0, held: false });
    expect(store.state.canUndo).toBe(false);
  });

  test('what moves by itself is no step, and undo stops a walk', () => {
    change(({ face }) => ({ face: withMode('walk')(face) }));
    rest();
    change(() => ({ isPlaying: true }));
    for (const walkPosition of [0.1, 0.2, 0.3]) change(({ face }) => ({ face: { ...face, walkPosition } }));
    undo.undo();
    expect(store.state.face.mode).toBe('single');
    expect(store.state.isPlaying).toBe(false);
    expect(store.state.canUndo).toBe(false);

    change(({ settings }) => ({ settings: { ...settings, autoRotate: true } }));
    rest();
    for (const yaw of [0.1, 0.2]) change(({ view }) => ({ view: lookFrom(view, { yaw }) }));
    undo.undo();
    expect(store.state.settings.autoRotate).toBe(false);
    expect(store.state.canUndo).toBe(false);
  });
});

/** The stage while something is learnt: when it asks for a picture. The run is played. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { homeOf, type OrbitState } from '../../../../src/camera/orbit';
import type { LearnRun, LearnState, TrainingRunState } from '../../../../src/studio/learn/learn-state';
import { LiveView } from '../../../../src/studio/learn/live-view';
import { initialState, type StudioState } from '../../../../src/studio/shared/state';
import { Store } from '../../../../src/studio/shared/store';
import type { LearntPicture } from '../../../../src/training/loops/learner';

type Finer = ConstructorParameters<typeof LiveView>[3];

/** What a picture takes, in milliseconds. */
const TAKES = 30;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A run at step 0 that goes on, in a room that shows it. */
function stage(finer?: (work: () => Promise<LearntPicture>) => Promise<LearntPicture>) {
  const store = new Store<StudioState>(initialState());
  let state = { status: 'running', position: { seed: 0, step: 0, images: 0 } } as TrainingRunState;
  const render = vi.fn(async (): Promise<LearntPicture> => {
    await new Promise((resolve) => setTimeout(resolve, TAKES));
    return { width: 1, height: 1, rgb: new Float32Array(3) };
  });
  const learn = (change: Partial<LearnState>) => store.update({ learn: { ...store.state.learn, ...change } });
  const tell = (change: Partial<TrainingRunState>) => {
    state = { ...state, ...change };
    learn({ run: { state } as LearnRun });
  };
  learn({ isRoomOpen: true });
  tell({});
  const live = new LiveView(store, { render, get state() { return state; } }, homeOf(), finer as Finer); // biome-ignore format: one line
  const look = (change: Partial<OrbitState>) => {
    const { live } = store.state;
    store.update({ live: { ...live!, view: { ...live!.view, ...change } } });
  };
  return { store, render, learn, tell, live, look };
}

const toStep = (step: number) => ({ position: { seed: 0, step, images: step } });

test('has a picture at once, and another for every other camera, the newest one', async () => {
  const { render, look, store } = stage();
  await vi.advanceTimersByTimeAsync(2 * TAKES);
  expect(render).toHaveBeenCalledTimes(1);
  expect(store.state.live).toMatchObject({ step: 0, picture: { width: 1 } });
  look({ yaw: 0.1 });
  look({ yaw: 0.2 });
  look({ yaw: 0.3 });
  await vi.advanceTimersByTimeAsync(3 * TAKES);
  expect(render).toHaveBeenCalledTimes(3); // the first of them, and what had become of it when that was done
});

test('because of steps alone it takes but a small share of the time', async () => {
  const { render, tell } = stage();
  await vi.advanceTimersByTimeAsync(2 * TAKES);
  for (let step = 1; step <= 100; step++) {
    tell(toStep(step));
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(render.mock.calls.length).toBeGreaterThan(5);
  expect((render.mock.calls.length * TAKES) / 5000).toBeLessThan(0.2);
});

test('what is learnt in the end is shown without waiting', async () => {
  const { render, tell, store } = stage();
  await vi.advanceTimersByTimeAsync(2 * TAKES);
  tell({ ...toStep(7), status: 'done' });
  await vi.advanceTimersByTimeAsync(TAKES);
  expect(render).toHaveBeenCalledTimes(2);
  expect(store.state.live?.step).toBe(7);
});

test('when nothing goes on any more the picture becomes finer, until it does not, and a hand comes first', async () => {
  let side = 1;
  const { store, render, tell, look } = stage(async (work) => {
    side = Math.min(4, 2 * side);
    return { ...(await work()), width: side };
  });
  await vi.advanceTimersByTimeAsync(2 * TAKES);
  expect(render).toHaveBeenCalledTimes(1); // while it goes on, it stays as it is
  tell({ status: 'paused' });
  await vi.advanceTimersByTimeAsync(9 * TAKES);
  expect(render).toHaveBeenCalledTimes(4); // 2, 4, and 4 again
  expect(store.state.live?.picture?.width).toBe(4);
  look({ held: true, yaw: 1 });
  await vi.advanceTimersByTimeAsync(9 * TAKES);
  expect(render).toHaveBeenCalledTimes(5);
  expect(store.state.live?.picture?.width).toBe(1);
});

test('asks for nothing while the face is shown, or another room, or the run was left', async () => {
  const { render, learn, tell, live, look, store } = stage();
  await vi.advanceTimersByTimeAsync(2 * TAKES);
  learn({ wantsLive: false });
  look({ yaw: 1 });
  tell(toStep(50));
  await vi.advanceTimersByTimeAsync(5000);
  expect(render).toHaveBeenCalledTimes(1);
  learn({ wantsLive: true, isRoomOpen: false });
  await vi.advanceTimersByTimeAsync(5000);
  expect(render).toHaveBeenCalledTimes(1);
  live.close();
  expect(store.state.live).toBeUndefined();
  learn({ isRoomOpen: true });
  await vi.advanceTimersByTimeAsync(5000);
  expect(render).toHaveBeenCalledTimes(1);
});

/**
 * The studio's pure parts: the store, the settings and their ranges, the pace and the frame loop.
 */
import { describe, expect, test, vi } from 'vitest';
import { BufferLimitError, NoAdapterError, WebGpuUnavailableError } from '../../../src/gpu/errors';
import type { GeneratorConfig } from '../../../src/models/config';
import { LossHistory } from '../../../src/studio/model/loss-history';
import { WeightsMissingError } from '../../../src/studio/model/weights-errors';
import { describeFailure, LoadingCancelledError } from '../../../src/studio/shared/failure';
import {
  carrySettings,
  defaultSettings,
  depthSampleChoices,
  neuralResolutionChoices,
  renderSettingsFor,
  sanitiseSettings,
} from '../../../src/studio/shared/settings';
import { Store } from '../../../src/studio/shared/store';
import { FrameLoop, FrameLoopStoppedError } from '../../../src/studio/view/frame-loop';
import { Pace } from '../../../src/studio/view/pace';
import { modelConfig } from './studio-fixtures';

const CONFIG: GeneratorConfig = modelConfig();

describe('Store', () => {
  test('tells listeners of real changes only, until they leave', () => {
    const store = new Store({ seed: 1, psi: 0.5 });
    const heard = vi.fn();
    const leave = store.subscribe(heard);
    store.update({ seed: 1 });
    expect(heard).not.toHaveBeenCalled();
    store.update({ seed: 2 });
    expect(heard).toHaveBeenCalledExactlyOnceWith({ seed: 2, psi: 0.5 }, { seed: 1, psi: 0.5 });
    leave();
    store.update({ seed: 3 });
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('settings', () => {
  test('defaults are the model’s own; the second pass keeps the model’s proportion', () => {
    const settings = defaultSettings(CONFIG);
    expect(settings).toMatchObject({ picture: 'image', neuralResolution: 56, depthSamples: 24 });
    expect(settings).toMatchObject({ renderer: 'volumetric', layout: 'single', wipe: 0.5 });
    expect(renderSettingsFor(CONFIG, { ...settings, depthSamples: 8 })).toEqual({
      neuralResolution: 56,
      depthSamples: 8,
      importanceSamples: 12,
      quality: 'fast',
    });
  });

  test('offers no resolution that the super-resolution refuses, but the model’s own and the present one', () => {
    expect(neuralResolutionChoices(CONFIG, 40)).toEqual([32, 40, 48, 56, 64]);
    const resizing = { ...CONFIG, superResolution: { ...CONFIG.superResolution, resize: 'when-different' as const } };
    expect(neuralResolutionChoices(resizing, 56)).toEqual([32, 48, 56, 64, 96, 128]);
    expect(depthSampleChoices(CONFIG, 20)).toContain(20);
  });

  test('brings wild values into range', () => {
    const wild = { wipe: -3.7, slice: 9, neuralResolution: 1e9, depthSamples: 0.2 };
    expect(sanitiseSettings(CONFIG, wild)).toEqual({
      picture: 'image',
      renderer: 'volumetric',
      layout: 'single',
      wipe: 0,
      against: 'convolutional',
      slice: 1,
      backdrop: 'page',
      autoRotate: false,
      neuralResolution: 64,
      depthSamples: 4,
      quality: 'fast',
      adapts: true,
    });
    expect(sanitiseSettings(CONFIG, { renderer: 'convolutional', picture: 'depth' }).picture).toBe('image');
    expect(sanitiseSettings(CONFIG, { wipe: Number.NaN, slice: Number.NaN })).toMatchObject({ wipe: 0.5, slice: 0 });
  });

  test('a backdrop goes along to another model', () => {
    const settings = sanitiseSettings(CONFIG, { backdrop: '#FF8800' });
    expect(settings.backdrop).toBe('#ff8800');
    expect(carrySettings(CONFIG, settings)).toMatchObject({ backdrop: '#ff8800' });
    expect(sanitiseSettings(CONFIG, { backdrop: '#ff88' }).backdrop).toBe('page');
  });
});

describe('FrameLoop', () => {
  test('has one frame on its way at most, and the next one shows everything since', async () => {
    const callbacks: ((now: number) => void)[] = [];
    const finish: (() => void)[] = [];
    const draw = vi.fn(() => new Promise<void>((resolve) => finish.push(resolve)));
    const loop = new FrameLoop(draw, (callback) => callbacks.push(callback));
    loop.request();
    loop.request();
    expect(callbacks.length).toBe(1);
    callbacks.shift()!(0);
    loop.request();
    loop.request();
    expect(draw).toHaveBeenCalledTimes(1);
    expect(callbacks.length).toBe(0);
    finish.shift()!();
    await vi.waitFor(() => expect(callbacks.length).toBe(1));
    callbacks.shift()!(16);
    finish.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
    expect(draw).toHaveBeenCalledTimes(2);
    expect(callbacks.length).toBe(0);
  });

  test('draws nothing once stopped', async () => {
    const draw = vi.fn(() => Promise.resolve());
    const callbacks: ((now: number) => void)[] = [];
    const loop = new FrameLoop(draw, (callback) => callbacks.push(callback));
    loop.request();
    loop.stop();
    callbacks[0]!(0);
    loop.request();
    expect(draw).not.toHaveBeenCalled();
    expect(callbacks.length).toBe(1);
  });

  test('stopping takes as long as what is on its way, and does not wait for a page that is hidden', async () => {
    const finish: (() => void)[] = [];
    const callbacks: ((now: number) => void)[] = [];
    const draw = () => new Promise<void>((resolve) => finish.push(resolve));
    const drawing = new FrameLoop(draw, (callback) => callbacks.push(callback));
    drawing.request();
    callbacks[0]!(0);
    const ended = vi.fn();
    const stopped = drawing.stop().then(ended);
    await new Promise((resolve) => setTimeout(resolve));
    expect(ended).not.toHaveBeenCalled();
    finish[0]!();
    await stopped;
    const hidden = new FrameLoop(draw, () => {});
    hidden.request();
    await hidden.stop();
  });

  test('in a page that nobody sees steps go on, and the frame comes when it is seen again', async () => {
    const callbacks: ((now: number) => void)[] = [];
    const draw = vi.fn(() => Promise.resolve());
    const page = Object.assign(new EventTarget(), { hidden: false }) as unknown as Document & { hidden: boolean };
    const loop = new FrameLoop(draw, (callback) => callbacks.push(callback), undefined, page);
    const step = vi.fn(() => Promise.resolve());
    const see = (isSeen: boolean) => {
      page.hidden = !isSeen;
      page.dispatchEvent(new Event('visibilitychange'));
    };
    loop.request();
    const first = loop.between(step);
    see(false); // while the frame waits for a repaint, and the step for the frame
    await first;
    await loop.between(step);
    expect(step).toHaveBeenCalledTimes(2);
    callbacks[0]!(0); // of a frame that was given up
    expect(draw).not.toHaveBeenCalled();
    see(true);
    await new Promise((resolve) => setTimeout(resolve));
    callbacks.at(-1)!(0);
    expect(draw).toHaveBeenCalledTimes(1);
    await loop.stop();
  });

  test('steps of a job go between frames: frames first, one thing at a time', async () => {
    const order: string[] = [];
    const loop = new FrameLoop(
      async () => {
        order.push('frame');
      },
      (callback) => queueMicrotask(() => callback(0)),
    );
    const first = loop.between(async () => {
      order.push('step 1');
      loop.request();
      expect(loop.isIdle).toBe(false);
      return 1;
    });
    const second = loop.between(async () => {
      order.push('step 2');
      expect(loop.isIdle).toBe(true); // the canvas is as it should be while a job goes on
    });
    const third = loop.between(async () => {
      throw new Error('broken step');
    });
    await expect(third).rejects.toThrow('broken step');
    expect(await first).toBe(1);
    await second;
    expect(order).toEqual(['step 1', 'frame', 'step 2']);
  });

  test('steps that wait when the loop stops are refused', async () => {
    const loop = new FrameLoop(async () => undefined);
    loop.stop();
    await expect(loop.between(async () => 1)).rejects.toBeInstanceOf(FrameLoopStoppedError);
  });
});

describe('Pace', () => {
  const frame = { milliseconds: 5, isMoving: true };

  test('frames a second count motion only and are kept at rest', () => {
    const pace = new Pace();
    expect(pace.framesPerSecond).toBeUndefined();
    for (const begun of [0, 20, 40, 60]) pace.note({ ...frame, begun });
    expect(pace.framesPerSecond).toBeCloseTo(50);
    pace.note({ ...frame, begun: 5000, isMoving: false });
    pace.note({ ...frame, begun: 9000 });
    expect(pace.framesPerSecond).toBeCloseTo(50);
  });

  test('the display is found out from frames that are surely quicker than it, and is a usual one until then', () => {
    const pace = new Pace();
    for (let index = 0; index < 20; index++) pace.note({ ...frame, begun: index * 33, milliseconds: 30 });
    expect(pace.repaintInterval).toBeCloseTo(1000 / 60);
    for (let index = 0; index < 20; index++) pace.note({ ...frame, begun: 5000 + index * 8, milliseconds: 2 });
    expect(pace.repaintInterval).toBe(8);
    pace.note({ ...frame, begun: 6000 });
    expect(pace.repaintInterval).toBe(8);
  });
});

describe('LossHistory', () => {
  test('waits longer after each loss, gives up after the fourth, and forgets after a minute', () => {
    const losses = new LossHistory();
    expect([0, 100, 2000, 8000].map((now) => losses.note(now))).toEqual([0, 1000, 4000, undefined]);
    expect(losses.count).toBe(4);
    expect(losses.note(100_000)).toBe(0);
    losses.note(100_001);
    losses.forget();
    expect(losses.note(100_002)).toBe(0);
  });
});

describe('describeFailure', () => {
  test.each([
    [new WebGpuUnavailableError(), 'no-webgpu'],
    [new NoAdapterError(), 'no-adapter'],
    [new BufferLimitError('planes', 5e8, 2e8), 'limit'],
    [new WeightsMissingError('a.safetensors', 404), 'weights'],
    [new LoadingCancelledError(), 'cancelled'],
    [new TypeError('x is not a function'), 'unknown'],
    ['a bare string', 'unknown'],
  ])('%s', (error, kind) => {
    const failure = describeFailure(error);
    expect(failure.kind).toBe(kind);
    expect(failure.message.length).toBeGreaterThan(5);
    expect(failure.remedy.length).toBeGreaterThan(10);
  });
});

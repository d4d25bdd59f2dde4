/** The two ends of a worker, over a channel instead of a script: what crosses, and what is told when nothing comes. */
import { transfer } from 'comlink';
import { afterEach, expect, test } from 'vitest';
import { MissingFactsError } from '../../../src/checkpoints/errors';
import { NoSurfaceError } from '../../../src/geometry/errors';
import { RemoteWorker, serve, WorkerError } from '../../../src/studio/shared/workers';

const opened: RemoteWorker<object>[] = [];

afterEach(() => {
  for (const worker of opened.splice(0)) worker.end();
});

/** The page's end of a worker, and the worker as the browser shows it to the page. */
function open<Functions extends object>(functions: Functions, signal?: AbortSignal) {
  const { port1, port2 } = new MessageChannel();
  serve(functions, port2);
  const terminate = () => {
    port1.close();
    port2.close();
  };
  const script = Object.assign(port1, { terminate }) as unknown as Worker;
  const worker = new RemoteWorker<Functions>(script, (details) => new TypeError(`It stopped: ${details}.`), signal);
  opened.push(worker);
  return { worker, script };
}

const thrower = {
  throw: (what: unknown) => {
    throw what === 'surface'
      ? new NoSurfaceError(3, 1, 2)
      : what === 'facts'
        ? new MissingFactsError(['box_warp'])
        : what;
  },
};

test('an error keeps its code, its words and its remedy', async () => {
  const { worker } = open(thrower);
  const before = new NoSurfaceError(3, 1, 2);
  const after = await worker.ask((there) => there.throw('surface')).catch((error: unknown) => error);
  expect(after).toBeInstanceOf(WorkerError);
  const { code, name, message, remedy } = before;
  expect(after).toMatchObject({ code, name, message, remedy, foreignName: undefined });
});

test('missing facts are told by name', async () => {
  const { worker } = open(thrower);
  const after = await worker.ask((there) => there.throw('facts')).catch((error: unknown) => error);
  expect(after).toBeInstanceOf(MissingFactsError);
  expect(after).toMatchObject({ missing: ['box_warp'] });
});

test('an error of the browser keeps its name, and gets a remedy', async () => {
  const { worker } = open(thrower);
  const after = await worker.ask((there) => there.throw(new RangeError('too long'))).catch((error: unknown) => error);
  expect(after).toMatchObject({ message: 'too long', foreignName: 'RangeError', remedy: expect.stringMatching(/\.$/) });
});

test('memory changes hands in both directions', async () => {
  const { worker } = open({
    doubled: (numbers: Float32Array) => {
      const result = numbers.map((value) => 2 * value);
      return transfer(result, [result.buffer]);
    },
  });
  const numbers = Float32Array.of(1, 2, 3);
  const doubled = await worker.ask((there) => there.doubled(transfer(numbers, [numbers.buffer])));
  expect(numbers.byteLength).toBe(0);
  expect(doubled).toEqual(Float32Array.of(2, 4, 6));
});

test('progress is told until the answer is there, and not afterwards', async () => {
  let report: (share: number) => void = () => {};
  const { worker } = open({
    work: async (onProgress?: (share: number) => void) => {
      report = onProgress!;
      await onProgress!(0.5);
      return 'done';
    },
  });
  const shares: number[] = [];
  const answer = await worker.ask(
    (there, onProgress) => there.work(onProgress),
    (share: number) => shares.push(share),
  );
  expect(answer).toBe('done');
  await report(1);
  expect(shares).toEqual([0.5]);
});

test('who waits is told when the worker is ended, stopped by its signal, or does not run', async () => {
  const stuck = { never: () => new Promise<void>(() => {}) };
  const reason = new Error('not wanted any more');

  const { worker: ended } = open(stuck);
  const waiting = ended.ask((there) => there.never());
  ended.end(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(ended.ask((there) => there.never())).rejects.toBe(reason);

  const controller = new AbortController();
  const { worker: stopped } = open(stuck, controller.signal);
  const stopping = stopped.ask((there) => there.never());
  controller.abort(reason);
  await expect(stopping).rejects.toBe(reason);

  for (const [event, message] of [
    [new Event('error'), 'It stopped: its script did not run.'],
    [Object.assign(new Event('error'), { message: 'x is not defined' }), 'It stopped: x is not defined.'],
    [new Event('messageerror'), 'It stopped: its answer was lost.'],
  ] as const) {
    const { worker: broken, script } = open(stuck);
    const failing = broken.ask((there) => there.never());
    script.dispatchEvent(event);
    await expect(failing).rejects.toThrow(message);
  }
});

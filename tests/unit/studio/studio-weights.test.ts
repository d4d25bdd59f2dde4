/**
 * The weight loader against a server and a cache that misbehave in every way that we could think of.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ModelEntry, pickEntry, readModelEntry } from '../../../src/studio/model/model-index';
import { forgetOtherVersions, loadWeights, sha256, type WeightsProgress } from '../../../src/studio/model/weights';
import {
  ModelIndexError,
  NotWeightsError,
  WeightsHashError,
  WeightsMissingError,
  WeightsSizeError,
  WeightsUnreachableError,
} from '../../../src/studio/model/weights-errors';

const FOLDER = new URL('http://here.test/app/weights/');
const CONTENT = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

async function entryFor(bytes: Uint8Array<ArrayBuffer>): Promise<ModelEntry> {
  const file = { file: 'tiny.safetensors', bytes: bytes.length, sha256: await sha256(bytes) };
  return { id: 'tiny', name: 'Tiny', ...file, student: undefined, first: undefined };
}

/** Answers every request with the same response and counts the requests. */
function serve(respond: (signal: AbortSignal | null | undefined, init: RequestInit) => Response | Promise<Response>) {
  const fetched = vi.fn((_: unknown, init: RequestInit = {}) => Promise.resolve(respond(init.signal, init)));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

/** A Cache API that lives in memory and has a single cache. */
class MemoryCaches {
  readonly entries = new Map<string, Uint8Array<ArrayBuffer>>();
  full = false;

  async open() {
    return {
      match: async (key: string) => {
        const bytes = this.entries.get(key);
        return bytes && new Response(bytes);
      },
      put: async (key: string, response: Response) => {
        if (this.full) throw new DOMException('The disk is full.', 'QuotaExceededError');
        this.entries.set(key, new Uint8Array(await response.arrayBuffer()));
      },
      delete: async (key: string | { url: string }) => this.entries.delete(typeof key === 'string' ? key : key.url),
      keys: async () => [...this.entries.keys()].map((url) => ({ url })),
    };
  }

  /** The same as the type that the loader takes; the loader uses no more of it than is here. */
  get storage(): CacheStorage {
    const storage: Partial<CacheStorage> = {};
    Object.assign(storage, { open: () => this.open() });
    return storage as CacheStorage;
  }
}

function inPieces(bytes: Uint8Array<ArrayBuffer>, pieceBytes: number): Response {
  let position = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (position >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(position, position + pieceBytes));
      position += pieceBytes;
    },
  });
  return new Response(body);
}

afterEach(() => vi.unstubAllGlobals());

describe('loadWeights', () => {
  test('downloads with progress, keeps the file and does not download it again', async () => {
    const entry = await entryFor(CONTENT);
    const fetched = serve(() => inPieces(CONTENT, 300));
    const caches = new MemoryCaches();
    const progress: WeightsProgress[] = [];
    const first = await loadWeights(FOLDER, entry, { caches: caches.storage, onProgress: (p) => progress.push(p) });
    expect(first).toEqual({ bytes: CONTENT, source: 'network', notKept: undefined });
    expect(progress.map((p) => `${p.phase} ${p.receivedBytes}`)).toEqual([
      'download 0',
      'download 300',
      'download 600',
      'download 900',
      'download 1000',
      'check 1000',
    ]);
    const second = await loadWeights(FOLDER, entry, { caches: caches.storage });
    expect(second.source).toBe('cache');
    expect(second.bytes).toEqual(CONTENT);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  test('throws a damaged entry of the cache away and downloads the file again', async () => {
    const entry = await entryFor(CONTENT);
    const fetched = serve(() => new Response(CONTENT));
    const caches = new MemoryCaches();
    await loadWeights(FOLDER, entry, { caches: caches.storage });
    const [key] = [...caches.entries.keys()];
    caches.entries.set(key!, CONTENT.slice(0, 10));
    const loaded = await loadWeights(FOLDER, entry, { caches: caches.storage });
    expect(loaded).toEqual({ bytes: CONTENT, source: 'network', notKept: undefined });
    expect(caches.entries.get(key!)).toEqual(CONTENT);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('a new version of the file takes the place of the old one', async () => {
    const caches = new MemoryCaches();
    serve(() => new Response(CONTENT));
    await loadWeights(FOLDER, await entryFor(CONTENT), { caches: caches.storage });
    const newer = CONTENT.map((value) => 255 - value);
    serve(() => new Response(newer));
    await loadWeights(FOLDER, await entryFor(newer), { caches: caches.storage });
    expect([...caches.entries.values()]).toEqual([newer]);
  });

  test('past a cache on the way that has a former version of the file, shorter or of the same size', async () => {
    const entry = await entryFor(CONTENT);
    for (const former of [CONTENT.slice(0, 700), CONTENT.map((value) => 255 - value)]) {
      const fetched = serve((_, { cache }) => new Response(cache === 'reload' ? CONTENT : former));
      const loaded = await loadWeights(FOLDER, entry, { caches: new MemoryCaches().storage });
      expect(loaded).toEqual({ bytes: CONTENT, source: 'network', notKept: undefined });
      expect(fetched).toHaveBeenCalledTimes(2);
    }
  });

  test('former versions of a file can be forgotten without asking for the present one', async () => {
    const caches = new MemoryCaches();
    serve(() => new Response(CONTENT));
    const former = await entryFor(CONTENT);
    await loadWeights(FOLDER, former, { caches: caches.storage });
    await forgetOtherVersions(
      FOLDER,
      { ...former, file: 'another.safetensors', sha256: '0'.repeat(64) },
      caches.storage,
    );
    await forgetOtherVersions(FOLDER, former, caches.storage);
    expect(caches.entries.size).toBe(1);
    await forgetOtherVersions(FOLDER, { ...former, sha256: '0'.repeat(64) }, caches.storage);
    expect(caches.entries.size).toBe(0);
    await expect(forgetOtherVersions(FOLDER, former, undefined)).resolves.toBeUndefined();
  });

  test('falls back to memory, and says why, without a cache and with a full disk', async () => {
    const entry = await entryFor(CONTENT);
    serve(() => new Response(CONTENT));
    expect(await loadWeights(FOLDER, entry, { caches: undefined })).toMatchObject({ notKept: 'no-storage' });
    const refusing = { open: () => Promise.reject(new DOMException('denied', 'SecurityError')) };
    const caches = new MemoryCaches();
    const refusingStorage = Object.assign(caches.storage, refusing);
    expect(await loadWeights(FOLDER, entry, { caches: refusingStorage })).toMatchObject({ notKept: 'no-storage' });
    caches.full = true;
    expect(await loadWeights(FOLDER, entry, { caches: caches.storage })).toMatchObject({ notKept: 'storage-full' });
  });

  test.each([
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), WeightsUnreachableError],
    ['404', () => new Response('gone', { status: 404 }), WeightsMissingError],
    [
      'a web page',
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      NotWeightsError,
    ],
    ['a short file', () => new Response(CONTENT.slice(0, 999)), WeightsSizeError],
    ['a long file', () => new Response(new Uint8Array(1001)), WeightsSizeError],
    ['other bytes', () => new Response(new Uint8Array(1000)), WeightsHashError],
  ])('%s: a typed error with a remedy, and nothing is kept', async (_, respond, type) => {
    serve(respond);
    const caches = new MemoryCaches();
    const failed = loadWeights(FOLDER, await entryFor(CONTENT), { caches: caches.storage });
    await expect(failed).rejects.toBeInstanceOf(type);
    await expect(failed).rejects.toMatchObject({ remedy: expect.stringMatching(/again/) });
    expect(caches.entries.size).toBe(0);
  });

  test('a connection that breaks in the middle says how much came', async () => {
    serve(() => {
      let pulls = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            if (pulls++ === 0) controller.enqueue(CONTENT.slice(0, 400));
            else controller.error(new TypeError('network error'));
          },
        }),
      );
    });
    const failed = loadWeights(FOLDER, await entryFor(CONTENT), { caches: undefined });
    await expect(failed).rejects.toMatchObject({ name: 'WeightsSizeError', receivedBytes: 400, expectedBytes: 1000 });
  });

  test('can be stopped while it downloads', async () => {
    const controller = new AbortController();
    serve((signal) => {
      const body = new ReadableStream({
        start: (stream) => signal?.addEventListener('abort', () => stream.error(signal.reason)),
        pull: (stream) => stream.enqueue(CONTENT.slice(0, 1)),
      });
      return new Response(body);
    });
    const reason = new Error('enough');
    const failed = loadWeights(FOLDER, await entryFor(CONTENT), {
      caches: undefined,
      signal: controller.signal,
      onProgress: ({ receivedBytes }) => receivedBytes === 3 && controller.abort(reason),
    });
    await expect(failed).rejects.toBe(reason);
  });
});

describe('the index of models', () => {
  const entry = { id: 'a', name: 'A', file: 'a.safetensors', bytes: 5, sha256: '0'.repeat(64) };

  test('picks the default, or the model that is asked for', () => {
    const other = { ...entry, id: 'b' };
    expect(pickEntry({ models: [entry, other], default: 'b' }).id).toBe('b');
    expect(pickEntry({ models: [entry, other], default: 'b' }, 'a').id).toBe('a');
    expect(pickEntry({ models: [entry, other] }).id).toBe('a');
  });

  test('tells the first view, where there is one: older indices have none', () => {
    const first = { seed: 34, yaw: 25, pitch: 4 };
    expect(pickEntry({ models: [{ ...entry, first }] }).first).toEqual(first);
    expect(pickEntry({ models: [entry] }).first).toBeUndefined();
  });

  test.each([
    ['no list', {}],
    ['an empty list', { models: [] }],
    ['an unknown default', { models: [entry], default: 'z' }],
    ['a file in another folder', { models: [{ ...entry, file: '../../a.safetensors' }] }],
    ['no size', { models: [{ ...entry, bytes: '5' }] }],
    ['no hash', { models: [{ ...entry, sha256: 'x' }] }],
    ['a first view that is no object', { models: [{ ...entry, first: 34 }] }],
    ['a first view without a number', { models: [{ ...entry, first: { seed: 34, yaw: '25', pitch: 4 } }] }],
    ['a first view without an angle', { models: [{ ...entry, first: { seed: 34, yaw: 25 } }] }],
    ['a student without a hash', { models: [{ ...entry, student: { file: 's', bytes: 5 } }] }],
  ])('refuses %s', (_, index) => {
    expect(() => pickEntry(index)).toThrow(ModelIndexError);
  });

  test('refuses what is not JSON', async () => {
    serve(() => new Response('{'));
    await expect(readModelEntry(FOLDER)).rejects.toBeInstanceOf(ModelIndexError);
  });
});

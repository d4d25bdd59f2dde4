/**
 * Opening other models, the parts that need no page: names by content, the way from the worker to the page, kept files, addresses, and what
 * stays of face and view.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lookFrom, orbitAt } from '../../../src/camera/orbit';
import { CheckpointError, MissingTensorError } from '../../../src/checkpoints/errors';
import { parseSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import type { GeneratorConfig } from '../../../src/models/config';
import { type FaceRecipe, faceOfSeed, seedSource } from '../../../src/models/faces/recipe';
import { UnreadableFileError } from '../../../src/studio/model/checkpoint-reader';
import {
  AddressError,
  downloadFile,
  ForeignAddressError,
  modelAddress,
  nameInAddress,
} from '../../../src/studio/model/download';
import { fingerprintOf } from '../../../src/studio/model/fingerprint';
import { KeptFiles } from '../../../src/studio/model/kept-files';
import { weightFactsOf } from '../../../src/studio/model/model-facts';
import { packCheckpoint, unpackCheckpoint } from '../../../src/studio/model/packed-checkpoint';
import { WeightsSizeError } from '../../../src/studio/model/weights-errors';
import { carryStudio, decodeStudio, encodeStudio, restoreStudio } from '../../../src/studio/shared/address';
import { defaultSettings } from '../../../src/studio/shared/settings';
import { WorkerError } from '../../../src/studio/shared/workers';

const PIECE = 4 << 20;

describe('fingerprintOf', () => {
  test('is the SHA-256 of the SHA-256 of the pieces', async () => {
    const bytes = Uint8Array.from({ length: PIECE + 5 }, (_, index) => index % 253);
    const digest = async (part: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', part));
    const [first, second] = [await digest(bytes.slice(0, PIECE)), await digest(bytes.slice(PIECE))];
    const expected = Buffer.from(await digest(new Uint8Array([...first, ...second]))).toString('hex');
    const progress: number[] = [];
    const onProgress = (read: number) => progress.push(read);
    expect(await fingerprintOf(new Blob([bytes]), { onProgress })).toBe(expected);
    expect(progress).toEqual([PIECE, PIECE + 5]);
  });

  test('changes with one bit anywhere; can be stopped', async () => {
    const bytes = new Uint8Array(PIECE + 5);
    const names = [await fingerprintOf(new Blob([])), await fingerprintOf(new Blob([bytes]))];
    for (const position of [0, PIECE - 1, PIECE, PIECE + 4]) {
      bytes[position]! ^= 1;
      names.push(await fingerprintOf(new Blob([bytes])));
    }
    expect(new Set(names).size).toBe(names.length);
    const reason = new Error('enough');
    await expect(fingerprintOf(new Blob([bytes]), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('from the worker to the page', () => {
  const file = writeSafetensors(
    [
      { name: 'decoder.net.0.weight', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      { name: 'backbone.synthesis.b4.const', shape: [2], data: Float32Array.of(0.5, -2), dtype: 'F16' },
      { name: 'backbone.mapping.w_avg', shape: [4], data: new Float32Array(4) },
    ],
    { config: '{}' },
  );

  test('a checkpoint is the same on the other side, and its memory changed hands', () => {
    const before = parseSafetensors(file.slice());
    const packed = packCheckpoint(before);
    expect(packed.buffers.length).toBe(1);
    const after = unpackCheckpoint(structuredClone(packed, { transfer: [...packed.buffers] }));
    expect(packed.buffers[0]!.byteLength).toBe(0);
    expect(after.metadata).toEqual({ config: '{}' });
    expect(after.names().sort()).toEqual(
      ['backbone.mapping.w_avg', 'backbone.synthesis.b4.const', 'decoder.net.0.weight'].sort(),
    );
    expect(after.floats('decoder.net.0.weight')).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(after.floats('backbone.synthesis.b4.const')).toEqual(Float32Array.of(0.5, -2));
    expect(after.info('decoder.net.0.weight')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
    expect(() => after.floats('decoder.net.2.weight')).toThrow(MissingTensorError);
  });

  test('an error keeps its words and its name', () => {
    const after = new UnreadableFileError(
      new WorkerError({ code: 'pickle', message: 'Byte 7 is odd.', remedy: 'Even it.' }),
    );
    expect(after).toBeInstanceOf(CheckpointError);
    expect(after).toMatchObject({ name: 'PickleError', message: 'Byte 7 is odd.', remedy: 'Even it.' });
    const unreadable = new UnreadableFileError(new WorkerError({ message: 'gone', foreignName: 'NotFoundError' }));
    expect(unreadable.remedy).toMatch(/choose it again/);
  });

  test('parameters are what was trained, types the most frequent first', () => {
    expect(weightFactsOf(parseSafetensors(file))).toEqual({ parameters: 8, dtypes: ['F32', 'F16'] });
  });
});

/** A Cache API that lives in memory; `refusal` is thrown by `put`. */
class MemoryCaches {
  readonly entries = new Map<string, Response>();
  refusal: unknown;

  get storage(): CacheStorage {
    const storage: Partial<CacheStorage> = {};
    const cache = {
      match: async (key: string) => this.entries.get(key)?.clone(),
      put: async (key: string, response: Response) => {
        if (this.refusal) throw this.refusal;
        this.entries.set(key, response);
      },
      delete: async (key: string) => this.entries.delete(key),
      keys: async () => [...this.entries.keys()].map((url) => ({ url })),
    };
    return Object.assign(storage, { open: async () => cache }) as CacheStorage;
  }
}

describe('KeptFiles', () => {
  const folder = new URL('http://here.test/app/kept/');
  const named = (digit: string, name = `${digit}.pkl`) => ({ fingerprint: digit.repeat(64), name, like: undefined });

  afterEach(() => vi.useRealTimers());

  test('keeps a file with its name, gives it back by its first digits, and forgets it', async () => {
    const kept = new KeptFiles(folder, new MemoryCaches().storage);
    const file = { ...named('a', 'кот 猫.pkl'), like: 'afhq' as const };
    expect(await kept.keep(new Blob(['meow']), file)).toBe('kept');
    expect(await kept.list()).toMatchObject([{ ...file, bytes: 4 }]);
    const found = await kept.open('a'.repeat(16));
    expect(await found?.file.text()).toBe('meow');
    expect(found?.entry).toMatchObject(file);
    expect(await kept.open('b'.repeat(16))).toBeUndefined();
    await kept.remove(file.fingerprint);
    expect(await kept.list()).toEqual([]);
  });

  test('lists the newest first and keeps five', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const kept = new KeptFiles(folder, new MemoryCaches().storage);
    for (const [index, digit] of [...'012345'].entries()) {
      vi.setSystemTime(1000 * (index + 1));
      await kept.keep(new Blob([digit]), named(digit));
    }
    expect((await kept.list()).map(({ name }) => name)).toEqual(['5.pkl', '4.pkl', '3.pkl', '2.pkl', '1.pkl']);
  });

  test('says why a file could not be kept', async () => {
    const caches = new MemoryCaches();
    const kept = new KeptFiles(folder, caches.storage);
    caches.refusal = new DOMException('full', 'QuotaExceededError');
    expect(await kept.keep(new Blob(['x']), named('a'))).toBe('storage-full');
    caches.refusal = new TypeError('the file is gone');
    expect(await kept.keep(new Blob(['x']), named('a'))).toBe('unreadable');
    const storage: Partial<CacheStorage> = { open: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    const forbidden = new KeptFiles(folder, storage as CacheStorage);
    expect(await forbidden.keep(new Blob(['x']), named('a'))).toBe('no-storage');
    expect(await forbidden.list()).toEqual([]);
  });
});

describe('?model=', () => {
  const page = new URL('https://here.test/app/?model=x');

  test('takes addresses of the page’s own server only', () => {
    expect(modelAddress('weights/a.pkl', page).href).toBe('https://here.test/app/weights/a.pkl');
    expect(modelAddress('/b.pkl', page).href).toBe('https://here.test/b.pkl');
    for (const foreign of ['https://elsewhere.test/a.pkl', '//elsewhere.test/a', 'http://here.test/a', 'data:,x']) {
      expect(() => modelAddress(foreign, page), foreign).toThrow(ForeignAddressError);
    }
    expect(() => modelAddress('https://', page)).toThrow(AddressError);
    expect(nameInAddress(new URL('https://here.test/a/my%20cat.pkl?x=1'))).toBe('my cat.pkl');
  });

  test('downloads with progress, and notices a short answer', async () => {
    const answer = (announced: number) =>
      vi.stubGlobal('fetch', async () => new Response('12345', { headers: { 'content-length': String(announced) } }));
    const progress: string[] = [];
    const onProgress = (received: number, total: number) => progress.push(`${received} of ${total}`);
    const { signal } = new AbortController();
    answer(5);
    const blob = await downloadFile(new URL('a.pkl', page), { signal, onProgress });
    expect(await blob.text()).toBe('12345');
    expect(progress).toEqual(['0 of 5', '5 of 5']);
    answer(9);
    await expect(downloadFile(new URL('a.pkl', page), { signal, onProgress })).rejects.toBeInstanceOf(WeightsSizeError);
    vi.unstubAllGlobals();
  });
});

describe('what stays when another model is opened', () => {
  const model = (neuralResolution: number, depthSamples: number, radius: number) => {
    const config: Partial<GeneratorConfig> = {
      mapping: { zDim: 4, cDim: 25, wDim: 8, numWs: 4, layers: 2, lrMultiplier: 1 },
      camera: { radius, pivot: [0, 0, radius / 10], focal: 4 },
    };
    const rendering = { neuralResolution, depthSamples, importanceSamples: depthSamples };
    const superResolution = { resize: 'when-smaller', inputResolution: 128 };
    return Object.assign(config, { rendering, superResolution }) as GeneratorConfig;
  };
  const [small, large] = [model(32, 12, 2), model(128, 48, 3)];

  test('face and angles do; quality follows the model unless the person chose another', () => {
    const view = lookFrom(orbitAt({ yaw: 0, pitch: 0, ...small.camera }), { yaw: 0.5, pitch: -0.2, radius: 3 });
    const settings = { ...defaultSettings(small), picture: 'depth' as const };
    const face: FaceRecipe = {
      ...faceOfSeed(7, 4),
      psi: 0.5,
      sources: [seedSource(7, { 1: 2 })],
      directions: [{ direction: 0, strength: 1, from: 0, to: 3 }],
    };
    const untouched = carryStudio(large, small, { settings, face, view });
    expect(untouched.face).toEqual({ ...faceOfSeed(7, 4), psi: 0.5 }); // edits and directions are the former model's own
    expect(untouched.settings).toEqual({
      picture: 'depth',
      backdrop: 'page',
      renderer: 'volumetric',
      layout: 'single',
      wipe: 0.5,
      against: 'convolutional',
      slice: 0,
      autoRotate: false,
      neuralResolution: 128,
      depthSamples: 48,
      quality: 'fast',
      adapts: true,
    });
    expect(untouched.view).toMatchObject({ radius: 4.5, pivot: [0, 0, 0.3], home: large.camera });
    expect(untouched.view.yaw).toBeCloseTo(0.5);
    expect(untouched.view.pitch).toBeCloseTo(-0.2);
    const chosen = carryStudio(large, small, { settings: { ...settings, neuralResolution: 48 }, face, view });
    expect(chosen.settings).toMatchObject({ neuralResolution: 48, depthSamples: 48 });
    const back = carryStudio(small, large, {
      settings: { ...defaultSettings(large), neuralResolution: 9999 },
      face,
      view,
    });
    expect(back.settings).toMatchObject({ neuralResolution: 128, depthSamples: 12 });
  });

  test('the address names an opened file by the first digits of its fingerprint', () => {
    const kept = restoreStudio(small, { settings: {}, face: {}, view: {} });
    const fragment = encodeStudio(small, kept, '0123456789abcdef'.repeat(4));
    expect(fragment).toBe('model=0123456789abcdef&seed=0');
    expect(decodeStudio(`#${fragment.replace('seed=0', 'seed=3')}`)).toMatchObject({
      model: '0123456789abcdef',
      face: { seed: 3 },
    });
    for (const nonsense of ['', '0123', 'x'.repeat(16), '../../etc/passwd']) {
      expect(decodeStudio(`#model=${encodeURIComponent(nonsense)}`).model).toBeUndefined();
    }
  });
});

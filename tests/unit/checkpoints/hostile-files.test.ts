/**
 * Files that mean harm or are broken: whatever comes in, a reader answers with a CheckpointError, soon, and without taking memory that the
 * file does not justify. Two thousand and more mutations of the real pickle, and of torch files made from it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError, UnknownFormatError, UnsupportedModelError } from '../../../src/checkpoints/errors';
import { openPickle } from '../../../src/checkpoints/pickle/unpickle';
import { openCheckpoint, readCheckpoint } from '../../../src/checkpoints/read-checkpoint';
import { ZipBombError, ZipError } from '../../../src/checkpoints/zip/archive';
import { ModelConfigError, readGeneratorConfig } from '../../../src/models/generator-config';
import { writePickle } from '../../support/pickle-writer';
import { torchLegacy, torchZip } from '../../support/torch-files';
import { writeZip } from '../../support/zip-writer';

const pickle = new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/generator_small_nosrc.pkl')));
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
/** For a file that is answered at once; generous, since tests share their machine. */
const SOON = 10_000;

/** Opens a file, reads its configuration and numbers; returns the typed error, if one comes. Anything else fails the test. */
async function outcome(file: Uint8Array): Promise<Error | undefined> {
  try {
    const opened = await openCheckpoint(file);
    expect(opened.byteLength).toBeLessThanOrEqual(2 * file.byteLength + (32 << 20));
    readGeneratorConfig(await opened.read());
    return undefined;
  } catch (error) {
    if (!(error instanceof CheckpointError) && !(error instanceof ModelConfigError)) throw error;
    return error;
  }
}

async function refusal(file: Uint8Array): Promise<Error> {
  const error = await outcome(file);
  expect(error).toBeDefined();
  return error!;
}

/** Where a change matters: not in the middle of megabytes of numbers. */
interface Change {
  readonly at: number;
  readonly bytes: readonly number[];
}

const INTERESTING = [
  0x00, 0x01, 0x28, 0x2e, 0x30, 0x42, 0x52, 0x58, 0x62, 0x65, 0x68, 0x6a, 0x74, 0x75, 0x7f, 0x80, 0x93, 0xff,
];
const byte = fc.oneof(fc.constantFrom(...INTERESTING), fc.integer({ min: 0, max: 255 }));

/** Changes of one to eight bytes at places that are mostly in the instructions between the storages. */
function changesOf(places: readonly number[]): fc.Arbitrary<Change[]> {
  const at = fc.integer({ min: 0, max: places.length - 1 }).map((index) => places[index]!);
  return fc.array(fc.record({ at, bytes: fc.array(byte, { minLength: 1, maxLength: 8 }) }), {
    minLength: 1,
    maxLength: 4,
  });
}

/** Tries each mutation in place, and mends it. */
async function tryChanges(file: Uint8Array, places: readonly number[], numRuns: number): Promise<void> {
  let refused = 0;
  const property = fc.asyncProperty(changesOf(places), async (changes) => {
    const saved = changes.map(({ at, bytes }) => file.slice(at, at + bytes.length));
    for (const { at, bytes } of changes) file.set(bytes.slice(0, file.length - at), at);
    try {
      if (await outcome(file)) refused++;
    } finally {
      for (let i = changes.length - 1; i >= 0; i--) file.set(saved[i]!, changes[i]!.at);
    }
  });
  await fc.assert(property, { numRuns });
  console.info(`${refused} of ${numRuns} mutations were refused, all others read`);
  expect(refused).toBeGreaterThan(numRuns / 10); // else the changes went where they do not matter
}

/** All bytes but those far inside of long storages. */
function structuralPlaces(file: Uint8Array): number[] {
  const places: number[] = [];
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('latin1');
  for (const match of text.matchAll(/[\x20-\x7e]{7,}/g)) {
    for (let at = match.index - 24; at < match.index + match[0].length + 24; at++) {
      if (at >= 0 && at < file.length) places.push(at);
    }
  }
  expect(places.length).toBeGreaterThan(10_000);
  return places;
}

describe('mutations', () => {
  it('of the official pickle: a typed error or a valid result', async () => {
    await tryChanges(pickle.slice(), structuralPlaces(pickle), 2000);
  }, 300_000);

  it('of the zip layout', async () => {
    const file = await torchZip(pickle);
    await tryChanges(file, structuralPlaces(file), 300);
  }, 120_000);

  it('of the legacy layout', async () => {
    const file = await torchLegacy(pickle);
    await tryChanges(file, structuralPlaces(file), 300);
  }, 120_000);

  it('of protocol 0, where everything is text', async () => {
    const { value } = await openPickle(pickle);
    const file = writePickle(value, { protocol: 0, source: pickle });
    await tryChanges(
      file,
      Array.from({ length: file.length }, (_, index) => index),
      50,
    );
  }, 120_000);

  it('cut anywhere', async () => {
    const length = fc.integer({ min: 0, max: pickle.length - 1 });
    await fc.assert(
      fc.asyncProperty(length, async (end) => {
        await refusal(pickle.subarray(0, end));
      }),
      { numRuns: 200 },
    );
  }, 120_000);

  it('nothing but noise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        await refusal(noise);
        await refusal(Uint8Array.of(0x80, 4, ...noise));
      }),
      { numRuns: 500 },
    );
  });
});

describe('other kinds of files, whatever their names', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['a PNG', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'PNG'],
    ['a JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', 'JPEG'],
    ['a page', '<!DOCTYPE html><title>404</title>', 'web page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1', 'Git LFS'],
    ['a text', 'dear reader', 'unknown'],
  ])('%s', async (_, start, what) => {
    const error = await refusal(latin1(start.padEnd(start === '' ? 0 : 200, '\0')));
    expect(error).toBeInstanceOf(UnknownFormatError);
    expect(error.message).toContain(what);
  });
});

describe('pickles of other things', () => {
  it.each<[what: string, file: string, named: string]>([
    ['a call of os.system', "cos\nsystem\n(S'rm -rf /'\ntR.", 'os.system'],
    ['a call hidden in a state', '}(X\x05\0\0\0G_emacbuiltins\neval\n(X\x01\0\0\x001tRu.', 'G_ema'],
    ['a network of another kind', ')\x81.', ''],
    ['a number', '\x80\x02K\x05.', 'number 5'],
    ['a list of itself', '\x80\x02]q\x00h\x00a.', 'a list'],
    ['a dict of itself', '\x80\x02}q\x00X\x05\0\0\0G_emah\x00s.', 'a dict'],
  ])('%s', async (_, file, named) => {
    const error = await refusal(latin1(file));
    expect(error.message).toContain(named);
  });

  it(
    'modules inside of each other without end',
    async () => {
      // A module whose child is itself: {'_modules': {'backbone': <itself>}}
      const file = latin1('\x80\x02cm\nTriPlaneGenerator\n)\x81q\x00}X\x08\0\0\0_modules}X\x08\0\0\0backboneh\x00ssb.');
      const error = await refusal(file);
      expect(error).toBeInstanceOf(UnsupportedModelError);
      expect(error.message).toContain('too many modules');
    },
    SOON,
  );
});

describe('zip archives', () => {
  let honest: Uint8Array;
  beforeAll(async () => {
    honest = await torchZip(pickle);
  });

  it(
    'with entries that claim terabytes',
    async () => {
      const claims = { bytes: 2 ** 40, packedBytes: 10 };
      const file = await writeZip([
        { name: 'archive/data.pkl', data: latin1('\x80\x02N.'), deflate: true, claims, zip64: true },
      ]);
      expect(await refusal(file)).toBeInstanceOf(ZipBombError);
    },
    SOON,
  );

  it(
    'that unpack to far more than they claim',
    async () => {
      const data = new Uint8Array(50_000_000);
      const file = await writeZip([{ name: 'archive/data.pkl', data, deflate: true, claims: { bytes: 1000 } }]);
      expect((await refusal(file)).message).toContain('more than the 1000 bytes');
    },
    SOON,
  );

  it('that unpack to less than they claim, or not at all', async () => {
    const data = latin1('\x80\x02N.');
    const short = await writeZip([{ name: 'archive/data.pkl', data, deflate: true, claims: { bytes: 1000 } }]);
    expect((await refusal(short)).message).toContain('not to the 1000');
    const broken = await writeZip([{ name: 'archive/data.pkl', data, claims: { method: 8 } }]);
    expect((await refusal(broken)).message).toContain('cannot be unpacked');
  });

  it.each<[what: string, claims: { method?: number; flags?: number; packedBytes?: number }, message: string]>([
    ['encrypted', { flags: 1 }, 'encrypted'],
    ['packed in another way', { method: 12 }, 'method 12'],
    ['beyond the end', { packedBytes: 100_000 }, 'beyond the end'],
  ])('with entries %s', async (_, claims, message) => {
    const file = await writeZip([{ name: 'a/data.pkl', data: latin1('\x80\x02N.'), claims }]);
    const error = await refusal(file);
    expect(error).toBeInstanceOf(ZipError);
    expect(error.message).toContain(message);
  });

  it('cut short, of another kind, of a program, of a big-endian machine', async () => {
    expect(await refusal(honest.subarray(0, honest.length - 100))).toBeInstanceOf(ZipError);
    const text = await writeZip([{ name: 'word/document.xml', data: latin1('<x/>') }]);
    expect((await refusal(text)).message).toContain('no data.pkl');
    const script = await torchZip(pickle, { extra: [{ name: 'archive/constants.pkl', data: latin1('\x80\x02).') }] });
    expect((await refusal(script)).message).toContain('TorchScript');
    const big = await torchZip(pickle, { extra: [{ name: 'archive/byteorder', data: latin1('big') }] });
    expect((await refusal(big)).message).toContain('big-endian');
  });

  it('with zip64 fields, which are honest', async () => {
    const file = await torchZip(pickle, {
      extra: [{ name: 'archive/note', data: latin1('a small entry with wide fields'), zip64: true }],
    });
    expect((await readCheckpoint(file)).has('backbone.synthesis.b4.const')).toBe(true);
  });
});

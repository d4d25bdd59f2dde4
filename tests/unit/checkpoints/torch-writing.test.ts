/** Torch files that we write: our own reader gives back what went in, and the bytes are laid out as torch lays them. */
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { byteSource } from '../../../src/checkpoints/byte-source';
import { DTYPE_BYTES, type Dtype } from '../../../src/checkpoints/dtypes';
import { UnsupportedModelError } from '../../../src/checkpoints/errors';
import { writeTorchFile } from '../../../src/checkpoints/torch/write-file';
import type { TorchTensorData, TorchValue } from '../../../src/checkpoints/torch/write-pickle';
import { ZipArchive } from '../../../src/checkpoints/zip/archive';
import { crc32 } from '../../../src/checkpoints/zip/crc32';
import { directoryOf, recordOf, StoredZip } from '../../../src/checkpoints/zip/write-stored';
import { readTorchZip } from '../../support/torch-contents';

const text = (contents: string) => new TextEncoder().encode(contents);

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

const tensor: fc.Arbitrary<TorchTensorData> = fc
  .tuple(
    fc.constantFrom<Dtype>('F32', 'F16', 'I64', 'BF16', 'U8', 'BOOL'),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  )
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, extent) => product * extent, 1) * DTYPE_BYTES[dtype];
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({ dtype, shape, bytes }));
  });
const dict = fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(tensor, fc.string())).map(asMap);
const nested = fc.dictionary(fc.constantFrom('G', 'D', 'G_ema', 'config'), fc.oneof(dict, fc.string())).map(asMap);

function asMap<T>(entries: Record<string, T>): Map<string, T> {
  return new Map(Object.entries(entries));
}

describe('a torch file', () => {
  it('gives back what was written', async () => {
    await fc.assert(
      fc.asyncProperty(nested, async (contents) => {
        expect(await readTorchZip(writeTorchFile(contents as TorchValue))).toEqual(contents);
      }),
      { numRuns: 60 },
    );
  });

  it('has the entries of torch, each storage at a multiple of 64 bytes, the same bytes each time', async () => {
    const weight = { dtype: 'F32', shape: [2, 3], bytes: new Uint8Array(24).fill(7) } as const;
    const halves = { dtype: 'F16', shape: [1], bytes: Uint8Array.of(1, 2) } as const;
    const file = writeTorchFile(
      new Map<string, TorchValue>([
        ['G', new Map([['a.weight', weight]])],
        ['b', halves],
      ]),
    );
    const archive = await ZipArchive.open(byteSource(file));
    expect(archive.names()).toEqual([
      'archive/data.pkl',
      'archive/byteorder',
      'archive/data/0',
      'archive/data/1',
      'archive/version',
    ]);
    for (const name of archive.names()) expect((await archive.entry(name)).fileOffset % 64, name).toBe(0);
    expect(
      writeTorchFile(
        new Map<string, TorchValue>([
          ['G', new Map([['a.weight', weight]])],
          ['b', halves],
        ]),
      ),
    ).toEqual(file);
  });

  it('is refused for element types without a storage', () => {
    const tensor = { dtype: 'U32', shape: [], bytes: new Uint8Array(4) } as const;
    expect(() => writeTorchFile(new Map([['x', tensor]]))).toThrow(UnsupportedModelError);
  });
});

describe('a stored zip', () => {
  it('is opened by another reader, which checks the sums', () => {
    const zip = new StoredZip();
    const pieces = [
      ...zip.entry('a.txt', text('hello')),
      ...zip.entry(
        'folder/ä.bin',
        Uint8Array.from({ length: 1001 }, (_, at) => (at * 37) & 255),
      ),
      ...zip.entry('empty', new Uint8Array(0)),
    ];
    const found = unzipSync(joined([...pieces, zip.end()]));
    expect(Object.keys(found)).toEqual(['a.txt', 'folder/ä.bin', 'empty']);
    expect(found['a.txt']).toEqual(text('hello'));
  });

  it('has the sums that the standard gives', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
    expect(crc32(text('The quick brown fox jumps over the lazy dog'))).toBe(0x414fa339);
  });

  it('holds more entries than 16 bits count', async () => {
    const zip = new StoredZip();
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < 65_536; at++) pieces.push(...zip.entry(`${at}`, Uint8Array.of(at & 255)));
    pieces.push(zip.end());
    const archive = await ZipArchive.open(byteSource(new Blob(pieces as BlobPart[])));
    expect(archive.names()).toHaveLength(65_536);
    const { contents } = await archive.entry('65535');
    expect(await contents.read(0, 1)).toEqual(Uint8Array.of(255));
  });

  it('names places beyond 4 GB', async () => {
    const far = 5_000_000_000;
    const directory = directoryOf([recordOf(text('far'), 1, 2, far)], far + 100);
    // The reader sees a file of that size of which only the end is there.
    const size = far + 100 + directory.byteLength;
    const source = {
      size,
      read: async (offset: number, length: number) => {
        const whole = new Uint8Array(length);
        for (let at = 0; at < length; at++) whole[at] = directory[offset + at - (far + 100)] ?? 0;
        if (offset === far) new DataView(whole.buffer).setUint32(0, 0x04034b50, true);
        return whole;
      },
    };
    const archive = await ZipArchive.open(source);
    expect(await archive.entry('far')).toMatchObject({ fileOffset: far + 30 });
  });
});

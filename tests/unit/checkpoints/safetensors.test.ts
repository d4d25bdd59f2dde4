/** Reading and writing safetensors: every element type, every source, and every way in which a file can be broken. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CheckpointError,
  CheckpointHeaderError,
  CheckpointTensorError,
  CheckpointTruncatedError,
  MissingTensorError,
} from '../../../src/checkpoints/errors';
import {
  floatsOfShape,
  parseSafetensors,
  readSafetensors,
  type WritableTensor,
  writeSafetensors,
} from '../../../src/checkpoints/safetensors';
import { readFixture } from '../fixtures';

/** A file from a header that may be anything, and some bytes of data. */
function fileOf(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = typeof data === 'number' ? new Uint8Array(data) : data;
  const file = new Uint8Array(8 + json.length + bytes.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(bytes, 8 + json.length);
  return file;
}

const entry = (dtype: string, shape: unknown, begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The file in chunks; `close` false leaves the stream open, as a stalled network does. */
function streamOf(file: Uint8Array, chunkBytes: number, close = true): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent < file.length) {
        controller.enqueue(file.slice(sent, sent + chunkBytes));
        sent += chunkBytes;
      } else if (close) controller.close();
    },
  });
}

const EXAMPLE: WritableTensor[] = [
  { name: 'half', shape: [3], data: Float32Array.of(1, -2, 0.333251953125), dtype: 'F16' },
  { name: 'block.weight', shape: [2, 2], data: Float32Array.of(1.5, -2.25, 1e-7, 4) },
  { name: 'scalar', shape: [], data: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], data: new Float32Array(0) },
];
const EXAMPLE_FILE = writeSafetensors(EXAMPLE, { config: '{"z_dim": 64}' });

describe('reading', () => {
  test('gives back what was written: names, shapes, numbers, metadata', () => {
    const checkpoint = parseSafetensors(EXAMPLE_FILE);
    expect(checkpoint.names().sort()).toEqual(['block.weight', 'empty', 'half', 'scalar']);
    expect(checkpoint.metadata).toEqual({ config: '{"z_dim": 64}' });
    for (const { name, shape, data, dtype = 'F32' } of EXAMPLE) {
      expect(checkpoint.info(name)).toMatchObject({ shape, dtype });
      expect(checkpoint.floats(name)).toEqual(data);
    }
  });

  test('an F32 tensor is a view of the file, not a copy', () => {
    expect(parseSafetensors(EXAMPLE_FILE).floats('block.weight').buffer).toBe(EXAMPLE_FILE.buffer);
  });

  test('a tensor at an odd address is read all the same', () => {
    const header = { byte: entry('U8', [1], 0, 1), float: entry('F32', [1], 1, 5), half: entry('F16', [1], 5, 7) };
    const data = new Uint8Array([9, ...bytesOf(Float32Array.of(0.1)), 0x00, 0x3c]);
    for (const padding of ['', ' ', '  ', '   ']) {
      const checkpoint = parseSafetensors(Buffer.from(fileOf(JSON.stringify(header) + padding, data)));
      expect(checkpoint.floats('float')).toEqual(Float32Array.of(0.1));
      expect(checkpoint.floats('half')).toEqual(Float32Array.of(1));
      expect(checkpoint.ints('byte')).toEqual(Int32Array.of(9));
    }
  });

  test.each<[string, ArrayBufferView, number[]]>([
    ['F64', Float64Array.of(0.5, -1e-3), [0.5, Math.fround(-1e-3)]],
    ['F32', Float32Array.of(0.5, -3), [0.5, -3]],
    ['F16', Uint16Array.of(0x3c00, 0x8001), [1, -(2 ** -24)]],
    ['BF16', Uint16Array.of(0x3f80, 0xc040), [1, -3]],
    ['I64', BigInt64Array.of(-5n, 2n ** 31n - 1n), [-5, 2 ** 31]],
    ['U64', BigUint64Array.of(5n, 6n), [5, 6]],
    ['I32', Int32Array.of(-5, 6), [-5, 6]],
    ['U32', Uint32Array.of(5, 6), [5, 6]],
    ['I16', Int16Array.of(-5, 6), [-5, 6]],
    ['U16', Uint16Array.of(5, 65535), [5, 65535]],
    ['I8', Int8Array.of(-5, 6), [-5, 6]],
    ['U8', Uint8Array.of(5, 255), [5, 255]],
    ['BOOL', Uint8Array.of(0, 1), [0, 1]],
  ])('%s becomes floats', (dtype, array, expected) => {
    const data = bytesOf(array);
    const checkpoint = parseSafetensors(fileOf({ x: entry(dtype, [2], 0, data.length) }, data));
    expect([...checkpoint.floats('x')]).toEqual(expected);
  });

  test('integers come as I32 where they fit, and are refused by name where not', () => {
    const fits = bytesOf(BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n));
    const ints = parseSafetensors(fileOf({ x: entry('I64', [2], 0, 16) }, fits)).ints('x');
    expect([...ints]).toEqual([-(2 ** 31), 2 ** 31 - 1]);
    const large = parseSafetensors(fileOf({ steps: entry('U32', [1], 0, 4) }, bytesOf(Uint32Array.of(2 ** 31))));
    expect(() => large.ints('steps')).toThrow(/"steps" holds 2147483648 at element 0/);
    expect(() => parseSafetensors(EXAMPLE_FILE).ints('half')).toThrow(/"half" holds F16/);
  });

  test('a missing tensor is named, with similar names', () => {
    const checkpoint = parseSafetensors(EXAMPLE_FILE);
    expect(checkpoint.has('G.block.weight')).toBe(false);
    expect(() => checkpoint.floats('G.block.weight')).toThrow(MissingTensorError);
    expect(() => checkpoint.floats('G.block.weight')).toThrow(/Similar: "block.weight"/);
  });

  test('a shape that the configuration does not expect is refused with both shapes', () => {
    const checkpoint = parseSafetensors(EXAMPLE_FILE);
    expect(floatsOfShape(checkpoint, 'block.weight', [2, 2])).toHaveLength(4);
    expect(() => floatsOfShape(checkpoint, 'block.weight', [4, 1])).toThrow(/\[2, 2\].*\[4, 1\]/);
  });

  test('reads a file of the reference, written by another program', () => {
    const rays = readFixture('rays');
    expect(rays.info('pose.out.cam2world').shape).toEqual([6, 4, 4]);
    expect(rays.metadata.video_pose).toContain('"frames": 8');
  });
});

describe('sources', () => {
  test('a Blob, a buffer and streams with any chunks give the same', async () => {
    const sources = [
      new Blob([EXAMPLE_FILE]),
      EXAMPLE_FILE.buffer,
      EXAMPLE_FILE,
      ...[1, 3, 7, 64, 1e6].map((chunk) => streamOf(EXAMPLE_FILE, chunk)),
    ];
    for (const source of sources) {
      const checkpoint = await readSafetensors(source);
      for (const { name, data } of EXAMPLE) expect(checkpoint.floats(name)).toEqual(data);
    }
  });

  test('progress counts up to the whole file', async () => {
    const calls: [number, number | undefined][] = [];
    await readSafetensors(streamOf(EXAMPLE_FILE, 50), { onProgress: (read, total) => calls.push([read, total]) });
    expect(calls.at(-1)).toEqual([EXAMPLE_FILE.length, EXAMPLE_FILE.length]);
    expect(calls.every(([read], i) => i === 0 || read >= calls[i - 1]![0])).toBe(true);
  });

  test('a stream that ends early says how many bytes of how many came', async () => {
    const whole = EXAMPLE_FILE.length;
    const cut = streamOf(EXAMPLE_FILE.slice(0, whole - 5), 16);
    await expect(readSafetensors(cut)).rejects.toThrow(CheckpointTruncatedError);
    const again = streamOf(EXAMPLE_FILE.slice(0, whole - 5), 16);
    await expect(readSafetensors(again)).rejects.toThrow(`after ${whole - 5} of ${whole} bytes`);
  });

  test('a Blob that was cut short names the tensor that is not all there', async () => {
    const cut = new Blob([EXAMPLE_FILE.slice(0, -5)]);
    await expect(readSafetensors(cut)).rejects.toMatchObject({ name: 'CheckpointTruncatedError', tensor: 'half' });
  });

  test('bytes behind the last tensor are refused, in a stream too', async () => {
    const longer = new Uint8Array([...EXAMPLE_FILE, 0]);
    expect(() => parseSafetensors(longer)).toThrow(CheckpointHeaderError);
    await expect(readSafetensors(streamOf(longer, 16))).rejects.toThrow(CheckpointHeaderError);
  });

  test('can be cancelled, even while the network stalls', async () => {
    const controller = new AbortController();
    const reading = readSafetensors(streamOf(EXAMPLE_FILE.slice(0, 40), 16, false), { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readSafetensors(EXAMPLE_FILE, { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test("a stream's own failure is passed on", async () => {
    const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('connection reset')) });
    await expect(readSafetensors(failing)).rejects.toThrow('connection reset');
  });
});

describe('broken files', () => {
  const lengthOnly = (length: bigint) => {
    const file = new Uint8Array(16);
    new DataView(file.buffer).setBigUint64(0, length, true);
    return file;
  };

  test.each([
    ['an empty file', new Uint8Array(0), CheckpointTruncatedError, /0 bytes/],
    ['a few bytes', new Uint8Array(7), CheckpointTruncatedError, /7 bytes/],
    ['an absurd header length', lengthOnly(2n ** 63n), CheckpointHeaderError, /at most 100000000/],
    [
      'a header longer than the file',
      lengthOnly(1000n),
      CheckpointTruncatedError,
      /1000 bytes, but the whole file has 16/,
    ],
    ['no JSON', fileOf('{"a": '), CheckpointHeaderError, /not JSON/],
    ['no UTF-8', fileOf(`{"${String.fromCharCode(0xd800)}":1}`).fill(0xff, 10, 12), CheckpointHeaderError, /not JSON/],
    ['a list', fileOf([]), CheckpointHeaderError, /not an object/],
    ['null', fileOf('null'), CheckpointHeaderError, /not an object/],
    ['metadata that is no object', fileOf({ __metadata__: 'x' }), CheckpointHeaderError, /__metadata__/],
    ['metadata of numbers', fileOf({ __metadata__: { n: 1 } }), CheckpointHeaderError, /strings only.*"n"/],
    ['__proto__ in metadata', fileOf('{"__metadata__": {"__proto__": "x"}}'), CheckpointHeaderError, /__proto__/],
  ])('%s: refused as a whole', (_, file, type, message) => {
    expect(() => parseSafetensors(file)).toThrow(type);
    expect(() => parseSafetensors(file)).toThrow(message);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['no entry', { w: 5 }, 0, /no object/],
    ['null entry', { w: null }, 0, /no object/],
    ['unknown element type', { w: entry('F8_E4M3', [1], 0, 1) }, 1, /F8_E4M3.*known are/],
    ['an element type from the prototype', { w: entry('toString', [1], 0, 1) }, 1, /unknown element type/],
    ['no shape', { w: { dtype: 'F32', data_offsets: [0, 4] } }, 4, /shape is no list/],
    ['a negative extent', { w: entry('F32', [-1], 0, 4) }, 4, /shape holds -1/],
    ['a fraction', { w: entry('F32', [1.5], 0, 6) }, 6, /shape holds 1.5/],
    ['a text', { w: entry('F32', ['1'], 0, 4) }, 4, /shape holds "1"/],
    ['a huge extent', { w: entry('F32', [2 ** 53], 0, 4) }, 4, /not a whole number/],
    ['a huge product', { w: entry('F32', [2 ** 30, 2 ** 30], 0, 4) }, 4, /more bytes than can be counted/],
    ['no offsets', { w: { dtype: 'F32', shape: [1] } }, 4, /data_offsets/],
    ['offsets that run backwards', { w: entry('F32', [1], 4, 0) }, 4, /begin <= end/],
    ['negative offsets', { w: entry('F32', [1], -4, 0) }, 4, /begin <= end/],
    ['a size that does not match', { w: entry('F32', [3], 0, 8) }, 8, /takes 12 bytes, its data_offsets give 8/],
    ['a size beyond the file', { w: entry('F32', [3], 0, 12) }, 8, /ends at data byte 12.*only 8/],
    ['an overlap', { a: entry('F32', [2], 0, 8), w: entry('F32', [2], 4, 12) }, 12, /inside tensor "a"/],
    ['the same range twice', { a: entry('F32', [1], 0, 4), w: entry('F32', [1], 0, 4) }, 4, /inside tensor "a"/],
    ['a hole in front', { w: entry('F32', [1], 4, 8) }, 8, /belong to no tensor/],
    ['a hole between', { a: entry('U8', [1], 0, 1), w: entry('U8', [1], 2, 3) }, 3, /belong to no tensor/],
    ['a repeated name', '{"w": {"dtype":"U8","shape":[0],"data_offsets":[0,0]}, "\\u0077": {}}', 0, /"w" twice/],
  ])('%s: refused, naming the tensor', (_, header, dataBytes, message) => {
    const file = fileOf(header, dataBytes);
    expect(() => parseSafetensors(file)).toThrow(message);
    try {
      parseSafetensors(file);
    } catch (error) {
      expect(error).toBeInstanceOf(CheckpointError);
      expect(error).toMatchObject({ tensor: 'w' });
    }
  });

  test('a tensor called __proto__ is refused and changes nothing', () => {
    const file = fileOf('{"__proto__": {"dtype":"U8","shape":[0],"data_offsets":[0,0]}}');
    expect(() => parseSafetensors(file)).toThrow(CheckpointTensorError);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });

  test('a header that is deep or long does not break the reader', () => {
    expect(() => parseSafetensors(fileOf(`{"a":${'['.repeat(200_000)}`))).toThrow(CheckpointError);
    const name = 'n'.repeat(100_000);
    expect(() => parseSafetensors(fileOf({ [name]: 5 }))).toThrow(/nnn\.\.\."/);
  });

  test('whatever bytes change, the answer is a checkpoint or a typed error', async () => {
    const changes = fc.array(fc.tuple(fc.nat(EXAMPLE_FILE.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(EXAMPLE_FILE.length), fc.boolean(), async (edits, length, cut) => {
        const file = EXAMPLE_FILE.slice(0, cut ? length : EXAMPLE_FILE.length);
        for (const [at, value] of edits) if (at < file.length) file[at] = value;
        let outcomes = 0;
        for (const read of [async () => parseSafetensors(file), () => readSafetensors(streamOf(file, 100))]) {
          try {
            const checkpoint = await read();
            for (const name of checkpoint.names()) {
              const { shape } = checkpoint.info(name);
              expect(checkpoint.floats(name)).toHaveLength(shape.reduce((a, b) => a * b, 1));
            }
            outcomes++;
          } catch (error) {
            expect(error).toBeInstanceOf(CheckpointError);
            outcomes--;
          }
        }
        expect(Math.abs(outcomes)).toBe(2); // both ways of reading agree
      }),
      { numRuns: 1500 },
    );
  });

  test('whatever the header says, the answer is a checkpoint or a typed error', () => {
    const number = fc.oneof(fc.nat(20), fc.integer(), fc.double(), fc.maxSafeInteger());
    const anyEntry = fc.record({
      dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'U8', 'I64', 'BOOL'), fc.string()),
      shape: fc.oneof(fc.array(number, { maxLength: 4 }), fc.jsonValue()),
      data_offsets: fc.oneof(fc.tuple(number, number), fc.jsonValue()),
    });
    const anyHeader = fc.dictionary(fc.string(), fc.oneof(anyEntry, fc.jsonValue()), { maxKeys: 5 });
    fc.assert(
      fc.property(anyHeader, fc.nat(40), (header, dataBytes) => {
        try {
          parseSafetensors(fileOf(header, dataBytes));
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('writing', () => {
  test('whatever the tensors, reading gives them back', () => {
    const floats = fc.array(fc.float(), { maxLength: 40 }).map((values) => Float32Array.from(values));
    const names = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && name !== '__metadata__');
    const texts = fc.dictionary(names, fc.string(), { maxKeys: 4 });
    const tensors = fc.dictionary(names, floats, { maxKeys: 6, noNullPrototype: true });
    fc.assert(
      fc.property(tensors, texts, (arrays, metadata) => {
        const written = Object.entries(arrays).map(([name, data]) => ({ name, shape: [data.length], data }));
        const checkpoint = parseSafetensors(writeSafetensors(written, metadata));
        expect(checkpoint.names().sort()).toEqual(Object.keys(arrays).sort());
        for (const { name, data } of written) expect(checkpoint.floats(name)).toEqual(data);
        expect(Object.entries(checkpoint.metadata)).toEqual(Object.entries(metadata));
      }),
    );
  });

  test('aligns every tensor to its element size', () => {
    const file = writeSafetensors(EXAMPLE);
    const checkpoint = parseSafetensors(file);
    for (const name of checkpoint.names()) expect(checkpoint.info(name).byteOffset % 2).toBe(0);
    expect(checkpoint.floats('block.weight').buffer).toBe(file.buffer);
  });

  test('refuses names that are taken and shapes that do not fit', () => {
    const data = Float32Array.of(1, 2);
    const tensor = { name: 'a', shape: [2], data };
    expect(() => writeSafetensors([tensor, tensor])).toThrow(/"a" is used twice/);
    expect(() => writeSafetensors([{ ...tensor, name: '__metadata__' }])).toThrow(/reserved/);
    expect(() => writeSafetensors([{ ...tensor, shape: [3] }])).toThrow(/\[3\] comes with 2 values/);
  });
});

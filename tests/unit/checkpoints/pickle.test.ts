/** The pickle reader, instruction by instruction, and on what Python itself wrote in all protocols. Nothing is ever run. */
import { describe, expect, it } from 'vitest';
import { byteSource } from '../../../src/checkpoints/byte-source';
import { CheckpointError } from '../../../src/checkpoints/errors';
import {
  PickleError,
  PickleLimitError,
  PickleRefusedError,
  PickleStructureError,
  PickleTruncatedError,
} from '../../../src/checkpoints/pickle/errors';
import { LIMITS } from '../../../src/checkpoints/pickle/limits';
import { booleanOf, entriesOf, entryOf, itemsOf, numberOf, numbersOf } from '../../../src/checkpoints/pickle/plain';
import { byteStringSource, shortBytes } from '../../../src/checkpoints/pickle/text-bytes';
import { openPickle } from '../../../src/checkpoints/pickle/unpickle';
import {
  PickleBytes,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PicklePersistent,
  PickleSet,
  PickleText,
  PickleTuple,
  type PickleValue,
} from '../../../src/checkpoints/pickle/values';
import { EVERY_KIND, NUMPY } from './pickle-samples';

/** Bytes from a text of Latin-1. */
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const decoded = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const read = async (pickle: string | Uint8Array) =>
  (await openPickle(typeof pickle === 'string' ? latin1(pickle) : pickle)).value;

/** Plain JavaScript for comparisons: tuples as { tuple }, objects as { call, args, ... }. */
function plain(value: PickleValue | undefined): unknown {
  if (value instanceof PickleList) return value.items.map(plain);
  if (value instanceof PickleTuple) return { tuple: value.items.map(plain) };
  if (value instanceof PickleSet) return { set: value.items.map(plain) };
  if (value instanceof PickleDict) return new Map([...value.entries].map(([key, entry]) => [plain(key), plain(entry)]));
  if (value instanceof PickleGlobal) return value.qualifiedName;
  if (value instanceof PickleBytes) return { bytes: [...(value.inline ?? [])] };
  if (value instanceof PicklePersistent) return { persistent: plain(value.id) };
  if (!(value instanceof PickleObject)) return value;
  return {
    call: plain(value.callable),
    args: value.args.map(plain),
    ...(value.kwargs !== undefined && { kwargs: plain(value.kwargs) }),
    ...(value.state !== undefined && { state: plain(value.state) }),
    ...(value.items && { items: value.items.map(plain) }),
    ...(value.entries && { entries: [...value.entries].map(([key, entry]) => [plain(key), plain(entry)]) }),
  };
}

describe('what Python wrote', () => {
  it.each([0, 1, 2, 3, 4, 5])('protocol %i: every kind of value', async (protocol) => {
    const value = await read(decoded(EVERY_KIND[protocol]!));
    const entry = (key: string) => entryOf(value, key)!;
    expect(itemsOf(entry('int'))).toEqual([
      0,
      1,
      -2,
      255,
      256,
      70000,
      2 ** 31,
      -(2 ** 31) - 1,
      2 ** 40,
      -(2n ** 53n),
      2n ** 70n,
      -(2n ** 70n),
    ]);
    expect(itemsOf(entry('float'))).toEqual([0.5, -1e300, Infinity]);
    expect(itemsOf(entry('tuple'))?.map((tuple) => itemsOf(tuple)?.length)).toEqual([0, 1, 2, 3, 4]);
    expect(itemsOf(entry('set'))).toEqual([7]);
    expect(itemsOf(entry('frozen'))).toEqual([8]);
    expect(shortBytes(entry('bytes'))).toEqual(latin1('\0a\xff\n\\'));
    expect(entry('text')).toBe('é\n\\ü€😀\\u0041');
    expect(entry('none')).toBeNull();
    expect(itemsOf(entry('bool'))).toEqual([true, false]);
    expect([...entriesOf(entry('ordered'))!]).toEqual([['k', 'v']]);
    const shared = itemsOf(entry('shared'))!;
    expect(plain(shared[0])).toEqual(['x']);
    expect(shared[0]).toBe(shared[1]);
  });

  it.each([0, 2, 4])('protocol %i: numbers and small arrays of numpy', async (protocol) => {
    const value = await read(decoded(NUMPY.get(protocol)!));
    const numbers = ['f8', 'f4', 'f2', 'i8', 'u1'].map((key) => numberOf(entryOf(value, key)));
    expect(numbers).toEqual([0.25, -3.5, 1.5, -5, 200]);
    expect(booleanOf(entryOf(value, 'b'))).toBe(true);
    expect(numbersOf(entryOf(value, 'arr'))).toEqual([0, 0, 0.2]);
    expect(numbersOf(entryOf(value, 'arri'))).toEqual([1, 2, 3]);
  });
});

describe('instructions', () => {
  it.each<[name: string, pickle: string, value: unknown]>([
    ['INT', 'I-12\n.', -12],
    ['INT as boolean', 'I01\n.', true],
    ['LONG', 'L123456789012345678901L\n.', 123456789012345678901n],
    ['LONG without its L', 'L5\n.', 5],
    ['LONG1 of no bytes', '\x8a\x00.', 0],
    ['LONG1', '\x8a\x02\x00\xff.', -256],
    ['LONG4', '\x8b\x01\x00\x00\x00\x7f.', 127],
    ['BININT', 'J\xff\xff\xff\xff.', -1],
    ['BININT2', 'M\x34\x12.', 0x1234],
    ['FLOAT', 'F-1.5e3\n.', -1500],
    ['FLOAT nan', 'Fnan\n.', Number.NaN],
    ['BINFLOAT', 'G\x3f\xf8\0\0\0\0\0\0.', 1.5],
    ['STRING', "S'a\\n\\x41\\'\\\\'\n.", "a\nA'\\"],
    ['BINSTRING', 'T\x02\0\0\0\xe9!.', 'é!'],
    ['SHORT_BINSTRING', 'U\x01\xe9.', 'é'],
    ['UNICODE', 'V\xe9\\u20ac\\U0001f600\n.', 'é€😀'],
    ['BINUNICODE', 'X\x02\0\0\0\xc3\xa9.', 'é'],
    ['SHORT_BINUNICODE', '\x8c\x02\xc3\xa9.', 'é'],
    ['BINUNICODE8', '\x8d\x02\0\0\0\0\0\0\0\xc3\xa9.', 'é'],
    ['BINBYTES', 'B\x02\0\0\0\0\xff.', { bytes: [0, 255] }],
    ['SHORT_BINBYTES', 'C\x01\x07.', { bytes: [7] }],
    ['BINBYTES8', '\x8e\x01\0\0\0\0\0\0\0\x07.', { bytes: [7] }],
    ['BYTEARRAY8', '\x96\x01\0\0\0\0\0\0\0\x07.', { bytes: [7] }],
    ['READONLY_BUFFER', 'C\x01\x07\x98.', { bytes: [7] }],
    ['LIST', '(K\x01K\x02l.', [1, 2]],
    ['APPEND', ']K\x01a.', [1]],
    ['APPENDS', '](K\x01K\x02e.', [1, 2]],
    ['TUPLE', '(K\x01K\x02K\x03K\x04t.', { tuple: [1, 2, 3, 4] }],
    ['TUPLE3', 'K\x01K\x02K\x03\x87.', { tuple: [1, 2, 3] }],
    ['DICT', '(K\x01K\x02d.', new Map([[1, 2]])],
    ['SETITEM', '}K\x01K\x02s.', new Map([[1, 2]])],
    ['EMPTY_SET, ADDITEMS', '\x8f(K\x01\x90.', { set: [1] }],
    ['FROZENSET', '(K\x01\x91.', { set: [1] }],
    ['POP', 'K\x01K\x020.', 1],
    ['POP of a mark', 'K\x01(0.', 1],
    ['POP_MARK', 'K\x01(K\x02K\x031.', 1],
    ['DUP', ']K\x05a2\x86.', { tuple: [[5], [5]] }],
    ['PUT, GET', 'K\x05p7\n0g7\n.', 5],
    ['BINPUT, BINGET', 'K\x05q\x070h\x07.', 5],
    ['LONG_BINPUT, LONG_BINGET', 'K\x05r\xff\xff\xff\xff0j\xff\xff\xff\xff.', 5],
    ['MEMOIZE', 'K\x05\x940h\x00.', 5],
    ['GLOBAL', 'cposix\nsystem\n.', 'posix.system'],
    ['STACK_GLOBAL', '\x8c\x05posix\x8c\x06system\x93.', 'posix.system'],
    ['REDUCE', 'ca\nb\n(K\x01tR.', { call: 'a.b', args: [1] }],
    ['NEWOBJ, BUILD', 'ca\nB\n)\x81}b.', { call: 'a.B', args: [], state: new Map() }],
    ['NEWOBJ_EX', 'ca\nB\n)}\x92.', { call: 'a.B', args: [], kwargs: new Map() }],
    ['INST', '(K\x01ia\nB\n.', { call: 'a.B', args: [1] }],
    ['OBJ', '(ca\nB\nK\x01o.', { call: 'a.B', args: [1] }],
    ['items of an object', 'ca\nB\n)RK\x01a(K\x02e.', { call: 'a.B', args: [], items: [1, 2] }],
    ['entries of an object', 'ca\nB\n)RK\x01K\x02s.', { call: 'a.B', args: [], entries: [[1, 2]] }],
    ['PERSID', 'Pkey\n.', { persistent: 'key' }],
    ['BINPERSID', 'K\x07Q.', { persistent: 7 }],
    ['FRAME', '\x80\x04\x95\x02\0\0\0\0\0\0\0N.', null],
  ])('%s', async (_, pickle, value) => {
    expect(plain(await read(pickle))).toEqual(value);
  });

  it('keep long texts and bytes in the file, however they come', async () => {
    const { value, source } = await openPickle(longTexts());
    const [text, line, raw, latin] = itemsOf(value)!;
    expect(text).toBeInstanceOf(PickleText);
    expect(line).toBeInstanceOf(PickleText);
    expect(raw).toEqual(new PickleBytes((raw as PickleBytes).offset, 5000));
    const contents = byteStringSource(latin!, source)!;
    expect(await contents.read(4997, 10)).toEqual(latin1('ééé'));
    expect(await contents.read(0, 2)).toEqual(latin1('éé'));
  });

  it('leave a payload that names os.system inert', async () => {
    const value = await read("cos\nsystem\n(S'echo harm'\ntR.");
    expect(plain(value)).toEqual({ call: 'os.system', args: ['echo harm'] });
  });

  it('may build a value that holds itself', async () => {
    const value = await read(']q\x00h\x00a.');
    expect(itemsOf(value)?.[0]).toBe(value);
  });
});

/** A tuple of a long text, a long line, long bytes, and long bytes as protocol 2 writes them. */
function longTexts(): Uint8Array {
  const utf8 = 'Ã©'.repeat(5000); // the two bytes of é
  const length = (count: number) => String.fromCharCode(count & 255, count >> 8, 0, 0);
  return latin1(
    `(X${length(5000)}${'t'.repeat(5000)}V${'l'.repeat(5000)}\nB${length(5000)}${'b'.repeat(5000)}` +
      `c_codecs\nencode\n(X${length(10000)}${utf8}U\x06latin1tRt.`,
  );
}

describe('what is refused', () => {
  const refusal = async (pickle: string | Uint8Array): Promise<PickleError> => {
    const error = await read(pickle).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PickleError);
    expect(error).toBeInstanceOf(CheckpointError);
    return error as PickleError;
  };

  it.each<[what: string, pickle: string, kind: typeof PickleError]>([
    ['nothing at all', '', PickleTruncatedError],
    ['no STOP', 'N', PickleTruncatedError],
    ['a cut number', 'J\x01', PickleTruncatedError],
    ['a cut line', 'I12', PickleTruncatedError],
    ['a cut long line', `V${'x'.repeat(9000)}`, PickleTruncatedError],
    ['a cut text', 'X\x05\0\0\0ab', PickleTruncatedError],
    ['a text of 4 GB', 'X\xff\xff\xff\xff.', PickleTruncatedError],
    ['bytes of 2^63', '\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.', PickleTruncatedError],
    ['a frame of 2^60', '\x95\0\0\0\0\0\0\0\x10N.', PickleTruncatedError],
    ['a number of 2^32 bytes', '\x8b\xff\xff\xff\xff.', PickleLimitError],
    ['a number of a thousand digits and more', `I${'1'.repeat(2000)}\n.`, PickleLimitError],
    ['an unknown instruction', '\x01.', PickleStructureError],
    ['protocol 9', '\x80\x09N.', PickleStructureError],
    ['an empty stack', '.', PickleStructureError],
    ['no mark', 'K\x01t.', PickleStructureError],
    ['a value below the mark', 'K\x01(\x85.', PickleStructureError],
    ['an odd dict', '(K\x01d.', PickleStructureError],
    ['an unknown memo entry', 'h\x05.', PickleStructureError],
    ['a memo key that is none', 'Np-1\n.', PickleStructureError],
    ['a number that is none', 'Iten\n.', PickleStructureError],
    ['a call of a number', 'K\x01)R.', PickleStructureError],
    ['a call without a tuple', 'ca\nb\nK\x01R.', PickleStructureError],
    ['a name that is no text', 'K\x01K\x02\x93.', PickleStructureError],
    ['a state for a number', 'K\x01}b.', PickleStructureError],
    ['items for a tuple', ')K\x01a.', PickleStructureError],
    ['EXT1', '\x82\x01.', PickleRefusedError],
    ['EXT4', '\x84\x01\0\0\0.', PickleRefusedError],
    ['NEXT_BUFFER', '\x97.', PickleRefusedError],
  ])('%s', async (_, pickle, kind) => {
    const error = await refusal(pickle);
    expect(error.constructor).toBe(kind);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.message).toMatch(/byte \d+/);
    expect(error.remedy).toBeTruthy();
  });

  const repeated = (code: string, count: number) => latin1(code.repeat(count));
  it.each<[what: string, pickle: Uint8Array, limit: number]>([
    ['nested marks', repeated('(', LIMITS.nesting + 1), LIMITS.nesting],
    ['nested tuples', latin1(`N${'\x85'.repeat(LIMITS.objects + 1)}.`), LIMITS.objects],
    ['a high stack', repeated('N', LIMITS.stack + 1), LIMITS.stack],
    ['many objects', repeated(']0', LIMITS.objects + 1), LIMITS.objects],
    ['a large memo', latin1(`N${'\x94'.repeat(LIMITS.memo + 1)}.`), LIMITS.memo],
    ['endless instructions', repeated('N0', LIMITS.instructions), LIMITS.instructions],
    ['endless texts', repeated(`X\0\x10\0\0${'t'.repeat(4096)}0`, 4000), LIMITS.totalTextBytes],
  ])('%s', async (_, pickle, limit) => {
    const error = await refusal(pickle);
    expect(error).toBeInstanceOf(PickleLimitError);
    expect(error.limit).toBe(limit);
  });

  it('a byte string with characters beyond Latin-1', async () => {
    const value = await read(`c_codecs\nencode\n(X\x88\x13\0\0${'\xe2\x82\xac'.repeat(1666)}abU\x06latin1tR.`);
    const source = byteStringSource(value, byteSource(latin1('\xe2\x82\xac'.repeat(3000))))!;
    await expect(source.read(0, 10)).rejects.toThrow(PickleStructureError);
  });
});

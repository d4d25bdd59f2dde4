/**
 * Writes pickled values again, in any protocol, as Python's Lib/pickle.py would: what each protocol lacks is written the way that Python
 * works around it (byte strings as Latin-1 text, sets as calls, objects through copyreg). So the one real file that the tests have becomes
 * files of all protocols and layouts. Independent of the reader but for the classes of values.
 */
import {
  PickleBytes,
  PickleDict,
  PickleGlobal,
  PickleList,
  type PickleObject,
  PicklePersistent,
  PickleSet,
  PickleText,
  PickleTuple,
  type PickleValue,
} from '../../src/checkpoints/pickle/values';

export interface PickleWriting {
  readonly protocol: number;
  /** The file that {@link PickleBytes} and {@link PickleText} of the values refer to. */
  readonly source?: Uint8Array;
  /** Writes another value in place of one; undefined keeps it. */
  readonly replace?: (value: PickleValue) => PickleValue | undefined;
}

export function writePickle(value: PickleValue, writing: PickleWriting): Uint8Array {
  const writer = new PickleWriter(writing);
  if (writing.protocol >= 2) writer.bytes([0x80, writing.protocol]);
  writer.save(value);
  writer.code('.');
  return writer.finish();
}

const utf8 = new TextEncoder();

class PickleWriter {
  private readonly parts: Uint8Array[] = [];
  private readonly memo = new Map<PickleValue, number>();
  private readonly protocol: number;

  constructor(private readonly writing: PickleWriting) {
    this.protocol = writing.protocol;
  }

  finish(): Uint8Array {
    return concatenated(this.parts);
  }

  bytes(values: ArrayLike<number>): void {
    this.parts.push(Uint8Array.from(values));
  }

  code(characters: string): void {
    this.parts.push(utf8.encode(characters));
  }

  save(original: PickleValue): void {
    const value = this.writing.replace?.(original) ?? original;
    const known = typeof value === 'object' && value !== null ? this.memo.get(value) : undefined;
    if (known !== undefined) this.get(known);
    else if (value === null) this.code('N');
    else if (typeof value === 'boolean') this.boolean(value);
    else if (typeof value === 'number' && !Number.isInteger(value)) this.float(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.integer(BigInt(value));
    else if (typeof value === 'string') this.text(utf8.encode(value), value);
    else this.container(value);
  }

  private container(value: Exclude<PickleValue, null | boolean | number | bigint | string>): void {
    if (value instanceof PickleText) this.text(this.range(value.offset, value.length));
    else if (value instanceof PickleBytes) this.byteString(value);
    else if (value instanceof PickleGlobal) this.global(value);
    else if (value instanceof PickleTuple) this.tuple(value.items, value);
    else if (value instanceof PickleList) {
      this.emptyContainer(value, ']', '(l');
      this.append(value.items);
    } else if (value instanceof PickleDict) {
      this.emptyContainer(value, '}', '(d');
      this.setItems(value.entries);
    } else if (value instanceof PickleSet) this.set(value);
    else if (value instanceof PicklePersistent) {
      this.save(value.id);
      this.code('Q');
    } else this.object(value);
  }

  private object(value: PickleObject): void {
    const isPlainClass = value.callable instanceof PickleGlobal && /^[A-Z]/.test(value.callable.name);
    const isMadeEmpty =
      isPlainClass && value.args.length === 0 && value.callable.qualifiedName !== 'collections.OrderedDict';
    const asDict = value.entries !== undefined;
    if (this.protocol < 2 && isMadeEmpty) {
      // copyreg._reconstructor(class, base, state of the base)
      const base = new PickleGlobal(this.protocol < 3 ? '__builtin__' : 'builtins', asDict ? 'dict' : 'object');
      const inner = new PickleDict();
      for (const [key, entry] of value.entries ?? []) inner.entries.set(key, entry);
      this.save(new PickleGlobal('copy_reg', '_reconstructor'));
      this.tuple([value.callable, base, asDict ? inner : null]);
      this.code('R');
      this.put(value);
    } else {
      this.save(value.callable);
      this.tuple(value.args);
      if (this.protocol >= 2 && isMadeEmpty) this.bytes([0x81]);
      else this.code('R');
      this.put(value);
      if (value.entries) this.setItems(value.entries);
      if (value.items) this.append(value.items);
    }
    if (value.state === undefined) return;
    this.save(value.state);
    this.code('b');
  }

  private set(value: PickleSet): void {
    if (this.protocol >= 4) {
      this.bytes([0x8f]);
      this.put(value);
      this.code('(');
      for (const item of value.items) this.save(item);
      this.bytes([0x90]);
      return;
    }
    const list = new PickleList();
    list.items.push(...value.items);
    this.save(new PickleGlobal(this.protocol < 3 ? '__builtin__' : 'builtins', 'set'));
    this.tuple([list]);
    this.code('R');
    this.put(value);
  }

  private tuple(items: readonly PickleValue[], memo?: PickleTuple): void {
    if (this.protocol >= 2 && items.length <= 3) {
      for (const item of items) this.save(item);
      this.bytes([[0x29, 0x85, 0x86, 0x87][items.length]!]);
    } else {
      this.code('(');
      for (const item of items) this.save(item);
      this.code('t');
    }
    if (memo) this.put(memo);
  }

  private emptyContainer(value: PickleValue, code: string, old: string): void {
    this.code(this.protocol >= 1 ? code : old);
    this.put(value);
  }

  private append(items: readonly PickleValue[]): void {
    if (items.length === 0) return;
    if (this.protocol === 0) {
      for (const item of items) {
        this.save(item);
        this.code('a');
      }
      return;
    }
    this.code('(');
    for (const item of items) this.save(item);
    this.code('e');
  }

  private setItems(entries: ReadonlyMap<PickleValue, PickleValue>): void {
    if (entries.size === 0) return;
    if (this.protocol > 0) this.code('(');
    for (const [key, value] of entries) {
      this.save(key);
      this.save(value);
      if (this.protocol === 0) this.code('s');
    }
    if (this.protocol > 0) this.code('u');
  }

  private global(value: PickleGlobal): void {
    if (this.protocol >= 4) {
      this.save(value.module);
      this.save(value.name);
      this.bytes([0x93]);
    } else this.code(`c${value.module}\n${value.name}\n`);
    this.put(value);
  }

  private byteString(value: PickleBytes): void {
    const bytes = this.range(value.offset, value.length);
    if (this.protocol >= 3) {
      if (bytes.length < 256) this.bytes([0x43, bytes.length]);
      else this.withLength('B', bytes.length);
      this.bytes(bytes);
      return;
    }
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    this.save(new PickleGlobal('_codecs', 'encode'));
    this.tuple([text, 'latin1']);
    this.code('R');
    this.put(value);
  }

  private text(encoded: Uint8Array, decoded = new TextDecoder().decode(encoded)): void {
    if (this.protocol === 0) {
      const escaped = Array.from(decoded, escapeCharacter).join('');
      this.code('V');
      this.bytes(Array.from(escaped, (character) => character.charCodeAt(0)));
      this.code('\n');
    } else if (this.protocol >= 4 && encoded.length < 256) {
      this.bytes([0x8c, encoded.length]);
      this.bytes(encoded);
    } else {
      this.withLength('X', encoded.length);
      this.bytes(encoded);
    }
  }

  private boolean(value: boolean): void {
    if (this.protocol >= 2) this.bytes([value ? 0x88 : 0x89]);
    else this.code(value ? 'I01\n' : 'I00\n');
  }

  private integer(value: bigint): void {
    if (this.protocol === 0) this.code(value === BigInt(Number(value) | 0) ? `I${value}\n` : `L${value}L\n`);
    else if (value >= 0n && value < 256n) this.bytes([0x4b, Number(value)]);
    else if (value === BigInt(Number(value) | 0)) this.withLength('J', Number(value));
    else if (this.protocol === 1) this.code(`L${value}L\n`);
    else {
      const bytes: number[] = [];
      for (let rest = value; bytes.length === 0 || !(rest === 0n && bytes.at(-1)! < 128); rest >>= 8n) {
        if (rest === -1n && bytes.length > 0 && bytes.at(-1)! >= 128) break;
        bytes.push(Number(rest & 255n));
      }
      this.bytes([0x8a, bytes.length, ...bytes]);
    }
  }

  private float(value: number): void {
    if (this.protocol === 0) {
      this.code(`F${value}\n`);
      return;
    }
    const bytes = new Uint8Array(9);
    bytes[0] = 0x47;
    new DataView(bytes.buffer).setFloat64(1, value);
    this.bytes(bytes);
  }

  private put(value: PickleValue): void {
    const index = this.memo.size;
    this.memo.set(value, index);
    if (this.protocol === 0) this.code(`p${index}\n`);
    else if (this.protocol >= 4) this.bytes([0x94]);
    else if (index < 256) this.bytes([0x71, index]);
    else this.withLength('r', index);
  }

  private get(index: number): void {
    if (this.protocol === 0) this.code(`g${index}\n`);
    else if (index < 256) this.bytes([0x68, index]);
    else this.withLength('j', index);
  }

  private withLength(code: string, length: number): void {
    const bytes = new Uint8Array(5);
    bytes[0] = code.charCodeAt(0);
    new DataView(bytes.buffer).setInt32(1, length, true);
    this.bytes(bytes);
  }

  private range(offset: number, length: number): Uint8Array {
    return this.writing.source!.subarray(offset, offset + length);
  }
}

/** Raw Unicode escapes, as Python writes them: what would end the line, and what is beyond Latin-1. */
function escapeCharacter(character: string): string {
  if (!'\\\0\n\r\x1a'.includes(character) && character <= '\xff') return character;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}

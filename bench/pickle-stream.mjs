/**
 * Writes pickles of protocol 4 piece by piece, so that a file of hundreds of megabytes never is in memory. Only what networks need: dicts,
 * tuples, lists, numbers, texts, classes by name, calls, and torch tensors whose storages are legacy torch files inside of byte strings.
 * Format: Python's Lib/pickletools.py. Plain Node on purpose: what it writes must not depend on the code that reads it.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

const FLUSH_BYTES = 1 << 20;
/** torch.save's magic number, version and system facts, as it pickles them with protocol 2. */
const LEGACY_HEAD = Buffer.concat([
  Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'),
  Buffer.from('80024de9032e', 'hex'),
  Buffer.from('80027d71002858100000', 'hex'),
  Buffer.from(
    '0070726f746f636f6c5f76657273696f6e71014de903580d0000006c6974746c655f656e6469616e710288580a000000',
    'hex',
  ),
  Buffer.from('747970655f73697a657371037d71042858050000', 'hex'),
  Buffer.from('0073686f727471054b025803000000696e7471064b0458040000006c6f6e6771074b0475752e', 'hex'),
]);

export class PickleStream {
  #file;
  #parts = [];
  #pending = 0;
  /** Memo entries of texts and classes that come again and again. */
  #known = new Map();
  #memoSize = 0;
  #storages = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
    this.#bytes(Buffer.from([0x80, 4]));
  }

  /** STOP, and closes the file. */
  end() {
    this.#code('.');
    this.#flush();
    closeSync(this.#file);
  }

  none() {
    this.#code('N');
  }

  /** A number, boolean, text, null, or list of these. */
  value(value) {
    if (value === null) this.none();
    else if (typeof value === 'boolean') this.#bytes(Buffer.from([value ? 0x88 : 0x89]));
    else if (typeof value === 'string') this.text(value);
    else if (Array.isArray(value)) {
      this.#code('](');
      for (const item of value) this.value(item);
      this.#code('e');
    } else if (Number.isInteger(value) && value >= 0) this.#withU32('J', value);
    else {
      const double = Buffer.alloc(9);
      double[0] = 0x47;
      double.writeDoubleBE(value, 1);
      this.#bytes(double);
    }
  }

  text(text) {
    this.#once(`text ${text}`, () => {
      const utf8 = Buffer.from(text);
      this.#withU32('X', utf8.length);
      this.#bytes(utf8);
    });
  }

  /** A class or function by name. */
  global(module, name) {
    this.#once(`global ${module}.${name}`, () => {
      this.text(module);
      this.text(name);
      this.#bytes(Buffer.from([0x93]));
    });
  }

  /** A dict whose values are plain, or functions that write themselves. */
  dict(entries) {
    this.#code('}(');
    this.#pairs(entries);
    this.#code('u');
  }

  orderedDict(entries) {
    this.global('collections', 'OrderedDict');
    this.#code(')R(');
    this.#pairs(entries);
    this.#code('u');
  }

  easyDict(entries) {
    this.global('dnnlib.util', 'EasyDict');
    this.#bytes(Buffer.from([0x29, 0x81, 0x28]));
    this.#pairs(entries);
    this.#code('u');
  }

  emptySet() {
    this.#bytes(Buffer.from([0x8f]));
  }

  /** callable(argument), with functions that write both. */
  call(callable, argument) {
    callable();
    argument();
    this.#bytes(Buffer.from([0x85, 0x52]));
  }

  /** An object of a class with a state: class.__new__(class), then its attributes. */
  object(module, name, attributes) {
    this.global(module, name);
    this.#bytes(Buffer.from([0x29, 0x81]));
    this.dict(attributes);
    this.#code('b');
  }

  /** A float32 tensor. @param {(floats: number) => Iterable<Buffer>} data its bytes, in pieces */
  tensor(shape, data) {
    const elements = shape.reduce((product, extent) => product * extent, 1);
    this.global('torch._utils', '_rebuild_tensor_v2');
    this.#code('(');
    this.call(
      () => this.global('torch.storage', '_load_from_bytes'),
      () => this.#storage(elements, data),
    );
    this.value(0);
    this.#tuple(shape);
    this.#tuple(shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)));
    this.value(false);
    this.orderedDict([]);
    this.#code('tR');
  }

  parameter(shape, data) {
    this.global('torch._utils', '_rebuild_parameter');
    this.#code('(');
    this.tensor(shape, data);
    this.value(false);
    this.orderedDict([]);
    this.#code('tR');
  }

  #storage(elements, data) {
    const key = String(860779264 + 64 * this.#storages++);
    const text = (value) => Buffer.concat([Buffer.from('X'), u32(value.length), Buffer.from(value)]);
    const head = Buffer.concat([
      LEGACY_HEAD,
      Buffer.from('\x80\x02(', 'latin1'),
      text('storage'),
      Buffer.from('ctorch\nFloatStorage\n'),
      text(key),
      text('cpu'),
      Buffer.concat([Buffer.from('J'), u32(elements)]),
      Buffer.from('NtQ.'),
      Buffer.from('\x80\x02](', 'latin1'),
      text(key),
      Buffer.from('e.'),
      u32(elements),
      u32(0),
    ]);
    this.#withU32('B', head.length + 4 * elements);
    this.#bytes(head);
    for (const piece of data(elements)) this.#bytes(piece);
  }

  #tuple(numbers) {
    this.#code('(');
    for (const number of numbers) this.value(number);
    this.#code('t');
  }

  #pairs(entries) {
    for (const [key, value] of entries) {
      this.text(key);
      if (typeof value === 'function') value();
      else this.value(value);
    }
  }

  #once(key, write) {
    const index = this.#known.get(key);
    if (index !== undefined) {
      this.#withU32('j', index);
      return;
    }
    write();
    this.#known.set(key, this.#memoSize++);
    this.#bytes(Buffer.from([0x94]));
  }

  #withU32(code, value) {
    this.#bytes(Buffer.concat([Buffer.from(code), u32(value)]));
  }

  #code(characters) {
    this.#bytes(Buffer.from(characters, 'latin1'));
  }

  #bytes(bytes) {
    this.#parts.push(bytes);
    this.#pending += bytes.length;
    if (this.#pending >= FLUSH_BYTES) this.#flush();
  }

  #flush() {
    const bytes = Buffer.concat(this.#parts);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    this.#parts = [];
    this.#pending = 0;
  }
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

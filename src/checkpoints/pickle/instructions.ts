/**
 * Every instruction of pickle protocols 0 to 5, as in Python's Lib/pickletools.py: its code, its name there, how its argument is written in
 * the file, and what it does to the machine.
 *
 * Refused by name: EXT1, EXT2, EXT4 (classes of a registry outside of the file) and NEXT_BUFFER (data outside of the file).
 */
import { PickleRefusedError, PickleStructureError } from './errors';
import type { PickleMachine } from './machine';
import { type PickleReader, smallIfPossible } from './reader';
import { PickleGlobal, type PickleValue } from './values';

export const HIGHEST_PROTOCOL = 5;
/** No instruction has more than this many bytes before its payload. */
export const LONGEST_PREFIX = 16;

export interface Instruction {
  readonly name: string;
  /** Reads the argument and acts; waits only if the argument is not buffered. */
  run(machine: PickleMachine, reader: PickleReader): Promise<void> | undefined;
}

type ArgumentReader<T> = (reader: PickleReader, machine: PickleMachine) => T | Promise<T>;

const none: ArgumentReader<null> = () => null;
const u8: ArgumentReader<number> = (reader) => reader.u8();
const u16: ArgumentReader<number> = (reader) => reader.u16();
const u32: ArgumentReader<number> = (reader) => reader.u32();
const i32: ArgumentReader<number> = (reader) => reader.i32();
const f64: ArgumentReader<number> = (reader) => reader.f64();
const line =
  (what: string): ArgumentReader<string> =>
  (reader) =>
    reader.line(what);
const twoLines: ArgumentReader<[string, string]> = async (reader) => [
  await reader.line('a module name'),
  await reader.line('a class name'),
];

/** INT: a whole number in decimal; 00 and 01 are booleans. */
const decimalOrBoolean: ArgumentReader<PickleValue> = async (reader, machine) => {
  const text = await reader.line('a number');
  if (text === '00' || text === '01') return text === '01';
  return wholeNumber(text, machine);
};
const decimalLong: ArgumentReader<PickleValue> = async (reader, machine) =>
  wholeNumber((await reader.line('a number')).replace(/L$/, ''), machine);
const decimalFloat: ArgumentReader<number> = async (reader, machine) => {
  const text = (await reader.line('a number')).trim();
  const special = new Map([
    ['inf', Infinity],
    ['-inf', -Infinity],
    ['nan', Number.NaN],
  ]).get(text);
  if (special !== undefined) return special;
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw machine.senseless(`${JSON.stringify(text.slice(0, 40))} is no number`);
  return value;
};
const memoKey: ArgumentReader<number> = async (reader, machine) => {
  const key = wholeNumber(await reader.line('a memo key'), machine);
  if (typeof key !== 'number' || key < 0) throw machine.senseless(`${key} is no memo key`);
  return key;
};

function wholeNumber(text: string, machine: PickleMachine): number | bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text))
    throw machine.senseless(`${JSON.stringify(text.slice(0, 40))} is no whole number`);
  return smallIfPossible(BigInt(text.trim().replace(/^\+/, '')));
}

/** STRING: a quoted literal of Python 2; its escapes are rare and those of C. */
const quotedLine: ArgumentReader<PickleValue> = async (reader, machine) => {
  const text = await reader.lineText('latin1');
  if (typeof text !== 'string') throw machine.senseless('a quoted text is too long');
  const quoted = /^(['"])(.*)\1\s*$/.exec(text)?.[2];
  if (quoted === undefined) throw machine.senseless('a text of Python 2 is not in quotes');
  const named = new Map([
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['0', '\0'],
  ]);
  return quoted.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (named.get(letter) ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
};

function instruction<T>(
  name: string,
  read: ArgumentReader<T>,
  act: (machine: PickleMachine, argument: T) => void,
): Instruction {
  return {
    name,
    run(machine, reader) {
      const argument = read(reader, machine);
      if (argument instanceof Promise) return argument.then((value) => act(machine, value));
      act(machine, argument);
      return undefined;
    },
  };
}

function refused(name: string, why: string): Instruction {
  return {
    name,
    run(_, reader) {
      throw new PickleRefusedError(`${name} asks for ${why}, which is not in the file`, {
        offset: reader.instructionOffset,
        value: name,
        remedy: 'Save the model again without it.',
      });
    },
  };
}

const protocol = instruction('PROTO', u8, (machine, version) => {
  if (version > HIGHEST_PROTOCOL) throw machine.senseless(`protocol ${version}; known are 0 to 5`, version);
});
const frame: Instruction = {
  name: 'FRAME',
  run(_, reader) {
    reader.checkInside(reader.u64()); // a hint for buffering, otherwise without meaning
    return undefined;
  },
};
const push = (machine: PickleMachine, value: PickleValue) => machine.push(value);
const pushNew = (machine: PickleMachine, value: PickleValue) => machine.pushNew(value);

function call(machine: PickleMachine): void {
  const args = machine.pop();
  machine.pushCall(machine.pop(), args);
}

const TABLE: readonly (readonly [code: number, instruction: Instruction])[] = [
  [0x80, protocol],
  [0x95, frame],
  [0x2e, instruction('STOP', none, (machine) => machine.stop())],
  // the stack and the memo
  [0x28, instruction('MARK', none, (machine) => machine.mark())],
  [0x30, instruction('POP', none, (machine) => machine.discard())],
  [0x31, instruction('POP_MARK', none, (machine) => machine.popToMark())],
  [0x32, instruction('DUP', none, (machine) => machine.push(machine.top()))],
  [0x70, instruction('PUT', memoKey, (machine, key) => machine.remember(key))],
  [0x71, instruction('BINPUT', u8, (machine, key) => machine.remember(key))],
  [0x72, instruction('LONG_BINPUT', u32, (machine, key) => machine.remember(key))],
  [0x94, instruction('MEMOIZE', none, (machine) => machine.rememberNext())],
  [0x67, instruction('GET', memoKey, (machine, key) => machine.recall(key))],
  [0x68, instruction('BINGET', u8, (machine, key) => machine.recall(key))],
  [0x6a, instruction('LONG_BINGET', u32, (machine, key) => machine.recall(key))],
  // plain values
  [0x4e, instruction('NONE', none, (machine) => machine.push(null))],
  [0x88, instruction('NEWTRUE', none, (machine) => machine.push(true))],
  [0x89, instruction('NEWFALSE', none, (machine) => machine.push(false))],
  [0x49, instruction('INT', decimalOrBoolean, push)],
  [0x4c, instruction('LONG', decimalLong, push)],
  [0x4a, instruction('BININT', i32, push)],
  [0x4b, instruction('BININT1', u8, push)],
  [0x4d, instruction('BININT2', u16, push)],
  [0x8a, instruction<number | bigint>('LONG1', (reader) => reader.integer(reader.u8()), push)],
  [0x8b, instruction<number | bigint>('LONG4', (reader) => reader.integer(reader.u32()), push)],
  [0x46, instruction('FLOAT', decimalFloat, push)],
  [0x47, instruction('BINFLOAT', f64, push)],
  // texts and bytes; those of Python 2 are Latin-1
  [0x53, instruction('STRING', quotedLine, push)],
  [0x54, instruction<PickleValue>('BINSTRING', (reader) => reader.text(reader.u32(), 'latin1'), pushNew)],
  [0x55, instruction<PickleValue>('SHORT_BINSTRING', (reader) => reader.text(reader.u8(), 'latin1'), push)],
  [0x56, instruction<PickleValue>('UNICODE', (reader) => reader.lineText('raw-unicode-escape'), push)],
  [0x58, instruction<PickleValue>('BINUNICODE', (reader) => reader.text(reader.u32(), 'utf8'), push)],
  [0x8c, instruction<PickleValue>('SHORT_BINUNICODE', (reader) => reader.text(reader.u8(), 'utf8'), push)],
  [0x8d, instruction<PickleValue>('BINUNICODE8', (reader) => reader.text(reader.u64(), 'utf8'), push)],
  [0x42, instruction<PickleValue>('BINBYTES', (reader) => reader.bytes(reader.u32()), pushNew)],
  [0x43, instruction<PickleValue>('SHORT_BINBYTES', (reader) => reader.bytes(reader.u8()), pushNew)],
  [0x8e, instruction<PickleValue>('BINBYTES8', (reader) => reader.bytes(reader.u64()), pushNew)],
  [0x96, instruction<PickleValue>('BYTEARRAY8', (reader) => reader.bytes(reader.u64()), pushNew)],
  [0x97, refused('NEXT_BUFFER', 'a buffer')],
  [0x98, instruction('READONLY_BUFFER', none, (machine) => machine.top())],
  // containers
  [0x5d, instruction('EMPTY_LIST', none, (machine) => machine.pushList([]))],
  [0x6c, instruction('LIST', none, (machine) => machine.pushList(machine.popToMark()))],
  [0x61, instruction('APPEND', none, (machine) => machine.append([machine.pop()]))],
  [0x65, instruction('APPENDS', none, (machine) => machine.append(machine.popToMark()))],
  [0x29, instruction('EMPTY_TUPLE', none, (machine) => machine.pushTuple(0))],
  [0x74, instruction('TUPLE', none, (machine) => machine.pushTupleOf(machine.popToMark()))],
  [0x85, instruction('TUPLE1', none, (machine) => machine.pushTuple(1))],
  [0x86, instruction('TUPLE2', none, (machine) => machine.pushTuple(2))],
  [0x87, instruction('TUPLE3', none, (machine) => machine.pushTuple(3))],
  [0x7d, instruction('EMPTY_DICT', none, (machine) => machine.pushDict([]))],
  [0x64, instruction('DICT', none, (machine) => machine.pushDict(machine.popToMark()))],
  [0x73, instruction('SETITEM', none, (machine) => machine.setItems([machine.pop(), machine.pop()].reverse()))],
  [0x75, instruction('SETITEMS', none, (machine) => machine.setItems(machine.popToMark()))],
  [0x8f, instruction('EMPTY_SET', none, (machine) => machine.pushSet([]))],
  [0x90, instruction('ADDITEMS', none, (machine) => machine.addToSet(machine.popToMark()))],
  [0x91, instruction('FROZENSET', none, (machine) => machine.pushSet(machine.popToMark()))],
  // names and what Python would call
  [0x63, instruction('GLOBAL', twoLines, (machine, [module, name]) => machine.pushGlobal(module, name))],
  [
    0x93,
    instruction('STACK_GLOBAL', none, (machine) => {
      const name = machine.pop();
      machine.pushGlobal(machine.pop(), name);
    }),
  ],
  [0x52, instruction('REDUCE', none, call)],
  [0x81, instruction('NEWOBJ', none, call)],
  [
    0x92,
    instruction('NEWOBJ_EX', none, (machine) => {
      const kwargs = machine.pop();
      const args = machine.pop();
      machine.pushCall(machine.pop(), args, kwargs);
    }),
  ],
  [
    0x69,
    instruction('INST', twoLines, (machine, [module, name]) => {
      machine.pushRecord(new PickleGlobal(module, name), machine.popToMark());
    }),
  ],
  [
    0x6f,
    instruction('OBJ', none, (machine) => {
      const [callable, ...args] = machine.popToMark();
      if (callable === undefined) throw machine.senseless('it makes an object of no class');
      machine.pushRecord(callable, args);
    }),
  ],
  [0x62, instruction('BUILD', none, (machine) => machine.build())],
  [0x50, instruction('PERSID', line('an id'), (machine, id) => machine.pushReference(id))],
  [0x51, instruction('BINPERSID', none, (machine) => machine.pushReference(machine.pop()))],
  [0x82, refused('EXT1', 'a registered class')],
  [0x83, refused('EXT2', 'a registered class')],
  [0x84, refused('EXT4', 'a registered class')],
];

const BY_CODE: (Instruction | undefined)[] = new Array(256).fill(undefined);
for (const [code, entry] of TABLE) BY_CODE[code] = entry;

/** The instruction of a byte. @throws PickleStructureError */
export function instructionOf(code: number, offset: number): Instruction {
  const found = BY_CODE[code];
  if (found) return found;
  const hex = `0x${code.toString(16).padStart(2, '0')}`;
  throw new PickleStructureError(`${hex} is no instruction of protocols 0 to 5`, { offset, value: hex });
}

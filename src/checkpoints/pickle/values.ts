/**
 * What a pickle turns into. Nothing is ever called or constructed: where Python would look up a class and call it, this reader keeps an
 * inert {@link PickleObject} that says which class it was, with which arguments and which state. Readers of a layout (torch, the official
 * networks) then recognise a short list of names in those records.
 */

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleText
  | PickleBytes
  | PickleList
  | PickleTuple
  | PickleSet
  | PickleDict
  | PickleGlobal
  | PickleObject
  | PicklePersistent;

export type TextEncoding = 'utf8' | 'latin1' | 'raw-unicode-escape';

/** A text too long to be a name; it stays in the file. */
export class PickleText {
  constructor(
    readonly offset: number,
    readonly length: number,
    readonly encoding: TextEncoding,
  ) {}
}

/** Bytes of the file; short ones are at hand as `inline`. */
export class PickleBytes {
  constructor(
    readonly offset: number,
    readonly length: number,
    readonly inline?: Uint8Array,
  ) {}
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** set and frozenset. */
export class PickleSet {
  readonly items: PickleValue[] = [];
}

export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();

  get(key: string): PickleValue | undefined {
    return this.entries.get(key);
  }
}

/** A class or function by name; it is not looked up. */
export class PickleGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  /** "collections.OrderedDict" */
  get qualifiedName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What Python would make by calling `callable(*args, **kwargs)`, adding `items` and `entries`, and setting `state`. */
export class PickleObject {
  state: PickleValue | undefined;
  /** Appended to it, if it is some kind of list. */
  items: PickleValue[] | undefined;
  /** Set in it, if it is some kind of dict. */
  entries: Map<PickleValue, PickleValue> | undefined;

  constructor(
    readonly callable: PickleGlobal | PickleObject,
    readonly args: readonly PickleValue[],
    readonly kwargs?: PickleValue,
  ) {}

  /** The class or function at the root of the call, such as "torch._utils._rebuild_tensor_v2". */
  get qualifiedName(): string {
    return this.callable instanceof PickleGlobal ? this.callable.qualifiedName : 'a computed function';
  }
}

/** A reference to something that the file keeps elsewhere; torch keeps storages so. */
export class PicklePersistent {
  constructor(readonly id: PickleValue) {}
}

/** A short text for messages: what kind of value this is. */
export function describeValue(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (typeof value !== 'object') return `${typeof value} ${String(value).slice(0, 40)}`;
  if (value instanceof PickleObject) return value.qualifiedName.slice(0, 120);
  if (value instanceof PickleGlobal) return `the name ${value.qualifiedName.slice(0, 120)}`;
  return KINDS.find(([kind]) => value instanceof kind)?.[1] ?? 'a value';
}

const KINDS = [
  [PickleText, 'a long text'],
  [PickleBytes, 'bytes'],
  [PickleList, 'a list'],
  [PickleTuple, 'a tuple'],
  [PickleSet, 'a set'],
  [PickleDict, 'a dict'],
  [PicklePersistent, 'a persistent reference'],
] as const;

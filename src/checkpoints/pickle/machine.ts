/**
 * The stack machine that a pickle is a program for (Python's Lib/pickletools.py describes it): instructions push values, gather what lies
 * above a mark into containers, and remember values in a memo. This one builds data and calls nothing; what Python would call becomes an
 * inert {@link PickleObject}. It keeps its own stack, so no input can make it recurse, and every count is bounded (limits.ts).
 */
import { PickleLimitError, PickleStructureError } from './errors';
import { LIMITS } from './limits';
import type { PickleReader } from './reader';
import {
  describeValue,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PicklePersistent,
  PickleSet,
  PickleTuple,
  type PickleValue,
} from './values';

export class PickleMachine {
  private readonly stack: PickleValue[] = [];
  /** Heights of the stack at the open marks. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private objects = 0;
  /** References to things outside of the pickle, in the order in which they came. */
  readonly references: PicklePersistent[] = [];
  /** The pickle's value, once STOP is reached. */
  result: PickleValue | undefined;

  constructor(private readonly reader: PickleReader) {}

  push(value: PickleValue): void {
    if (this.stack.length >= LIMITS.stack) throw this.overLimit('values on the stack', LIMITS.stack);
    this.stack.push(value);
  }

  /** Pushes a container or record, of which there may be only so many. */
  pushNew(value: PickleValue): void {
    if (++this.objects > LIMITS.objects) throw this.overLimit('objects', LIMITS.objects);
    this.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= this.floor()) throw this.senseless('it takes a value, but there is none above the mark');
    return this.stack.pop()!;
  }

  top(): PickleValue {
    if (this.stack.length <= this.floor()) throw this.senseless('it takes a value, but there is none above the mark');
    return this.stack[this.stack.length - 1]!;
  }

  mark(): void {
    if (this.marks.length >= LIMITS.nesting) throw this.overLimit('nested marks', LIMITS.nesting);
    this.marks.push(this.stack.length);
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const height = this.marks.pop();
    if (height === undefined) throw this.senseless('it takes the values above a mark, but no mark is set');
    return this.stack.splice(height);
  }

  /** POP: a value, or an empty mark. */
  discard(): void {
    if (this.marks.length > 0 && this.stack.length === this.floor()) this.marks.pop();
    else this.pop();
  }

  remember(index: number): void {
    const value = this.top();
    if (this.memo.size >= LIMITS.memo) throw this.overLimit('memo entries', LIMITS.memo);
    this.memo.set(index, value);
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.senseless(`it recalls memo entry ${index}, which was never stored`, index);
    this.push(value);
  }

  pushList(items: readonly PickleValue[]): void {
    const list = new PickleList();
    for (const item of items) list.items.push(item);
    this.pushNew(list);
  }

  pushTuple(count: number): void {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(this.pop());
    this.pushTupleOf(items);
  }

  pushTupleOf(items: readonly PickleValue[]): void {
    this.pushNew(new PickleTuple(items));
  }

  pushDict(pairs: readonly PickleValue[]): void {
    const dict = new PickleDict();
    this.setPairs(dict.entries, pairs);
    this.pushNew(dict);
  }

  pushSet(items: readonly PickleValue[]): void {
    const set = new PickleSet();
    for (const item of items) set.items.push(item);
    this.pushNew(set);
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top();
    let list: PickleValue[];
    if (target instanceof PickleList) list = target.items;
    else if (target instanceof PickleObject) list = target.items ??= [];
    else throw this.senseless(`it appends to ${describeValue(target)}`);
    for (const item of items) list.push(item);
  }

  addToSet(items: readonly PickleValue[]): void {
    const target = this.top();
    let members: PickleValue[];
    if (target instanceof PickleSet) members = target.items;
    else if (target instanceof PickleObject) members = target.items ??= [];
    else throw this.senseless(`it adds members to ${describeValue(target)}`);
    for (const item of items) members.push(item);
  }

  setItems(pairs: readonly PickleValue[]): void {
    const target = this.top();
    if (target instanceof PickleDict) this.setPairs(target.entries, pairs);
    else if (target instanceof PickleObject) {
      target.entries ??= new Map();
      this.setPairs(target.entries, pairs);
    } else throw this.senseless(`it sets items of ${describeValue(target)}`);
  }

  pushGlobal(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.senseless(`it names ${describeValue(name)} in ${describeValue(module)}; both should be short texts`);
    }
    this.pushNew(new PickleGlobal(module, name));
  }

  /** What Python would call; here it becomes a record. */
  pushCall(callable: PickleValue, args: PickleValue, kwargs?: PickleValue): void {
    if (!(args instanceof PickleTuple)) throw this.senseless(`its arguments are ${describeValue(args)}, not a tuple`);
    this.pushRecord(callable, args.items, kwargs);
  }

  pushRecord(callable: PickleValue, args: readonly PickleValue[], kwargs?: PickleValue): void {
    if (!(callable instanceof PickleGlobal) && !(callable instanceof PickleObject)) {
      throw this.senseless(`it calls ${describeValue(callable)}, which is no function or class`);
    }
    this.pushNew(new PickleObject(callable, args, kwargs));
  }

  pushReference(id: PickleValue): void {
    const reference = new PicklePersistent(id);
    this.references.push(reference);
    this.pushNew(reference);
  }

  build(): void {
    const state = this.pop();
    const target = this.top();
    if (!(target instanceof PickleObject)) throw this.senseless(`it sets the state of ${describeValue(target)}`);
    target.state = state;
  }

  stop(): void {
    this.result = this.pop();
  }

  senseless(problem: string, value?: number | string): PickleStructureError {
    return new PickleStructureError(problem, { offset: this.reader.instructionOffset, value });
  }

  private floor(): number {
    return this.marks.length > 0 ? this.marks[this.marks.length - 1]! : 0;
  }

  private setPairs(entries: Map<PickleValue, PickleValue>, pairs: readonly PickleValue[]): void {
    if (pairs.length % 2 !== 0) throw this.senseless(`a dict is given ${pairs.length} keys and values, an odd number`);
    for (let i = 0; i < pairs.length; i += 2) entries.set(pairs[i]!, pairs[i + 1]!);
  }

  private overLimit(what: string, limit: number): PickleLimitError {
    return new PickleLimitError(`more than ${limit} ${what}`, {
      offset: this.reader.instructionOffset,
      value: limit + 1,
      limit,
      remedy: 'No real model needs so many: the file is damaged or was made to do harm.',
    });
  }
}

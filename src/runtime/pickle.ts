/**
 * Python's pickle format, as far as PyTorch's weight files use it, read as data. A pickle is a program that may name any
 * function and call it: this reader knows a fixed list of names, maps each to a plain function of its own, and refuses all
 * others before anything is made of them. Opcodes: https://docs.python.org/3/library/pickletools.html
 */
import { CheckpointError } from './errors.js';

/**
 * A value of a pickle: lists and tuples are arrays, dictionaries are maps, and the rest is what the allowed functions
 * return.
 */
export type PickleValue = unknown;

/** What a pickle may name. */
export interface PickleGlobals {
  /** A function or class by its full name, such as `collections.OrderedDict`; undefined where it is not allowed. */
  resolve(name: string): PickleGlobal | undefined;
  /** What a persistent id, such as a storage's, stands for. */
  persistent(id: PickleValue): PickleValue;
}

/** A name that a pickle may use. */
export interface PickleGlobal {
  readonly name: string;
  /** What calling it gives; absent where it is only a name. */
  call?(args: readonly PickleValue[]): PickleValue;
}

/** Opcodes, by what they do. */
const OP = {
  mark: 0x28,
  stop: 0x2e,
  pop: 0x30,
  popMark: 0x31,
  duplicate: 0x32,
  binFloat: 0x47,
  binInt: 0x4a,
  binInt1: 0x4b,
  binInt2: 0x4d,
  none: 0x4e,
  persistentId: 0x51,
  reduce: 0x52,
  binString: 0x54,
  shortBinString: 0x55,
  binUnicode: 0x58,
  emptyList: 0x5d,
  append: 0x61,
  build: 0x62,
  global: 0x63,
  dict: 0x64,
  appends: 0x65,
  get: 0x68,
  longGet: 0x6a,
  list: 0x6c,
  put: 0x71,
  longPut: 0x72,
  setItem: 0x73,
  tuple: 0x74,
  setItems: 0x75,
  emptyDict: 0x7d,
  emptyTuple: 0x29,
  protocol: 0x80,
  newObject: 0x81,
  tuple1: 0x85,
  tuple2: 0x86,
  tuple3: 0x87,
  newTrue: 0x88,
  newFalse: 0x89,
  long1: 0x8a,
  shortBinUnicode: 0x8c,
  binBytes: 0x42,
  shortBinBytes: 0x43,
  emptySet: 0x8f,
  addItems: 0x90,
  stackGlobal: 0x93,
  memoize: 0x94,
  frame: 0x95,
} as const;

/** Opcodes that make objects in ways that no weight file needs, named in the refusal. */
const REFUSED: Readonly<Record<number, string>> = { 105: 'INST', 111: 'OBJ', 130: 'EXT1', 131: 'EXT2', 132: 'EXT4' };

const MAX_PROTOCOL = 5;
/** Operations, and so values; a checkpoint of ten thousand tensors has a million. */
const MAX_VALUES = 5_000_000;

/**
 * Reads one pickle.
 *
 * @param bytes that begin with it; more may follow
 * @param where the file, for messages
 * @returns the value, and how many bytes the pickle took
 * @throws CheckpointError where the pickle names something that is not allowed, which the message names, and where it is
 *   damaged, cut short or of a form that PyTorch does not write
 */
export function readPickle(
  bytes: Uint8Array,
  globals: PickleGlobals,
  where: string,
): { value: PickleValue; length: number } {
  const reader = new PickleReader(bytes, globals, where);
  const value = reader.run();
  return { value, length: reader.position };
}

/** The stack machine. */
class PickleReader {
  position = 0;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly globals: PickleGlobals;
  private readonly where: string;
  private stack: PickleValue[] = [];
  /** The stacks below each mark. */
  private readonly below: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, globals: PickleGlobals, where: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.globals = globals;
    this.where = where;
  }

  run(): PickleValue {
    for (let nOps = 0; nOps < MAX_VALUES; nOps++) {
      const op = this.bytes[this.take(1)];
      if (op === OP.stop) return this.pop();
      this.step(op);
    }
    throw this.damaged(`more than ${MAX_VALUES} operations`);
  }

  private step(op: number): void {
    switch (op) {
      case OP.protocol: {
        const protocol = this.bytes[this.take(1)];
        if (protocol > MAX_PROTOCOL) throw this.damaged(`pickle protocol ${protocol}, known up to ${MAX_PROTOCOL}`);
        return;
      }
      case OP.frame:
        this.take(8);
        return;
      case OP.mark:
        this.below.push(this.stack);
        this.stack = [];
        return;
      case OP.pop:
        this.pop();
        return;
      case OP.popMark:
        this.popMark();
        return;
      case OP.duplicate: {
        const top = this.pop();
        this.stack.push(top, top);
        return;
      }
      case OP.append:
      case OP.appends:
      case OP.addItems:
      case OP.setItem:
      case OP.setItems:
        this.fill(op);
        return;
      case OP.build:
        this.build();
        return;
      case OP.put:
        this.memo.set(this.bytes[this.take(1)], this.top());
        return;
      case OP.longPut:
        this.memo.set(this.view.getUint32(this.take(4), true), this.top());
        return;
      case OP.memoize:
        this.memo.set(this.memo.size, this.top());
        return;
      default: {
        // First the value: making a tuple changes which stack it goes to.
        const value = this.valueOf(op);
        this.stack.push(value);
      }
    }
  }

  /** The value that an opcode pushes. */
  private valueOf(op: number): PickleValue {
    switch (op) {
      case OP.none:
        return null;
      case OP.newTrue:
        return true;
      case OP.newFalse:
        return false;
      case OP.binInt:
        return this.view.getInt32(this.take(4), true);
      case OP.binInt1:
        return this.bytes[this.take(1)];
      case OP.binInt2:
        return this.view.getUint16(this.take(2), true);
      case OP.long1:
        return this.long(this.bytes[this.take(1)]);
      case OP.binFloat:
        return this.view.getFloat64(this.take(8));
      case OP.binUnicode:
        return this.text(this.view.getUint32(this.take(4), true), 'utf-8');
      case OP.shortBinUnicode:
        return this.text(this.bytes[this.take(1)], 'utf-8');
      case OP.binString:
        return this.text(this.view.getUint32(this.take(4), true), 'latin1');
      case OP.shortBinString:
        return this.text(this.bytes[this.take(1)], 'latin1');
      case OP.binBytes:
        return this.text(this.view.getUint32(this.take(4), true), 'latin1');
      case OP.shortBinBytes:
        return this.text(this.bytes[this.take(1)], 'latin1');
      case OP.emptyTuple:
      case OP.emptyList:
        return [];
      case OP.emptyDict:
        return new Map();
      case OP.emptySet:
        return new Set();
      case OP.tuple:
      case OP.list:
        return this.popMark();
      case OP.tuple1:
        return this.popMany(1);
      case OP.tuple2:
        return this.popMany(2);
      case OP.tuple3:
        return this.popMany(3);
      case OP.dict: {
        const map = new Map<PickleValue, PickleValue>();
        this.setAll(map, this.popMark());
        return map;
      }
      case OP.get:
        return this.recall(this.bytes[this.take(1)]);
      case OP.longGet:
        return this.recall(this.view.getUint32(this.take(4), true));
      case OP.global: {
        const module = this.line();
        return this.resolve(`${module}.${this.line()}`);
      }
      case OP.stackGlobal: {
        const [module, name] = this.popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw this.damaged('a name that is no text');
        return this.resolve(`${module}.${name}`);
      }
      case OP.reduce:
      case OP.newObject: {
        const [target, args] = this.popMany(2);
        return this.call(target, args);
      }
      case OP.persistentId:
        return this.globals.persistent(this.pop());
      default:
        throw this.damaged(`opcode ${REFUSED[op] ?? `0x${op.toString(16)}`} at byte ${this.position - 1}`);
    }
  }

  /** The opcodes that add to the container below their operands. */
  private fill(op: number): void {
    const items = op === OP.append ? this.popMany(1) : op === OP.setItem ? this.popMany(2) : this.popMark();
    const target = this.top();
    if (op === OP.setItem || op === OP.setItems) {
      if (!(target instanceof Map)) throw this.damaged('items for what is no dictionary');
      this.setAll(target, items);
    } else if (op === OP.addItems) {
      if (!(target instanceof Set)) throw this.damaged('items for what is no set');
      for (const item of items) target.add(item);
    } else {
      if (!Array.isArray(target)) throw this.damaged('items for what is no list');
      for (const item of items) target.push(item);
    }
  }

  private setAll(map: Map<PickleValue, PickleValue>, items: readonly PickleValue[]): void {
    if (items.length % 2 !== 0) throw this.damaged('a dictionary key without a value');
    for (let i = 0; i < items.length; i += 2) {
      // A list may hold itself a thousand times over: no text can be made of it.
      if (typeof items[i] === 'object' && items[i] !== null) throw this.damaged('a dictionary key that is a container');
      map.set(items[i], items[i + 1]);
    }
  }

  /** Attributes set on an object: a state dict carries versions of its modules so, which nothing here needs. */
  private build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) throw this.damaged('state for what is no dictionary');
  }

  private resolve(name: string): PickleGlobal {
    const known = this.globals.resolve(name);
    if (known === undefined) {
      throw new CheckpointError(
        `${this.where}: the pickle names ${JSON.stringify(name)}, which no weights need; refused, and nothing was run: save the state dict alone, or as safetensors`,
      );
    }
    return known;
  }

  private call(target: PickleValue, args: PickleValue): PickleValue {
    const known = target as PickleGlobal | null;
    if (typeof known !== 'object' || typeof known?.call !== 'function' || !Array.isArray(args)) {
      throw this.damaged('a call of what is no function');
    }
    return known.call(args);
  }

  private recall(key: number): PickleValue {
    if (!this.memo.has(key)) throw this.damaged(`memo ${key} read before it was written`);
    return this.memo.get(key);
  }

  private top(): PickleValue {
    if (this.stack.length === 0) throw this.damaged('an empty stack');
    return this.stack[this.stack.length - 1];
  }

  private pop(): PickleValue {
    const top = this.top();
    this.stack.pop();
    return top;
  }

  private popMany(count: number): PickleValue[] {
    if (this.stack.length < count) throw this.damaged('an empty stack');
    return this.stack.splice(this.stack.length - count);
  }

  private popMark(): PickleValue[] {
    const below = this.below.pop();
    if (below === undefined) throw this.damaged('no mark on the stack');
    const items = this.stack;
    this.stack = below;
    return items;
  }

  /** Where the next `length` bytes start. */
  private take(length: number): number {
    const at = this.position;
    if (at + length > this.bytes.length) throw this.damaged('cut short');
    this.position += length;
    return at;
  }

  private text(length: number, encoding: 'utf-8' | 'latin1'): string {
    const at = this.take(length);
    return new TextDecoder(encoding).decode(this.bytes.subarray(at, at + length));
  }

  /** A little-endian integer of so many bytes, in two's complement. */
  private long(length: number): number | bigint {
    const at = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[at + i]);
    const signed = BigInt.asIntN(length * 8, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  /** Text up to the next newline. */
  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.damaged('cut short');
    const at = this.take(end - this.position + 1);
    return new TextDecoder().decode(this.bytes.subarray(at, end));
  }

  private damaged(problem: string): CheckpointError {
    return new CheckpointError(
      `${this.where}: the pickle is damaged or not PyTorch's: ${problem}; copy it again, or save it as safetensors`,
    );
  }
}

/**
 * A few words of WebAssembly, enough to write down a loop over vectors of two doubles. Each function gives the bytes of
 * one expression or statement, in the binary format of https://webassembly.github.io/spec/core/binary/.
 */

/** Bytes of an expression or statement. */
export type Code = readonly number[];

/** A variable of a function, by its place. */
export type Local = { readonly index: number; readonly type: ValueType };

type ValueType = 'i32' | 'f64' | 'v128';

const TYPE_BYTES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f64: 0x7c, v128: 0x7b };
const NO_RESULT = 0x40;
const SIMD = 0xfd;

/** The value of a variable. */
export const get = ({ index }: Local): Code => [0x20, ...unsigned(index)];
/** Gives a variable a value. */
export const set = ({ index }: Local, value: Code): Code => [...value, 0x21, ...unsigned(index)];

/** A whole number. */
export const integer = (value: number): Code => [0x41, ...signed(value)];
/** Sum of whole numbers. */
export const plus = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
/** Difference of whole numbers. */
export const minus = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
/** Product of whole numbers. */
export const times = (a: Code, b: Code): Code => [...a, ...b, 0x6c];

/** Sum of vectors. */
export const add = (a: Code, b: Code): Code => [...a, ...b, SIMD, ...unsigned(0xf0)];
/** Difference of vectors. */
export const subtract = (a: Code, b: Code): Code => [...a, ...b, SIMD, ...unsigned(0xf1)];
/** Product of vectors, double by double. */
export const multiply = (a: Code, b: Code): Code => [...a, ...b, SIMD, ...unsigned(0xf2)];
/** A vector of one double twice. */
export const both = (value: Code): Code => [...value, SIMD, ...unsigned(0x14)];

/** The vector at `address + offset` bytes. */
export const load = (address: Code, offset = 0): Code => [...address, SIMD, 0x00, ...memory(3, offset)];
/** The double at `address + offset` bytes, twice. */
export const loadBoth = (address: Code, offset = 0): Code => [...address, SIMD, 0x0a, ...memory(3, offset)];
/** Writes a vector to memory. */
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  SIMD,
  0x0b,
  ...memory(3, offset),
];
/** Writes one of the two doubles of a vector. */
export const storeLane = (address: Code, offset: number, value: Code, lane: 0 | 1): Code => [
  ...address,
  ...value,
  SIMD,
  0x5b,
  ...memory(3, offset),
  lane,
];
/** Two floats from different places as a vector of doubles. */
export const loadFloats = (address: Code, firstOffset: number, secondOffset: number): Code => [
  ...address,
  ...[...address, SIMD, 0x5c, ...memory(2, firstOffset)],
  ...[SIMD, 0x56, ...memory(2, secondOffset), 1],
  ...[SIMD, 0x5f],
];

/**
 * Repeats `body` with `counter` from `start` in steps of `step` while it is below `end`; at least once.
 *
 * @param end read again every time
 */
export function repeat(counter: Local, start: Code, end: Code, step: number, body: Code): Code {
  return [
    ...set(counter, start),
    ...[0x03, NO_RESULT, ...body],
    ...set(counter, plus(get(counter), integer(step))),
    ...[...get(counter), ...end, 0x49],
    ...[0x0d, 0x00, 0x0b],
  ];
}

/** A function under construction: its parameters, and the variables it asks for. */
export class FunctionBuilder {
  private readonly locals: Local[] = [];
  private readonly nParameters: number;

  constructor(parameters: readonly ValueType[]) {
    for (const type of parameters) this.local(type);
    this.nParameters = parameters.length;
  }

  /** The parameter at a place. */
  parameter(index: number): Local {
    return this.locals[index];
  }

  /** A new variable. */
  local(type: ValueType): Local {
    const local = { index: this.locals.length, type };
    this.locals.push(local);
    return local;
  }

  /**
   * A module of this function, exported as `run`, that works on an imported memory, `host.memory`.
   *
   * @param body of the function, which has no result
   */
  toModule(body: Code): Uint8Array<ArrayBuffer> {
    const parameters = this.locals.slice(0, this.nParameters).map(({ type }) => TYPE_BYTES[type]);
    const variables = this.locals.slice(this.nParameters).map(({ type }) => [1, TYPE_BYTES[type]]);
    const code = [...vector(variables), ...body, 0x0b];
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, vector([[0x60, ...vector(parameters.map((type) => [type])), 0x00]])),
      ...section(2, vector([[...name('host'), ...name('memory'), 0x02, 0x00, 0x01]])),
      ...section(3, vector([[0x00]])),
      ...section(7, vector([[...name('run'), 0x00, 0x00]])),
      ...section(10, vector([[...unsigned(code.length), ...code]])),
    ]);
  }
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return [text.length, ...Buffer.from(text, 'latin1')];
}

/** Alignment as a power of two, and offset. */
function memory(alignment: number, offset: number): Code {
  return [alignment, ...unsigned(offset)];
}

/** LEB128. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  return value > 0x7f ? [low | 0x80, ...unsigned(value >>> 7)] : [low];
}

/** Signed LEB128. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}

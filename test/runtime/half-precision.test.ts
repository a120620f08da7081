import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../../src/runtime/half-precision.js';

/** Values with their bits, from IEEE 754 itself. */
const halves: [number, number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [1023 * 2 ** -24, 0x03ff],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [0.333251953125, 0x3555],
];

test('known half-precision values go both ways', () => {
  const values = Float32Array.from(halves, ([value]) => value);
  const bits = Uint16Array.from(halves, ([, bit]) => bit);
  expect(fromFloat16(bits)).toEqual(values);
  expect(toFloat16(values)).toEqual(bits);
});

test('every half-precision number survives the way through float32', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bit) => (bit & 0x7fff) <= 0x7c00);
  expect(toFloat16(fromFloat16(bits))).toEqual(bits);
});

test('every bfloat16 number survives the way through float32', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((bit) => (bit & 0x7fff) <= 0x7f80);
  expect(toBfloat16(fromBfloat16(bits))).toEqual(bits);
});

test('narrowing rounds to nearest, ties to even, and overflows to infinity', () => {
  const ulp = 2 ** -10;
  const values = new Float32Array([
    1 + ulp / 2,
    1 + (3 * ulp) / 2,
    1 + ulp * 0.51,
    2 - ulp / 4,
    65519.99,
    65520,
    2 ** -25,
  ]);
  expect([...fromFloat16(toFloat16(values))]).toEqual([1, 1 + 2 * ulp, 1 + ulp, 2, 65504, Number.POSITIVE_INFINITY, 0]);
  const wide = new Float32Array([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3.4e38]);
  expect([...fromBfloat16(toBfloat16(wide))]).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7, Number.POSITIVE_INFINITY]);
});

test('not-a-number stays not-a-number', () => {
  const nan = new Float32Array([Number.NaN]);
  expect(fromFloat16(toFloat16(nan))).toEqual(nan);
  expect(fromBfloat16(toBfloat16(nan))).toEqual(nan);
});

import { expect, test } from 'vitest';
import {
  bytesField,
  doubleField,
  floatField,
  readFields,
  readPacked,
  varintField,
} from '../../src/runtime/protobuf.js';

// Expected bytes by hand, from the encoding guide: its own examples are 150 in field 1 and "testing" in field 2.
test('whole numbers are written seven bits a byte, low ones first, beyond 32 bits too', () => {
  expect(varintField(1, 150).toString('hex')).toBe('089601');
  expect(varintField(2, 0).toString('hex')).toBe('1000');
  expect(varintField(3, 127).toString('hex')).toBe('187f');
  expect(varintField(3, 128).toString('hex')).toBe('188001');
  expect(varintField(1, 2 ** 35).toString('hex')).toBe('08808080808001');
});

test('negative numbers take ten bytes', () => {
  expect(varintField(1, -1).toString('hex')).toBe('08ffffffffffffffffff01');
  expect(varintField(1, -3).toString('hex')).toBe('08fdffffffffffffffff01');
});

test('a field beyond 15 takes two bytes for its tag', () => {
  expect(varintField(16, 1).toString('hex')).toBe('800101');
});

test('text is written with its length, which may itself take two bytes', () => {
  expect(bytesField(2, Buffer.from('testing')).toString('hex')).toBe('120774657374696e67');
  expect(bytesField(2, Buffer.alloc(0)).toString('hex')).toBe('1200');
  expect(bytesField(2, Buffer.alloc(300)).subarray(0, 3).toString('hex')).toBe('12ac02');
});

test('floats are written little endian', () => {
  expect(floatField(2, 0.25).toString('hex')).toBe('150000803e');
  expect(doubleField(1, 1.5).toString('hex')).toBe('09000000000000f83f');
});

test('what is written is read', () => {
  const numbers = [0, 1, 127, 128, 300, 2 ** 35, 2 ** 53 - 1, -1, -3, -(2 ** 40)];
  const message = Buffer.concat([
    ...numbers.map((number) => varintField(1, number)),
    bytesField(20, Buffer.from('testing')),
    floatField(2, 0.25),
    doubleField(3, -1.5),
  ]);
  const fields = [...readFields(message)];
  expect(fields.slice(0, numbers.length).map(({ field, number }) => [field, number])).toEqual(
    numbers.map((number) => [1, number]),
  );
  expect(fields.slice(numbers.length).map(({ field, number, bytes }) => [field, number, bytes.toString()])).toEqual([
    [20, Number.NaN, 'testing'],
    [2, 0.25, ''],
    [3, -1.5, ''],
  ]);
  expect(readPacked(Buffer.from('0196018001', 'hex'))).toEqual([1, 150, 128]);
});

test('a message that ends too early is refused', () => {
  expect(() => [...readFields(Buffer.from('1207746573', 'hex'))]).toThrow(/a field ends beyond byte 5/);
  expect(() => [...readFields(Buffer.from('0896', 'hex'))]).toThrow(/a number ends beyond byte 2/);
  expect(() => [...readFields(Buffer.from('0b', 'hex'))]).toThrow(/wire type 3/);
});

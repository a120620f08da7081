import { expect, test } from 'vitest';
import { bytesField, doubleField, floatField, varintField } from '../../src/runtime/protobuf.js';

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

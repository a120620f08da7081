import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Operation, Program, Value } from '../../src/graph/program.js';
import { verifyProgram } from '../../src/graph/verify.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

const value = (name: string, shape: number[] = [2, 3], dtype = 'float32'): Value => ({ name, shape, dtype });
const [x, y] = [value('x'), value('y')];
const operation = (op: string, inputs: Value[], output: Value): Operation => ({
  name: output.name,
  op,
  attributes: [],
  inputs,
  outputs: [output],
});

/** `y = op(x)` with changes. */
const program = (changes: Partial<Program> = {}): Program => ({
  inputs: new Map([['x', x]]),
  captures: [],
  constants: [],
  operations: [operation('Neg', [x], y)],
  assignments: [],
  outputs: new Map([['y', y]]),
  ...changes,
});
const check = (changes: Partial<Program>) => () => verifyProgram(program(changes));

describe('verifyProgram', () => {
  it('passes a whole program', () => {
    expect(check({})).not.toThrow();
  });

  it('finds names used twice, values that nobody makes, and orphans', () => {
    expect(check({ constants: [{ value: value('x'), values: Float32Array.of(1) }] })).toThrow(/two values are named x/);
    expect(check({ operations: [operation('Neg', [value('z')], y)] })).toThrow(/y uses z, which is not defined/);
    expect(check({ operations: [operation('Neg', [value('x')], y)] })).toThrow(/y uses x, which is not defined/);
    expect(check({ outputs: new Map([['y', value('z')]]) })).toThrow(/output y uses z/);
    const orphan = { operations: [operation('Neg', [x], y), operation('Neg', [x], value('z'))] };
    expect(check(orphan)).toThrow(/nothing uses z/);
    expect(() => verifyProgram(program(orphan), { orphans: false })).not.toThrow();
    expect(check({ constants: [{ value: value('c'), values: Float32Array.of(1) }] })).toThrow(/nothing uses c/);
  });

  it('finds shapes and types that do not agree', () => {
    const wrong = (op: string, inputs: Value[], output: Value) =>
      check({
        inputs: new Map(inputs.map((one) => [one.name, one])),
        operations: [operation(op, inputs, output)],
        outputs: new Map([['y', output]]),
      });
    expect(wrong('Neg', [x], value('y', [3, 2]))).toThrow(
      /y: Neg\(float32\[2,3\]\): expected an output of float32\[2,3\], got float32\[3,2\]/,
    );
    expect(wrong('Reshape', [x], value('y', [7]))).toThrow(/6 elements/);
    expect(wrong('Mul', [x, value('b', [3])], value('y', [2, 3]))).not.toThrow();
    expect(wrong('Mul', [x, value('b', [2])], value('y', [2, 3]))).toThrow(/do not broadcast/);
    expect(wrong('Mul', [x, value('b', [3])], value('y', [3]))).toThrow(/shape \[2,3\], got float32\[3\]/);
    expect(wrong('Mul', [x, value('b', [3], 'int32')], value('y'))).toThrow(/float32 throughout, got int32\[3\]/);
    expect(check({ constants: [{ value: value('c', [3]), values: Float32Array.of(1, 2) }] })).toThrow(
      /c: expected 3 numbers/,
    );
    const variable = tf.variable(tf.ones([3]), true, 'v');
    expect(check({ assignments: [{ variable, value: y }] })).toThrow(
      /variable v: expected float32\[3\], got float32\[2,3\]/,
    );
    variable.dispose();
  });
});

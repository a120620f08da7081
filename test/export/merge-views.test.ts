import { expect, test } from 'vitest';
import { mergeViews } from '../../src/export/merge-views.js';
import type { Constant, Operation, Program, Value } from '../../src/graph/program.js';

function value(name: string, ...shape: number[]): Value {
  return { name, shape, dtype: 'float32' };
}

function constant(of: Value): Constant {
  return { value: of, values: new Float32Array(of.shape.reduce((size, length) => size * length, 1)) };
}

function operation(op: string, inputs: readonly Value[], output: Value): Operation {
  return { name: output.name, op, attributes: [], inputs, outputs: [output] };
}

/** Rows of `width` numbers through a layer, between two views. */
function denseProgram(x: Value, rows: Value, back: Value): Program {
  const kernel = value('kernel', 4, 5);
  const bias = value('bias', 5);
  const shapes = [value('shape', 2), value('shape back', back.shape.length)];
  const [product, sum, active] = ['product', 'sum', 'active'].map((name) => value(name, -1, 5));
  return {
    inputs: new Map([['x', x]]),
    captures: [],
    constants: [kernel, bias, ...shapes].map(constant),
    operations: [
      operation('Reshape', [x, shapes[0]], rows),
      operation('MatMul', [rows, kernel], product),
      operation('BiasAdd', [product, bias], sum),
      operation('Selu', [sum], active),
      operation('Reshape', [active, shapes[1]], back),
    ],
    assignments: [],
    outputs: new Map([['y', back]]),
  };
}

test('a layer on rows is one on the tensor that they are rows of', () => {
  const merged = mergeViews(denseProgram(value('x', -1, 3, 4), value('rows', -1, 4), value('back', -1, 3, 5)));
  expect(merged.operations.map(({ op }) => op)).toEqual(['MatMul', 'BiasAdd', 'Selu']);
  expect(merged.operations[0].inputs[0]).toMatchObject({ name: 'x' });
  expect(merged.outputs.get('y')).toMatchObject({ shape: [-1, 3, 5] });
  expect(merged.outputs.get('y')).toBe(merged.operations[2].outputs[0]);
});

test('rows of other lengths than the tensor stay a view', () => {
  const program = denseProgram(value('x', -1, 6, 2), value('rows', -1, 4), value('back', -1, 3, 5));
  const { operations } = mergeViews(program);
  expect(operations.map(({ op }) => op)).toEqual(['Reshape', 'MatMul', 'BiasAdd', 'Selu', 'Reshape']);
});

test('another view at the end is taken of the last result', () => {
  const { operations } = mergeViews(denseProgram(value('x', -1, 3, 4), value('rows', -1, 4), value('back', -1, 15)));
  expect(operations.map(({ op }) => op)).toEqual(['MatMul', 'BiasAdd', 'Selu', 'Reshape']);
  expect(operations[3].inputs[0].shape).toEqual([-1, 3, 5]);
});

test('a length that two axes may share is not taken for known', () => {
  const x = value('x', -1, -1, 4);
  const program = denseProgram(x, value('rows', -1, 4), value('back', -1, -1, 5));
  expect(mergeViews(program).operations.at(-1)?.op).toBe('Reshape');
});

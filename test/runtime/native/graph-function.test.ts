import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeGraph } from '../../../src/graph/graph-def.js';
import { type NativeBackend, startNativeBackend } from '../../../src/runtime/native/native-backend.js';
import { testLibraryFiles } from '../../support/native-library.js';

let backend: NativeBackend;
beforeAll(async () => {
  backend = await startNativeBackend(await testLibraryFiles(), { device: 'cpu' });
});
afterAll(() => backend.close());

/** `y = op(x)` on two floats. */
function definition(name: string, op = 'Neg') {
  const [x, y] = ['x', 'y'].map((name) => ({ name, shape: [2], dtype: 'float32' }));
  const attributes = [{ name: 'T', type: 4, value: 1 }];
  const operations = [{ name: 'y', op, attributes, inputs: [x], outputs: [y] }];
  const named = { inputs: new Map([['x', x]]), outputs: new Map([['y', y]]) };
  return { name, ...encodeGraph({ ...named, captures: [], constants: [], operations, assignments: [] }) };
}

it('a function runs by name until it is removed, and is given back once', () => {
  const { binding } = backend;
  const x = binding.createTensor([2], 1, Float32Array.of(1, -2));
  const { name: _, ...before } = backend.livePointers();
  binding.addFunction(definition('negative'));
  expect(() => binding.addFunction(definition('negative'))).toThrow(/function negative: there is one of this name/);
  const [y] = binding.executeOp('negative', [], [x], 1);
  expect(y.shape).toEqual([2]);
  expect(binding.tensorDataSync(y.id)).toEqual(Float32Array.of(-1, 2));
  binding.deleteTensor(y.id);
  binding.removeFunction('negative');
  expect(() => binding.executeOp('negative', [], [x], 1)).toThrow(/negative/);
  expect(() => binding.removeFunction('negative')).toThrow(/is removed or was never added/);
  const { name: __, ...after } = backend.livePointers();
  expect(after).toEqual(before);
  binding.deleteTensor(x);
});

it('a graph that TensorFlow does not take leaves nothing behind', () => {
  const before = backend.livePointers();
  expect(() => backend.binding.addFunction(definition('wrong', 'NoSuchOp'))).toThrow(/^function wrong: .*NoSuchOp/);
  expect(() => backend.binding.addFunction({ ...definition('lost'), outputs: ['z'] })).toThrow(
    'function lost: has no operation "z"',
  );
  expect(backend.livePointers()).toEqual(before);
});

it('closing the engine takes the functions that are left', () => {
  backend.binding.addFunction(definition('left'));
  backend.close();
  expect(Object.values(backend.livePointers()).every((count) => count === 0)).toBe(true);
  backend.binding.removeFunction('left');
});

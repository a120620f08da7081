import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import { type NativeBackend, startNativeBackend } from '../../../src/runtime/native/native-backend.js';
import { executeRawOp, hasRawOps } from '../../../src/runtime/native/raw-op.js';
import { testLibraryFiles } from '../../support/native-library.js';

let backend: NativeBackend;

beforeAll(async () => {
  expect(hasRawOps()).toBe(false);
  backend = await startNativeBackend(await testLibraryFiles(), { device: 'cpu' });
});
afterAll(() => backend.close());

/** tfjs has no uint64, so a key for a stateless op is cast. */
function uint64(values: number[]): tf.Tensor {
  return executeRawOp('Cast', { SrcT: 'int32', DstT: 'uint64' }, [tf.tensor1d(values, 'int32')], 1)[0] as tf.Tensor;
}

function stateless(key: number, counter: number): tf.Tensor {
  return tf.tidy(() => {
    const inputs = [tf.tensor1d([2, 3], 'int32'), uint64([key]), uint64([counter, 0]), tf.scalar(1, 'int32')];
    return executeRawOp('StatelessRandomUniformV2', { dtype: 'float32', Tshape: 'int32' }, inputs, 1)[0] as tf.Tensor;
  });
}

describe('a raw op', () => {
  it('is there while the native engine runs', () => {
    expect(hasRawOps()).toBe(true);
  });

  it('draws the same stateless random numbers for the same key, and others for another', () => {
    const [a, b, c] = [stateless(7, 1), stateless(7, 1), stateless(8, 1)];
    expect(a.shape).toEqual([2, 3]);
    expect(a.dtype).toBe('float32');
    expect(a.dataSync()).toEqual(b.dataSync());
    expect(a.dataSync()).not.toEqual(c.dataSync());
    for (const value of a.dataSync()) expect(value >= 0 && value < 1).toBe(true);
    tf.dispose([a, b, c]);
  });

  it('normalises a batch with FusedBatchNormV3 as the definition says', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([4, 3, 2, 5], 2, 3, 'float32', 1);
      const [scale, offset] = [tf.linspace(1, 2, 5), tf.linspace(-1, 1, 5)];
      const empty = tf.tensor1d([]);
      const attributes = { T: 'float32', U: 'float32', epsilon: 1e-3, data_format: 'NHWC', is_training: true };
      const [y, mean, variance] = executeRawOp('FusedBatchNormV3', attributes, [x, scale, offset, empty, empty], 6);
      const moments = tf.moments(x, [0, 1, 2]);
      const expected = x.sub(moments.mean).div(moments.variance.add(1e-3).sqrt()).mul(scale).add(offset);
      // Two float32 orders of summation over 24 values.
      expect(tf.max(tf.abs(tf.sub(y as tf.Tensor, expected))).dataSync()[0]).toBeLessThan(1e-5);
      expect(tf.max(tf.abs(tf.sub(mean as tf.Tensor, moments.mean))).dataSync()[0]).toBeLessThan(1e-5);
      // The op returns the unbiased variance, of n - 1 = 23.
      const unbiased = moments.variance.mul(24 / 23);
      expect(tf.max(tf.abs(tf.sub(variance as tf.Tensor, unbiased))).dataSync()[0]).toBeLessThan(1e-4);
    });
  });

  it('carries a variable through VarHandleOp, AssignVariableOp and ReadVariableOp', () => {
    tf.tidy(() => {
      const [variable] = executeRawOp('VarHandleOp', { dtype: 'float32', shape: [2], shared_name: 'raw' }, [], 1);
      const handle = variable as tf.Tensor;
      expect(executeRawOp('AssignVariableOp', { dtype: 'float32' }, [handle, tf.tensor1d([1, 2])], 0)).toEqual([]);
      executeRawOp('AssignAddVariableOp', { dtype: 'float32' }, [handle, tf.tensor1d([10, 10])], 0);
      const [value] = executeRawOp('ReadVariableOp', { dtype: 'float32' }, [handle], 1);
      expect(value?.arraySync()).toEqual([11, 12]);
      executeRawOp('DestroyResourceOp', {}, [handle], 0);
    });
  });

  it('takes lists of types, ints and shapes, and returns lists of tensors', () => {
    tf.tidy(() => {
      const parts = executeRawOp('Split', { num_split: 3 }, [tf.scalar(0, 'int32'), tf.range(0, 6)], 3);
      expect(parts.map((part) => Array.from(part.dataSync()))).toEqual([
        [0, 1],
        [2, 3],
        [4, 5],
      ]);
      const [a, b] = executeRawOp('IdentityN', { T: ['float32', 'int32'] }, [tf.scalar(1), tf.scalar(2, 'int32')], 2);
      expect([a?.dtype, b?.dtype]).toEqual(['float32', 'int32']);
      const squeezed = executeRawOp('Squeeze', { squeeze_dims: [0, 2] }, [tf.ones([1, 3, 1, 1])], 1);
      expect(squeezed[0]?.shape).toEqual([3, 1]);
    });
  });

  it('keeps types that tfjs lacks from one raw op to the next', () => {
    tf.tidy(() => {
      const [half] = executeRawOp('Cast', { SrcT: 'float32', DstT: 'bfloat16' }, [tf.tensor1d([1, 2.5])], 1);
      const [sum] = executeRawOp('AddV2', { T: 'bfloat16' }, [half as tf.Tensor, half as tf.Tensor], 1);
      expect(() => sum?.dataSync()).toThrow(/bfloat16.*cast it first/);
      const [back] = executeRawOp('Cast', { SrcT: 'bfloat16', DstT: 'float32' }, [sum as tf.Tensor], 1);
      expect(back?.arraySync()).toEqual([2, 5]);
      const [long] = executeRawOp('Where', { T: 'bool' }, [tf.tensor1d([false, true, true], 'bool')], 1);
      expect(long?.dtype).toBe('int32');
      expect(long?.dataSync()).toEqual(BigInt64Array.of(1n, 2n));
    });
  });

  it('takes and returns strings', () => {
    tf.tidy(() => {
      const [joined] = executeRawOp(
        'StringJoin',
        { N: 2, separator: '-' },
        [tf.tensor1d(['a', 'ü']), tf.scalar('z')],
        1,
      );
      expect(joined?.dataSync()).toEqual(['a-z', 'ü-z']);
    });
  });

  it('has a gradient through customGrad', () => {
    const square = tf.customGrad((...parameters) => {
      const [x, save] = parameters as [tf.Tensor, tf.GradSaveFunc];
      save([x]);
      return {
        value: executeRawOp('Square', {}, [x], 1)[0] as tf.Tensor,
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => dy.mul(saved as tf.Tensor).mul(2),
      };
    });
    const before = backend.liveHandles();
    const x = tf.tensor1d([1, -3]);
    const gradient = tf.grad((input: tf.Tensor) => square(input).sum())(x);
    expect(gradient.arraySync()).toEqual([2, -6]);
    tf.dispose([x, gradient]);
    expect(backend.liveHandles()).toBe(before);
  });

  it('gives its outputs to tidy and dispose', () => {
    const before = [tf.memory().numTensors, backend.liveHandles()];
    tf.tidy(() => {
      for (let i = 0; i < 50; i++) stateless(i, 0);
    });
    const kept = tf.tidy(() => stateless(1, 1));
    expect(backend.liveHandles()).toBe((before[1] as number) + 1);
    kept.dispose();
    expect([tf.memory().numTensors, backend.liveHandles()]).toEqual(before);
  });

  it('says which op failed, and with what', () => {
    const x = tf.ones([2, 3]);
    const before = backend.liveHandles();
    expect(() => executeRawOp('Cholesky', {}, [x], 1)).toThrow(/^Cholesky\(float32\[2,3\]\): .*square/);
    expect(() => executeRawOp('Neg', { T: 'float33' }, [x], 1)).toThrow(
      'Neg: attribute T: unknown data type "float33"',
    );
    expect(() => executeRawOp('Neg', { Tea: 'float32' }, [x], 1)).toThrow(/^Neg: attribute Tea: /);
    expect(backend.liveHandles()).toBe(before + 1);
    x.dispose();
  });
});

describe('without the native engine', () => {
  it('a raw op names the backend there is', async () => {
    backend.close();
    expect(hasRawOps()).toBe(false);
    expect(() => executeRawOp('Neg', {}, [], 1)).toThrow(EngineError);
    expect(() => executeRawOp('Neg', {}, [], 1)).toThrow(/^Neg: needs TensorFlow's native engine, but tfjs runs on "/);
  });
});

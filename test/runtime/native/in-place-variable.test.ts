import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { InPlaceVariable } from '../../../src/runtime/native/in-place-variable.js';
import { executeRawOp } from '../../../src/runtime/native/raw-op.js';
import { startTestEngine } from '../../support/engine.js';

beforeAll(startTestEngine);

/** Takes `change` from each value. */
function descend(inPlace: InPlaceVariable, change: tf.Tensor): void {
  InPlaceVariable.change([inPlace], () => {
    executeRawOp(
      'ResourceApplyGradientDescent',
      { T: 'float32', use_locking: false },
      [inPlace.handle, tf.scalar(1), change],
      0,
    );
  });
}

test('a change is seen by whoever reads the variable, and an assignment by the next change', () => {
  tf.tidy(() => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const inPlace = new InPlaceVariable(variable);
    descend(inPlace, tf.tensor1d([1, 1]));
    expect([...variable.dataSync()]).toEqual([0, 1]);
    expect([...tf.add(variable, 1).dataSync()]).toEqual([1, 2]);
    variable.assign(tf.tensor1d([10, 20]));
    descend(inPlace, tf.tensor1d([1, 2]));
    descend(inPlace, tf.tensor1d([1, 2]));
    expect([...variable.dataSync()]).toEqual([8, 16]);
    inPlace.dispose();
    variable.dispose();
  });
});

test('a clone keeps the old values, and so does what was computed without a copy', () => {
  tf.tidy(() => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const inPlace = new InPlaceVariable(variable);
    descend(inPlace, tf.tensor1d([1, 1]));
    const [clone, reshaped] = [tf.clone(variable), tf.reshape(variable, [2, 1])];
    const [identity] = executeRawOp('Identity', { T: 'float32' }, [variable], 1);
    descend(inPlace, tf.tensor1d([1, 1]));
    for (const old of [clone, reshaped, identity]) expect([...old.dataSync()]).toEqual([0, 1]);
    expect([...variable.dataSync()]).toEqual([-1, 0]);
    inPlace.dispose();
    variable.dispose();
  });
});

test('a change that fails leaves the values', () => {
  tf.tidy(() => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const inPlace = new InPlaceVariable(variable);
    expect(() => descend(inPlace, tf.tensor1d([1, 2, 3]))).toThrow(/ResourceApplyGradientDescent/);
    expect([...variable.dataSync()]).toEqual([1, 2]);
    inPlace.dispose();
    variable.dispose();
  });
});

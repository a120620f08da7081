/** Orders work in a program where its data does not: what is recomputed must not be computed early, nor merged. */
import type * as tf from '@tensorflow/tfjs-core';

let current: tf.Tensor | undefined;

/** The tensor that what runs now is to wait for, if any. */
export function awaitedTensor(): tf.Tensor | undefined {
  return current;
}

/**
 * Runs `fn`. Where it is recorded, the program runs those ops only once `tensor` is there, and does not take equal ops from
 * elsewhere in their place. Op by op it makes no difference.
 */
export function runAfter<Result>(tensor: tf.Tensor, fn: () => Result): Result {
  const outer = current;
  current = tensor;
  try {
    return fn();
  } finally {
    current = outer;
  }
}

import * as tf from '@tensorflow/tfjs-core';

/** Rows and columns of the matrices. */
export const MATMUL_SIZE = 2048;
/** Floating-point operations of one product. */
export const MATMUL_FLOPS = 2 * MATMUL_SIZE ** 3;

/** A product of two matrices: the most that the engine gets out of the processor. */
export function prepareMatmul() {
  const matrix = tf.tidy(() => tf.neg(tf.ones([MATMUL_SIZE, MATMUL_SIZE]))) as tf.Tensor2D;
  return {
    run: () => {
      tf.tidy(() => tf.slice(tf.matMul(matrix, matrix), 0, 1).dataSync());
    },
    dispose: () => matrix.dispose(),
  };
}

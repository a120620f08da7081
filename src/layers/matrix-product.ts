/** Products of sequences with matrices. */
import * as tf from '@tensorflow/tfjs-core';
import { NATIVE_BACKEND } from '../runtime/native/kernel-backend.js';
import { LONG_AXIS } from '../runtime/native/long-sums.js';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';
import { addBias } from './add-bias.js';

/**
 * `[..., features]` times `[features, width]`, plus a bias `[width]` where there is one: `[..., width]`, as one product of two
 * matrices.
 */
export function project(x: tf.Tensor, kernel: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [nFeatures, width] = kernel.shape;
    const rows = tf.reshape(x, [-1, nFeatures]);
    const product = matrixProduct(rows as tf.Tensor2D, kernel as tf.Tensor2D);
    // Next to the product, where a compiled program makes one op of both.
    const shifted = bias === undefined ? product : addBias(product, bias);
    return tf.reshape(shifted, [...x.shape.slice(0, -1), width]);
  });
}

/** TensorFlow's product of two matrices, where tfjs asks for one of batches of them, which nothing is fused with. */
function matrixProduct(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor {
  return hasRawOps() ? tf.engine().runKernel(KERNEL, { a, b }) : tf.matMul(a, b);
}

/** Name of our op in tfjs's registry: a gradient found there is computed input by input, as each is asked for. */
const KERNEL = 'VoiceproofMatrixProduct';

tf.registerKernel({
  kernelName: KERNEL,
  backendName: NATIVE_BACKEND,
  kernelFunc: ({ inputs }) => {
    const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    return rawProduct(a, b);
  },
});

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, saved) => {
    const [a, b] = saved;
    return {
      a: () => rawProduct(dy as tf.Tensor, b, { isSecondTransposed: true }),
      b: () => productOfColumns(a as tf.Tensor2D, dy as tf.Tensor2D),
    };
  },
});

/**
 * Each column of `a` times each of `b`. Products of matrices are summed in blocks, those of a matrix with a single column
 * are not.
 */
function productOfColumns(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor {
  const [nRows, nColumns] = a.shape;
  if (nRows < LONG_AXIS || (nColumns > 1 && b.shape[1] > 1)) return rawProduct(a, b, { isFirstTransposed: true });
  return tf.tidy(() => tf.reshape(tf.sum(tf.mul(a, b), 0), [nColumns, b.shape[1]]));
}

function rawProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { isFirstTransposed = false, isSecondTransposed = false } = {},
): tf.Tensor {
  const attributes = { T: 'float32', transpose_a: isFirstTransposed, transpose_b: isSecondTransposed };
  return executeRawOp('MatMul', attributes, [a, b], 1)[0];
}

/** Adam (Kingma and Ba 2015) as `torch.optim.Adam`; AdamW (Loshchilov and Hutter 2019) is the same after its decay. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp } from '../runtime/native/raw-op.js';
import type { OptimizerSettings, UpdateRule } from './update-rule.js';

/** `w -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)` */
export function adam({ adamBeta1, adamBeta2, adamEpsilon, weightDecay }: OptimizerSettings): UpdateRule {
  return {
    moments: ['exp_avg', 'exp_avg_sq'],
    coefficients: (learningRate, step) => ({
      stepSize: learningRate / (1 - adamBeta1 ** step),
      correction: Math.sqrt(1 - adamBeta2 ** step),
      decay: 1 - learningRate * weightDecay,
    }),
    compose: (variable, [m, v], gradient, { stepSize, correction }) => {
      m.assign(tf.add(tf.mul(m, adamBeta1), tf.mul(gradient, 1 - adamBeta1)));
      v.assign(tf.add(tf.mul(v, adamBeta2), tf.mul(tf.square(gradient), 1 - adamBeta2)));
      const denominator = tf.add(tf.div(tf.sqrt(v), correction), adamEpsilon);
      variable.assign(tf.sub(variable, tf.mul(tf.div(m, denominator), stepSize)));
    },
    fuse: ({ stepSize, correction }) => {
      // TensorFlow corrects the second moment outside the root and adds epsilon before: both are fed corrected, and powers
      // of the betas as zeros, so that the op corrects nothing itself.
      const numbers = [0, 0, stepSize * correction, adamBeta1, adamBeta2, adamEpsilon * correction];
      const scalars = numbers.map((number) => tf.scalar(number));
      const attributes = { T: 'float32', use_locking: false, use_nesterov: false };
      return (handles, gradient) => {
        executeRawOp('ResourceApplyAdam', attributes, [...handles, ...scalars, gradient], 0);
      };
    },
  };
}

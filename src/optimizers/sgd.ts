/** Stochastic gradient descent, with momentum (Sutskever et al., ICML 2013) where asked for, as `torch.optim.SGD`. */
import * as tf from '@tensorflow/tfjs-core';
import { executeRawOp } from '../runtime/native/raw-op.js';
import type { OptimizerSettings, UpdateRule } from './update-rule.js';

/** `b = momentum * b + g; w -= lr * b`, or with Nesterov's `w -= lr * (g + momentum * b)`; without momentum `w -= lr * g`. */
export function sgd({ sgdMomentum, sgdNesterov }: OptimizerSettings): UpdateRule {
  const hasMomentum = sgdMomentum > 0;
  return {
    moments: hasMomentum ? ['momentum_buffer'] : [],
    coefficients: (learningRate) => ({ stepSize: learningRate, correction: 1, decay: 1 }),
    compose: (variable, [buffer], gradient, { stepSize }) => {
      let change = gradient;
      if (hasMomentum) {
        buffer.assign(tf.add(tf.mul(buffer, sgdMomentum), gradient));
        change = sgdNesterov ? tf.add(gradient, tf.mul(buffer, sgdMomentum)) : buffer;
      }
      variable.assign(tf.sub(variable, tf.mul(change, stepSize)));
    },
    fuse: ({ stepSize }) => {
      const [rate, momentum] = [tf.scalar(stepSize), tf.scalar(sgdMomentum)];
      const attributes = { T: 'float32', use_locking: false };
      if (!hasMomentum) {
        return (handles, gradient) => {
          executeRawOp('ResourceApplyGradientDescent', attributes, [...handles, rate, gradient], 0);
        };
      }
      return (handles, gradient) => {
        const inputs = [...handles, rate, gradient, momentum];
        executeRawOp('ResourceApplyMomentum', { ...attributes, use_nesterov: sgdNesterov }, inputs, 0);
      };
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/graph/compile.js';

/** Layers of the stack. */
export const N_DENSE = 100;
const DENSE_WIDTH = 64;

/** A deep stack of small ops: gradient descent on dense layers of one width. */
export function prepareStack() {
  const kernels = Array.from({ length: N_DENSE }, (_, i) =>
    tf.tidy(() => tf.variable(tf.randomNormal([DENSE_WIDTH, DENSE_WIDTH], 0, 1 / 8, 'float32', i))),
  );
  const biases = kernels.map(() => tf.tidy(() => tf.variable(tf.zeros([DENSE_WIDTH]))));
  const variables = [...kernels, ...biases];
  const step = ({ x }: { x: tf.Tensor }) => {
    const forward = () => {
      const y = kernels.reduce<tf.Tensor>((y, kernel, i) => tf.relu(tf.add(tf.matMul(y, kernel), biases[i])), x);
      return tf.mean(tf.square(y)) as tf.Scalar;
    };
    const { value, grads } = tf.variableGrads(forward, variables);
    for (const variable of variables) variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 1e-3)));
    return { loss: value };
  };
  const compiled = compile(step);
  const x = tf.randomNormal([16, DENSE_WIDTH], 0, 1, 'float32', 0);
  const run = (fn: typeof step) => () => {
    tf.tidy(() => fn({ x }).loss.dataSync());
  };
  return {
    train: run(compiled),
    trainPlain: run(step),
    dispose: () => {
      compiled.dispose();
      tf.dispose([...variables, x]);
    },
  };
}

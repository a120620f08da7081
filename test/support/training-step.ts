/** A training step of a whole model, as the tests of architectures compare it with a reference's. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile } from '../../src/graph/compile.js';
import { namedWeights } from '../../src/models/named-weights.js';

/** What a step gives: the gradients of the trained weights, under their names. */
export interface StepResult {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Loss and gradients of a step, which moves running statistics, too. */
export function stepOf(
  net: LayersModel,
  loss: (logits: tf.Tensor) => tf.Scalar,
  { isTraining = true, isCompiled = false } = {},
): (x: tf.Tensor) => StepResult {
  const trained = [...namedWeights(net)].filter(([, { trainable }]) => trainable);
  const run = ({ x }: { x: tf.Tensor }) => {
    const { value, grads } = tf.variableGrads(
      () => loss(net.apply(x, { training: isTraining, seed: 1 }) as tf.Tensor),
      trained.map(([, { variable }]) => variable),
    );
    const gradients = Object.fromEntries(trained.map(([name, { variable }]) => [name, grads[variable.name]]));
    return { ...gradients, loss: value } as Record<string, tf.Tensor>;
  };
  const step = isCompiled ? compile(run) : run;
  return (x) => {
    const { loss: value, ...gradients } = step({ x });
    return {
      loss: value.dataSync()[0],
      gradients: new Map(Object.entries(gradients).map(([name, each]) => [name, each.dataSync<'float32'>()])),
    };
  };
}

/** Cross-entropy of two logits, by weights of the classes. */
export function weightedLoss(logits: tf.Tensor, labels: readonly number[], classWeights: readonly number[]): tf.Scalar {
  const weights = labels.map((label) => classWeights[label]);
  const total = weights.reduce((sum, weight) => sum + weight);
  const shares = tf.tensor2d(
    labels.flatMap((label, i) => [0, 1].map((each) => (each === label ? weights[i] / total : 0))),
    [labels.length, 2],
  );
  return tf.neg(tf.sum(tf.mul(shares, tf.logSoftmax(logits)))) as tf.Scalar;
}

import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/data/batch.js';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { releaseProgram } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { simplifyProgram } from '../../src/graph/simplify.js';
import { summarizeProgram } from '../../src/graph/summarize.js';
import { createForward } from '../../src/inference/forward.js';
import { targetsOf } from '../../src/losses/reduction.js';
import { createLoss } from '../../src/losses/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { namedOutputs } from '../../src/models/outputs.js';
import { buildModel } from '../../src/models/registry.js';
import { createRandom } from '../../src/runtime/random.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { createTrainingStep } from '../../src/training/step.js';

/** LCNN on batches of `shape`: its training step, compiled and op by op, and its forward pass. */
export function prepareLcnn(shape: readonly [number, number, number]) {
  const model = buildModel({ type: 'lcnn' }, shape.slice(1), 0);
  const trained = new Map([...variablesOf(namedWeights(model))].filter(([, { trainable }]) => trainable));
  const options = trainingOptions.parse({ learningRate: 1e-4 });
  const optimizer = createOptimizer(trained, options);
  const random = createRandom('bench');
  const batch: Batch = {
    inputs: Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal()),
    shape: shape,
    labels: Int32Array.from({ length: shape[0] }, (_, row) => row % 2),
    utterances: [],
    indices: new Int32Array(shape[0]),
  };
  const parts = {
    forward: (inputs: tf.Tensor, seed: number | tf.Tensor) =>
      namedOutputs(model.apply(inputs, { training: true, seed }) as tf.Tensor),
    loss: createLoss(options, [1, 1], { nLogits: 2, kind: 'linear' }),
    trained,
    weights: variablesOf(namedWeights(model)),
    optimizer,
    options,
  };
  const [compiled, plain] = [true, false].map((isCompiled) => createTrainingStep({ ...parts, isCompiled }));
  const forward = createForward(model, true);
  const inputs = tf.tensor(batch.inputs, [...shape]);
  let step = 0;
  const update = ({ update }: typeof compiled) => {
    step += 1;
    update(batch, step, 1, optimizer.coefficients(options.learningRate, step));
  };
  const program = record(
    ({ x, seed, targets }: { x: tf.Tensor; seed: tf.Tensor; targets: tf.Tensor }) => {
      const { value, grads } = tf.variableGrads(
        () => parts.loss(parts.forward(x, seed).logits, targets),
        [...trained.values()],
      );
      return { loss: value, ...grads };
    },
    { x: inputs, seed: tf.scalar(0, 'int32'), targets: targetsOf(batch.labels) },
  );
  const { parameters, flops } = summarizeProgram(simplifyProgram(program));
  releaseProgram(program);
  return {
    nParameters: parameters,
    flops,
    inputs,
    labels: batch.labels,
    train: () => update(compiled),
    trainPlain: () => update(plain),
    forward: () => {
      tf.tidy(() => forward.run(inputs).dataSync());
    },
    dispose: () => {
      compiled.dispose();
      plain.dispose();
      forward.dispose();
      optimizer.dispose();
      model.dispose();
      inputs.dispose();
    },
  };
}

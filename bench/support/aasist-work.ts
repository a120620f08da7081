import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/data/batch.js';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { createForward } from '../../src/inference/forward.js';
import { createLoss } from '../../src/losses/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { namedOutputs } from '../../src/models/outputs.js';
import { buildModel } from '../../src/models/registry.js';
import { createRandom } from '../../src/runtime/random.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { createTrainingStep } from '../../src/training/step.js';

/** AASIST-L on `nClips` of noise: its training step with dropout and Adam, and the forward pass of one clip, compiled. */
export function prepareAasist(nClips: number, nSamples: number) {
  const model = buildModel({ type: 'aasist-l' }, [nSamples], 0);
  const named = namedWeights(model);
  const weights = variablesOf(named);
  const trained = new Map([...weights].filter(([name]) => named.get(name)?.trainable));
  const options = trainingOptions.parse({ learningRate: 1e-4 });
  const optimizer = createOptimizer(trained, options);
  const random = createRandom('bench');
  const batch: Batch = {
    inputs: Float32Array.from({ length: nClips * nSamples }, () => random.normal()),
    shape: [nClips, nSamples],
    labels: Int32Array.from({ length: nClips }, (_, row) => row % 2),
    utterances: [],
    indices: new Int32Array(nClips),
  };
  const compiled = createTrainingStep({
    forward: (inputs: tf.Tensor, seed: number | tf.Tensor) =>
      namedOutputs(model.apply(inputs, { training: true, seed }) as tf.Tensor),
    loss: createLoss(options, [1, 1], { nLogits: 2, kind: 'linear' }),
    trained,
    weights,
    optimizer,
    options,
    isCompiled: true,
  });
  const forward = createForward(model, true);
  const clip = tf.tensor(batch.inputs.slice(0, nSamples), [1, nSamples]);
  let step = 0;
  return {
    /** With the norms that the reference computes and throws away. */
    nParameters: [...weights].reduce((sum, [name, { size }]) => sum + (/moving_/.test(name) ? 0 : size), 0),
    train: () => {
      step += 1;
      compiled.update(batch, step, 1, optimizer.coefficients(options.learningRate, step));
    },
    forward: () => {
      tf.tidy(() => forward.run(clip).dataSync());
    },
    dispose: () => {
      compiled.dispose();
      forward.dispose();
      optimizer.dispose();
      model.dispose();
      clip.dispose();
    },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { openHuggingFaceWeights, readHuggingFaceConfig } from '../../src/experiment/huggingface-folder.js';
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
import { type Wav2Vec2Options, wav2vec2 } from '../../src/models/wav2vec2.js';
import { importWav2Vec2 } from '../../src/models/wav2vec2.weights.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { createTrainingStep } from '../../src/training/step.js';

/** A batch as the peer has it: sines, 100 Hz apart. */
export function sines(batch: number, nSamples: number): Float32Array {
  const values = new Float32Array(batch * nSamples);
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < nSamples; i++) {
      values[row * nSamples + i] = Math.sin((2 * Math.PI * (200 + 100 * row) * i) / 16_000);
    }
  }
  return values;
}

/** Reads a Hugging Face folder into a model; without dropout where told. */
export async function loadWav2Vec2(directory: string, isPlain = false) {
  const { options } = readHuggingFaceConfig(directory);
  const dropouts = { hiddenDropout: 0, attentionDropout: 0, activationDropout: 0, featureDropout: 0 };
  const used: Wav2Vec2Options = isPlain ? { ...options, ...dropouts } : options;
  const model = wav2vec2.build(used, [null], 0);
  const file = await openHuggingFaceWeights(directory);
  importWav2Vec2(file, used, variablesOf(namedWeights(model)), { isReversed: false });
  file.close();
  return model;
}

/** Inference on one clip, and the fine-tuning step of a batch with the convolutions frozen, compiled. */
export async function prepareWav2Vec2(directory: string, batch: number, nSamples: number, isPlain = false) {
  const model = await loadWav2Vec2(directory, isPlain);
  const weights = variablesOf(namedWeights(model));
  const trained = new Map([...weights].filter(([name]) => !name.startsWith('conv')));
  const options = trainingOptions.parse({ optim: 'adamw', learningRate: 2e-5, weightDecay: 0.01 });
  const optimizer = createOptimizer(trained, options);
  const labels = Int32Array.from({ length: batch }, (_, row) => row % 2);
  const inputs = sines(batch, nSamples);
  const examples = { inputs, shape: [batch, nSamples], labels, utterances: [], indices: new Int32Array(batch) };
  const loss = createLoss(options, [1, 1], { nLogits: 2, kind: 'linear' });
  const logitsOf = (x: tf.Tensor, seed: number | tf.Tensor) =>
    namedOutputs(model.apply(x, { training: true, seed }) as tf.Tensor);
  const step = createTrainingStep({
    forward: logitsOf,
    loss,
    weights,
    trained,
    optimizer,
    options,
    isCompiled: true,
  });
  const forward = createForward(model, true);
  const clip = tf.tensor2d(inputs.subarray(0, nSamples), [1, nSamples]);
  let count = 0;
  return {
    nParameters: [...weights.values()].reduce((sum, { size }) => sum + size, 0),
    logits: () => tf.tidy(() => [...forward.run(clip).dataSync()]),
    forward: () => {
      tf.tidy(() => forward.run(clip).dataSync());
    },
    train: () => {
      count += 1;
      step.update(examples, count, 1, optimizer.coefficients(options.learningRate, count));
    },
    /** Floating-point operations of the step. */
    flops: () => {
      const x = tf.tensor2d(inputs, [batch, nSamples]);
      const program = record(
        (given: { x: tf.Tensor; seed: tf.Tensor; targets: tf.Tensor }) => {
          const { value, grads } = tf.variableGrads(
            () => loss(logitsOf(given.x, given.seed).logits, given.targets),
            [...trained.values()],
          );
          return { loss: value, ...grads };
        },
        { x, seed: tf.scalar(0, 'int32'), targets: targetsOf(labels) },
      );
      const { flops } = summarizeProgram(simplifyProgram(program));
      releaseProgram(program);
      x.dispose();
      return flops;
    },
    dispose: () => {
      step.dispose();
      forward.dispose();
      optimizer.dispose();
      model.dispose();
      clip.dispose();
    },
  };
}

/** Checkpoints made on the spot: an architecture with weights that are all off their start, as those of a trained one. */
import * as tf from '@tensorflow/tfjs-core';
import { SAMPLE_RATE } from '../../src/data/audio.js';
import { toFixedLength } from '../../src/data/fixed-length.js';
import { writeModel, writeRunConfig } from '../../src/experiment/checkpoint.js';
import { clipLength, parseExperiment } from '../../src/experiment/config.js';
import { createFeature } from '../../src/features/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { createRandom } from '../../src/runtime/random.js';

/**
 * Writes a checkpoint of an experiment, which is given as its JSON. The engine must run.
 *
 * @param clips whose statistics batch norm has, as if it was trained on them; scores then differ from clip to clip. Without
 *   any it has about those that it begins with
 */
export function writeTestCheckpoint(
  directory: string,
  experiment: Readonly<Record<string, unknown>>,
  clips: readonly Float32Array[] = [],
): void {
  const config = parseExperiment(experiment, 'test');
  const nSamples = clipLength(config);
  const extractor = config.feature === null ? undefined : createFeature(config.feature, SAMPLE_RATE);
  const inputShape =
    extractor === undefined ? [nSamples ?? null] : [extractor.nFrames(nSamples as number), extractor.nBins];
  const model = buildModel(config.model, inputShape, config.seed);
  const variables = variablesOf(namedWeights(model));
  for (const [name, variable] of variables) {
    const random = createRandom('checkpoint', name);
    const values = variable.dataSync().slice();
    // In proportion, so that variances stay positive; and a little beside, so that no bias stays 0.
    // A fresh head gives about the same score for whatever clip.
    const factor = name === 'logits/kernel' ? 30 : 1;
    for (const [i, value] of values.entries()) {
      values[i] = factor * value * (1 + 0.2 * random.uniformBetween(-1, 1)) + 0.01 * random.uniform();
    }
    const changed = tf.tensor(values, variable.shape);
    variable.assign(changed);
    changed.dispose();
  }
  if (clips.length > 0) {
    const fixed = clips.map((clip) => toFixedLength(clip, nSamples ?? SAMPLE_RATE));
    const values = extractor === undefined ? fixed : fixed.map((clip) => extractor.compute(clip));
    tf.tidy(() => {
      const rows = values.map((row) =>
        tf.tensor(row, extractor === undefined ? [row.length] : (inputShape as number[])),
      );
      model.apply(tf.stack(rows), { training: true, momentum: 1, seed: tf.scalar(1, 'int32') });
    });
  }
  writeModel(directory, variables, { threshold: 0.25, epoch: 3, inputShape });
  const environment = {
    version: '0.0.0',
    commit: null,
    node: process.version,
    platform: 'test',
    engine: { kind: 'native', version: 'test', usesGpu: false },
  };
  writeRunConfig(directory, { name: 'test', config, environment });
  model.dispose();
}

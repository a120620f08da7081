/** Clips to the hidden states of a Wav2Vec2. */
import * as tf from '@tensorflow/tfjs-core';
import { SAMPLE_RATE } from '../data/audio.js';
import { readModel, readRunConfig } from '../experiment/checkpoint.js';
import { embedder } from '../models/hidden-states.js';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { AudioError, ConfigError } from '../runtime/errors.js';
import type { StoredTensor } from '../runtime/safetensors.js';

/** Which hidden states: all, the last, or one by number. */
export type LayerChoice = 'all' | 'last' | number;

/** An encoder, ready to embed. */
export interface Embedder {
  /** Hidden states there are: one more than layers. */
  readonly nStates: number;
  /**
   * The hidden states of a clip that were asked for, `[1, frames, features]` each, by the name `hidden_states.N`.
   *
   * @param waveform mono, 16 kHz, seen whole
   * @throws AudioError where it is shorter than a frame
   */
  embed(waveform: Float32Array): Map<string, StoredTensor>;
  dispose(): void;
}

/**
 * Loads the encoder of a checkpoint.
 *
 * @throws CheckpointError where it is absent, damaged or of a model without hidden states; ConfigError where there is no
 *   such layer
 */
export function loadEmbedder(directory: string, layers: LayerChoice): Embedder {
  const { config } = readRunConfig(directory);
  const stored = readModel(directory);
  // Of any length, whatever the model was trained on.
  const model = buildModel(config.model, [null], config.seed);
  const states = embedder(model);
  stored.assignTo(variablesOf(namedWeights(model)));
  const nStates = states.outputs.length;
  if (typeof layers === 'number' && !(Number.isInteger(layers) && layers >= 0 && layers < nStates)) {
    throw new ConfigError(`\`layers\`: expected all, last or 0 to ${nStates - 1}, got ${layers}`);
  }
  const chosen = layers === 'all' ? [...Array(nStates).keys()] : [layers === 'last' ? nStates - 1 : layers];
  const least = leastSamples(model.layers.map((layer) => layer.getConfig()));
  return {
    nStates,
    embed: (waveform) => {
      if (waveform.length < least) {
        throw new AudioError(
          `expected at least ${least} samples (${((1000 * least) / SAMPLE_RATE).toFixed(0)} ms), got ${waveform.length}`,
        );
      }
      const outputs = tf.tidy(() => [states.apply(tf.tensor2d(waveform, [1, waveform.length]))].flat() as tf.Tensor[]);
      const tensors = chosen.map((i): [string, StoredTensor] => {
        const { shape } = outputs[i];
        return [`hidden_states.${i}`, { dtype: 'F32', shape, data: outputs[i].dataSync<'float32'>().slice() }];
      });
      tf.dispose(outputs);
      return new Map(tensors);
    },
    dispose: () => model.dispose(),
  };
}

/** Samples of one frame, which the layers that mask know. */
function leastSamples(configs: readonly tf.serialization.ConfigDict[]): number {
  return Math.max(1, ...configs.map(({ receptiveField }) => (typeof receptiveField === 'number' ? receptiveField : 1)));
}

/** Running statistics of batch norm for weights that no training step has seen, such as averages of weights. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import { compile } from '../graph/compile.js';
import { deriveSeed } from '../runtime/random.js';
import { type InputTensors, inputTensors } from './input-tensors.js';
import type { ForwardPass } from './step.js';

/** What statistics are estimated with. */
export interface StatisticsParts {
  readonly forward: ForwardPass<unknown>;
  /** The variables that it may move. */
  readonly statistics: readonly tf.Variable[];
  readonly data: { batches(epoch: number, fromBatch: number): AsyncIterable<Batch> };
  readonly seed: number;
  /** Whether each pass is one program of the native engine. */
  readonly isCompiled: boolean;
}

/**
 * Replaces the running statistics by their mean over the batches of an epoch, as `torch.optim.swa_utils.update_bn`: the
 * model runs as in training, and the variance is the mean of the batches' unbiased ones.
 *
 * @param epoch names the order of the clips and the draws of their augmentation
 */
export async function estimateStatistics(parts: StatisticsParts, epoch: number): Promise<void> {
  const { forward, statistics } = parts;
  const pass = ({ inputs, lengths, seed, share }: InputTensors & { seed: tf.Tensor; share: tf.Tensor }) => {
    const before = statistics.map((variable) => tf.clone(variable));
    forward(inputs, seed, lengths === undefined ? { momentum: 1 } : { momentum: 1, lengths });
    for (const [i, variable] of statistics.entries()) {
      // Frozen weights are no statistics: they were left alone.
      if (variable.dataId === before[i].dataId) continue;
      variable.assign(tf.add(tf.mul(before[i], tf.sub(1, share)), tf.mul(variable, share)));
    }
    return {};
  };
  const compiled = parts.isCompiled ? compile(pass) : undefined;
  let nBatches = 0;
  try {
    for await (const batch of parts.data.batches(epoch, 0)) {
      nBatches += 1;
      tf.tidy(() => {
        const seed = tf.scalar(deriveSeed(parts.seed, 'statistics', epoch, nBatches), 'int32');
        (compiled ?? pass)({ ...inputTensors(batch), seed, share: tf.scalar(1 / nBatches) });
      });
    }
  } finally {
    compiled?.dispose();
  }
}

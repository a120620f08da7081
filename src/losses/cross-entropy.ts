/** Cross-entropy of two logits, as `torch.nn.CrossEntropyLoss`. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { ClassWeights, Loss, LossType } from './loss.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

const schema = z.strictObject({
  labelSmoothingFactor: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Share of the target that is spread evenly over both classes.'),
});

/** `cross-entropy` in the registry. */
export const crossEntropy: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [2], kind: 'linear' },
  create: ({ labelSmoothingFactor }, classWeights) => softmaxLoss(classWeights, labelSmoothingFactor),
};

/**
 * `sum over clips and classes of w_c t_c (-log p_c)` over the sum of the weights of the clips' own classes, where the
 * target `t` is `1 - smoothing` at the label plus `smoothing / 2` everywhere (Szegedy et al., CVPR 2016).
 */
export function softmaxLoss(classWeights: ClassWeights, smoothing: number): Loss {
  return (logits, targets) =>
    tf.tidy(() => {
      const smoothed = smoothing === 0 ? targets : tf.add(tf.mul(targets, 1 - smoothing), smoothing / 2);
      if (classWeights === null) return tf.mean(softmaxCrossEntropy(logits, smoothed)) as tf.Scalar;
      const weights = tf.tensor1d([...classWeights]);
      // The op takes shares that sum to 1: the weight of each clip is put outside.
      const shares = tf.mul(smoothed, weights);
      const totals = tf.sum(shares, 1, true);
      const costs = tf.mul(softmaxCrossEntropy(logits, tf.div(shares, totals)), tf.reshape(totals, [-1]));
      return tf.div(tf.sum(costs), tf.sum(tf.mul(targets, weights))) as tf.Scalar;
    });
}

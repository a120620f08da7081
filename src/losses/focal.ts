/** Focal loss: cross-entropy in which clips that are already right count less (Lin et al., ICCV 2017). */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { LossType } from './loss.js';
import { meanOfWeighted, sidesOf, softplus } from './reduction.js';

const schema = z.strictObject({
  gamma: z
    .number()
    .min(0)
    .default(2)
    .describe('How much less: a factor (1 - p)^gamma, p the probability of the label.'),
  alpha: z
    .number()
    .gt(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe('Weight of bona fide clips, 1 - alpha that of spoof ones; null: none, beside training.classWeights.'),
});

/** `focal` in the registry: `mean(w a (1 - p)^gamma (-log p))`, of one logit or of the difference of two. */
export const focal: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [1, 2], kind: 'linear' },
  create:
    ({ gamma, alpha }, classWeights) =>
    (logits, targets) =>
      tf.tidy(() => {
        const difference = logits.shape[1] === 1 ? tf.tensor2d([[1]]) : tf.tensor2d([[-1], [1]]);
        const logit = tf.reshape(tf.matMul(logits as tf.Tensor2D, difference), [-1]);
        const { spoof, bonafide } = sidesOf(targets);
        const perClip = tf.add(
          tf.mul(tf.mul(bonafide, alpha ?? 1), eased(tf.neg(logit), gamma)),
          tf.mul(tf.mul(spoof, alpha === null ? 1 : 1 - alpha), eased(logit, gamma)),
        );
        return meanOfWeighted(perClip, targets, classWeights);
      }),
};

/**
 * `(1 - p)^gamma (-log p)` where `z` are log odds against the label. The power is an exponential, which has a gradient even
 * where `1 - p` vanishes.
 */
function eased(z: tf.Tensor, gamma: number): tf.Tensor {
  return tf.mul(tf.exp(tf.mul(softplus(tf.neg(z)), -gamma)), softplus(z));
}

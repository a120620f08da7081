/** Additive-margin softmax: cross-entropy of cosines of which the label's must win by a margin (Wang et al., 2018). */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { softmaxLoss } from './cross-entropy.js';
import type { LossType } from './loss.js';

const schema = z.strictObject({
  scale: z.number().positive().default(20).describe('Factor on cosines, which makes logits of them.'),
  margin: z.number().min(0).max(2).default(0.9).describe('Taken from the cosine of the label.'),
});

/** `am-softmax` in the registry: cross-entropy of `scale (cos_c - margin [c = label])`. */
export const amSoftmax: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [2], kind: 'cosine' },
  create: ({ scale, margin }, classWeights) => {
    const loss = softmaxLoss(classWeights, 0);
    return (cosines, targets) => tf.tidy(() => loss(tf.mul(tf.sub(cosines, tf.mul(targets, margin)), scale), targets));
  },
};

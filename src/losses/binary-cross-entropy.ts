/** Binary cross-entropy of one logit, as `torch.nn.BCEWithLogitsLoss`. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { LossType } from './loss.js';
import { meanOfWeighted, sidesOf, softplus } from './reduction.js';

const schema = z.strictObject({});

/** `binary-cross-entropy` in the registry: `mean(w (softplus(z) - y z))`. */
export const binaryCrossEntropy: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [1], kind: 'linear' },
  create: (_, classWeights) => (logits, targets) =>
    tf.tidy(() => {
      const logit = tf.reshape(logits, [-1]);
      const perClip = tf.sub(softplus(logit), tf.mul(logit, sidesOf(targets).bonafide));
      return meanOfWeighted(perClip, targets, classWeights);
    }),
};

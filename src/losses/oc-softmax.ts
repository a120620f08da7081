/**
 * One-class softmax: bona fide clips close to one direction, spoof ones away from it (Zhang, Jiang and Duan, "One-class
 * learning towards synthetic voice spoofing detection", IEEE SPL 2021).
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { LossType } from './loss.js';
import { meanOfWeighted, sidesOf, softplus } from './reduction.js';

const cosine = z.number().min(-1).max(1);
const schema = z.strictObject({
  scale: z.number().positive().default(20).describe('Factor on the distance from the margin.'),
  marginBonafide: cosine.default(0.9).describe('Cosine that bona fide clips are drawn above.'),
  marginSpoof: cosine.default(0.2).describe('Cosine that spoof clips are pushed below.'),
});

/** `oc-softmax` in the registry: `mean(w softplus(scale d))`, d the cosine's distance from the right side of its margin. */
export const ocSoftmax: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [1], kind: 'cosine' },
  create:
    ({ scale, marginBonafide, marginSpoof }, classWeights) =>
    (cosines, targets) =>
      tf.tidy(() => {
        const cosine = tf.reshape(cosines, [-1]);
        const { spoof, bonafide } = sidesOf(targets);
        const perClip = tf.add(
          tf.mul(bonafide, softplus(tf.mul(tf.sub(marginBonafide, cosine), scale))),
          tf.mul(spoof, softplus(tf.mul(tf.sub(cosine, marginSpoof), scale))),
        );
        return meanOfWeighted(perClip, targets, classWeights);
      }),
  decisionScore: ({ marginBonafide, marginSpoof }) => (marginBonafide + marginSpoof) / 2,
};

/** Angular softmax: cross-entropy where the angle to the label's class counts several times (Liu et al., CVPR 2017). */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { softmaxLoss } from './cross-entropy.js';
import type { LossType } from './loss.js';

const schema = z.strictObject({
  margin: z.int().min(1).max(5).default(4).describe('How many times the angle to the class of the label counts.'),
  scale: z.number().positive().default(20).describe('Length that every embedding is given.'),
  lambda: z
    .number()
    .min(0)
    .default(5)
    .describe('Weight of the plain cosine beside that of the margin, which has 1; the paper ends at 5.'),
});

/** Coefficients, constant first, of the polynomial that takes cos(t) to cos(m t). */
const MULTIPLE_ANGLE: readonly (readonly number[])[] = [
  [1],
  [0, 1],
  [-1, 0, 2],
  [0, -3, 0, 4],
  [1, 0, -8, 0, 8],
  [0, 5, 0, -20, 0, 16],
];
/** Keeps the arc cosine finite where rounding takes a cosine beyond 1. */
const LIMIT = 1 - 1e-7;

/**
 * `a-softmax` in the registry. Deviation from the paper: embeddings all have the length `scale`, as in its successors, for
 * the head gives cosines alone.
 */
export const aSoftmax: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [2], kind: 'cosine' },
  create: (options, classWeights) => {
    const loss = softmaxLoss(classWeights, 0);
    return (cosines, targets) =>
      tf.tidy(() => loss(angularLogits(cosines, targets, tf.scalar(options.scale), options), targets));
  },
};

/**
 * Cosines `[batch, 2]` to logits: `length cos(t)`, and for the label `length (lambda cos(t) + phi(t)) / (1 + lambda)`,
 * where `phi(t) = (-1)^k cos(m t) - 2 k` with `k = floor(m t / pi)` goes on falling where `cos(m t)` would rise.
 *
 * @param length of the embeddings, `[batch, 1]` or a scalar
 */
export function angularLogits(
  cosines: tf.Tensor,
  targets: tf.Tensor,
  length: tf.Tensor,
  { margin, lambda }: { readonly margin: number; readonly lambda: number },
): tf.Tensor {
  // Without a gradient by itself: k is constant but for jumps at which phi is continuous.
  const angle = tf.acos(tf.clipByValue(cosines, -LIMIT, LIMIT));
  const k = tf.floor(tf.mul(angle, margin / Math.PI));
  const sign = tf.sub(1, tf.mul(tf.sub(k, tf.mul(tf.floor(tf.div(k, 2)), 2)), 2));
  const multiple = MULTIPLE_ANGLE[margin].reduceRight<tf.Tensor>(
    (sum, coefficient) => tf.add(tf.mul(sum, cosines), coefficient),
    tf.zerosLike(cosines),
  );
  const phi = tf.sub(tf.mul(sign, multiple), tf.mul(k, 2));
  const change = tf.mul(tf.div(tf.sub(phi, cosines), 1 + lambda), targets);
  return tf.mul(tf.add(cosines, change), length);
}

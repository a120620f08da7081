/**
 * Mean squared error of cosines, whose gradient is that of probability-to-similarity gradient (Zhang et al., "P2SGrad",
 * CVPR 2019; as a loss: Wang and Yamagishi, Interspeech 2021). It has no margin and no scale to choose.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { LossType } from './loss.js';
import { meanOfWeighted } from './reduction.js';

const schema = z.strictObject({});

/** `p2sgrad` in the registry: `mean over clips and classes of w (cos_c - [c = label])^2`. */
export const p2sGrad: LossType<typeof schema> = {
  schema,
  needs: { nLogits: [2], kind: 'cosine' },
  create: (_, classWeights) => (cosines, targets) =>
    tf.tidy(() => {
      const perClip = tf.mean(tf.square(tf.sub(cosines, targets)), 1);
      return meanOfWeighted(perClip, targets, classWeights);
    }),
};

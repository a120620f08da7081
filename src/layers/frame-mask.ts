/** Which frames of a padded batch are a clip's own. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Where frames lie in the waveform; spread into the schema of each layer that masks. */
export const frameFields = {
  hop: z.int().min(1).default(1).describe('Samples from one frame to the next.'),
  receptiveField: z.int().min(1).default(1).describe('Samples that a frame is computed from.'),
};

/** Samples of a frame. */
export interface FrameGeometry {
  readonly hop: number;
  readonly receptiveField: number;
}

/**
 * 1 for frames that lie within their clip, 0 for those that see padding, float32 `[batch, frames]`.
 *
 * @param lengths samples of each clip, int32 `[batch]`
 */
export function frameMask(lengths: tf.Tensor, nFrames: number, { hop, receptiveField }: FrameGeometry): tf.Tensor2D {
  const ends = tf.tensor2d(
    Int32Array.from({ length: nFrames }, (_, i) => i * hop + receptiveField),
    [1, nFrames],
    'int32',
  );
  return tf.cast(tf.lessEqual(ends, tf.reshape(lengths, [-1, 1])), 'float32') as tf.Tensor2D;
}

/** Samples from which a stack of convolutions computes one frame, and from one frame to the next. */
export function stackedGeometry(convolutions: readonly { kernelSize: number; stride: number }[]): FrameGeometry {
  return convolutions.reduce<FrameGeometry>(
    ({ hop, receptiveField }, { kernelSize, stride }) => ({
      hop: hop * stride,
      receptiveField: receptiveField + (kernelSize - 1) * hop,
    }),
    { hop: 1, receptiveField: 1 },
  );
}

import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { frameMask, stackedGeometry } from '../../src/layers/frame-mask.js';
import '@tensorflow/tfjs-backend-cpu';

test('the convolutions of Wav2Vec2 see 400 samples, 320 apart', () => {
  const strides = [5, 2, 2, 2, 2, 2, 2];
  const stack = [10, 3, 3, 3, 3, 2, 2].map((kernelSize, i) => ({ kernelSize, stride: strides[i] }));
  expect(stackedGeometry(stack)).toEqual({ hop: 320, receptiveField: 400 });
});

test('a frame is a clip’s own where all its samples are', async () => {
  await tf.setBackend('cpu');
  const mask = frameMask(tf.tensor1d([399, 400, 719, 720], 'int32'), 2, { hop: 320, receptiveField: 400 });
  expect(mask.arraySync()).toEqual([
    [0, 0],
    [1, 0],
    [1, 0],
    [1, 1],
  ]);
});

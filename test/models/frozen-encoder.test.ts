import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { frozenEncoder } from '../../src/models/frozen-encoder.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

beforeAll(startTestEngine);

/** Frames of 215 samples. */
const N_FRAMES = 20;

describe('a frozen encoder', () => {
  it.each([
    ['one row where the head takes a mean', { type: 'wav2vec2', projectionSize: null }, 1],
    ['a row a frame where it takes frames', { type: 'wav2vec2' }, N_FRAMES],
    ['the rows of all hidden states where it mixes them', { type: 'wav2vec2', layerSum: true }, 3 * N_FRAMES],
    ['a row a frame for a BiLSTM', { type: 'wav2vec2', projectionSize: null, pooling: 'bilstm' }, N_FRAMES],
    ['a row a frame for graphs', { type: 'ssl-aasist', nFeatures: 12 }, N_FRAMES],
  ])('embeds %s, and the head gives the model’s own logits', (_, model, nRows) => {
    const net = buildModel({ ...TINY_ENCODER, ...model }, [215], 3);
    const frozen = frozenEncoder(net);
    if (frozen === undefined) throw new Error('expected an encoder');
    const x = spreadTensor([2, 215], 4);
    const embedding = frozen.embed(x);
    expect(embedding.shape).toEqual([2, nRows, frozen.width]);
    const logits = frozen.head(embedding, { training: false }) as tf.Tensor;
    const expected = net.apply(x, { training: false }) as tf.Tensor;
    expect([...logits.dataSync()]).toEqual([...expected.dataSync()]);
    // In training too the embedding is that of inference.
    const again = frozen.head(embedding, { training: true, seed: 1 }) as tf.Tensor;
    if (model.type === 'wav2vec2') expect([...again.dataSync()]).toEqual([...logits.dataSync()]);
    tf.dispose([x, embedding, logits, expected, again]);
    net.dispose();
  });

  it('is none where the model has none', () => {
    expect(frozenEncoder(buildModel({ type: 'lcnn-small' }, [100, 40], 1))).toBeUndefined();
  });
});

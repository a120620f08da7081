import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { SpanMask } from '../../src/layers/span-mask.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(SpanMask, [
  {
    options: { featureProbability: 0.3, featureLength: 2, featureMinSpans: 1, seed: 2 },
    inputShape: [2, 9, 5],
    outputShape: [2, 9, 5],
    freeAxes: [0, 1],
    weights: [],
  },
]);

/** Frames of ones, of which the hidden ones come out as the embedding, 0. */
function hiddenFrames(layer: SpanMask, [batch, nFrames]: [number, number], call: object): number[][] {
  layer.apply(tf.zeros([1, 1, 1]));
  if (layer.weights.length > 0) layer.setWeights([tf.zeros([1])]);
  const y = layer.apply(tf.ones([batch, nFrames, 1]), { training: true, ...call }) as tf.Tensor3D;
  return (tf.squeeze(y, [2]) as tf.Tensor2D)
    .arraySync()
    .map((row) => row.flatMap((value, i) => (value === 0 ? [i] : [])));
}

test('hides spans of the length and number it is told', () => {
  // 100 frames, 0.2 of them in spans of 5: exactly 4 spans, which may overlap.
  const layer = new SpanMask({ timeProbability: 0.2, timeLength: 5, timeMinSpans: 0 });
  const starts = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    for (const hidden of hiddenFrames(layer, [4, 100], { seed })) {
      expect(hidden.length).toBeLessThanOrEqual(20);
      expect(hidden.length).toBeGreaterThan(7); // four different starts
      starts.add(hidden[0]);
    }
  }
  expect(starts.size).toBeGreaterThan(20);
});

test('rounds the number of spans by one draw a step, and has the least number at least', () => {
  // 30 frames, 0.05 of them in spans of 3: half a span.
  const count = (timeMinSpans: number) => {
    const layer = new SpanMask({ name: 'spans', timeProbability: 0.05, timeLength: 3, timeMinSpans });
    return Array.from({ length: 100 }, (_, seed) => hiddenFrames(layer, [2, 30], { seed }));
  };
  const steps = count(0);
  const nHidden = steps.filter(([first]) => first.length > 0).length;
  expect(Math.abs(nHidden - 50)).toBeLessThan(4 * Math.sqrt(25));
  for (const [first, second] of steps) expect(first.length > 0).toBe(second.length > 0);
  for (const rows of count(2)) for (const row of rows) expect(row.length).toBeGreaterThan(3);
});

test('hides no padding', () => {
  const layer = new SpanMask({ timeProbability: 0.5, timeLength: 3, timeMinSpans: 2, hop: 10, receptiveField: 15 });
  for (let seed = 0; seed < 30; seed++) {
    // The first clip has 8 frames, the second too few for a span.
    const [first, second] = hiddenFrames(layer, [2, 20], { seed, lengths: tf.tensor1d([85, 20], 'int32') });
    expect(Math.max(...first)).toBeLessThan(8);
    expect(second).toEqual([]);
  }
});

test('a compiled step draws anew from its seed, as an eager one', async () => {
  await tf.setBackend('tensorflow');
  const layer = new SpanMask({ name: 'spans', timeProbability: 0.3, timeLength: 2 });
  layer.apply(tf.zeros([1, 1, 1]));
  const run = (seed: tf.Tensor) => layer.apply(tf.ones([2, 20, 1]), { training: true, seed }) as tf.Tensor;
  const program = compile(({ seed }: { seed: tf.Tensor }) => ({ y: run(seed) }));
  const drawn = [1, 2].map((seed) => program({ seed: tf.scalar(seed, 'int32') }).y.dataSync());
  expect(drawn[0]).not.toEqual(drawn[1]);
  [1, 2].forEach((seed, i) => {
    expect(drawn[i]).toEqual(run(tf.scalar(seed, 'int32')).dataSync());
  });
  program.dispose();
});

test('frames become the trained embedding, and training needs a seed', () => {
  const layer = new SpanMask({ name: 'spans', timeProbability: 1, timeLength: 2 });
  expect(() => layer.apply(tf.ones([1, 4, 2]), { training: true })).toThrow(ConfigError);
  layer.setWeights([tf.tensor1d([5, 7])]);
  const y = layer.apply(tf.ones([1, 4, 2]), { training: true, seed: 1 }) as tf.Tensor3D;
  const rows = y.arraySync()[0].map(String);
  expect(rows.filter((row) => row === '5,7').length).toBeGreaterThanOrEqual(3);
  expect(layer.weights.map((weight) => weight.originalName)).toEqual(['spans/embedding']);
});

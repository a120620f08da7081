import * as tf from '@tensorflow/tfjs-core';
import { input } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { SplitNodes } from '../../src/layers/split-nodes.js';
import { startTestEngine } from '../support/engine.js';
import { spreadTensor } from '../support/gradient-check.js';

beforeAll(async () => {
  await startTestEngine();
});

test('takes apart what was put together', () => {
  const [first, second] = [spreadTensor([2, 3, 4], 1), spreadTensor([2, 2, 4], 2)];
  const parts = new SplitNodes().apply([tf.concat([first, second], 1), tf.zeros([2, 3, 9])]) as tf.Tensor[];
  expect(parts.map(({ shape }) => shape)).toEqual([first.shape, second.shape]);
  expect(parts.map((part) => part.dataSync())).toEqual([first.dataSync(), second.dataSync()]);
});

test('promises two kinds of nodes, of free length where one comes in', () => {
  const shapes = (nNodes: number | null, nFirst: number | null) => {
    const symbols = [input({ shape: [nNodes, 4] }), input({ shape: [nFirst, 4] })];
    const parts = new SplitNodes().apply(symbols) as unknown as { shape: (number | null)[] }[];
    return parts.map(({ shape }) => shape);
  };
  expect(shapes(7, 3)).toEqual([
    [null, 3, 4],
    [null, 4, 4],
  ]);
  expect(shapes(null, null)).toEqual([
    [null, null, 4],
    [null, null, 4],
  ]);
});

test('its gradient puts both parts together again', () => {
  const [all, first] = [spreadTensor([1, 3, 1], 1), tf.zeros([1, 2, 1])];
  const gradient = tf.grad((x: tf.Tensor) => {
    const [one, two] = new SplitNodes().apply([x, first]) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.sum(one), tf.mul(2, tf.sum(two)));
  })(all);
  expect([...gradient.dataSync()]).toEqual([1, 1, 2]);
});

test('inputs that don’t fit, and unknown options, are refused', () => {
  expect(() => new SplitNodes().apply([tf.zeros([1, 3, 2]), tf.zeros([1, 3, 2])])).toThrow(
    /fewer of the first kind, got \[1, 3, 2\] and \[1, 3, 2\]/,
  );
  expect(() => new SplitNodes({ unheardOf: 1 } as never)).toThrow(/unknown option unheardOf/);
});

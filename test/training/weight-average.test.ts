import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.js';
import { BatchNorm } from '../../src/layers/batch-norm.js';
import { estimateStatistics } from '../../src/training/batch-statistics.js';
import {
  createExponentialAverage,
  createStochasticAverage,
  type WeightAverage,
  withAverages,
} from '../../src/training/weight-average.js';
import { startTestEngine } from '../support/engine.js';

/** Source: torch.optim.swa_utils in float64 (test/fixtures/optim). Ours runs in float32: 1e-6. */
const { swa } = JSON.parse(readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'));

beforeAll(startTestEngine);

/** Batches of a list, every row its own clip. */
function sourceOf(batches: readonly (readonly (readonly number[])[])[]) {
  return {
    async *batches(): AsyncIterable<Batch> {
      for (const rows of batches) {
        const labels = new Int32Array(rows.length);
        const inputs = Float32Array.from(rows.flat());
        yield { inputs, shape: [rows.length, rows[0].length], labels, utterances: [], indices: labels };
      }
    },
  };
}

const NOTHING = { forward: () => {}, statistics: [], data: sourceOf([]), seed: 1, isCompiled: false };

function expectNear(variable: tf.Variable | undefined, expected: readonly number[]): void {
  expect(variable?.size).toBe(expected.length);
  const values = variable?.dataSync() ?? [];
  for (const [i, value] of expected.entries())
    expect(Math.abs(values[i] - value)).toBeLessThan(1e-6 * (1 + Math.abs(value)));
}

/** The average after each of the reference's snapshots. */
function follow(create: (weights: Map<string, tf.Variable>) => WeightAverage, expected: readonly number[][]): void {
  const weight = tf.variable(tf.zeros([swa.snapshots[0].length]));
  const average = create(new Map([['w', weight]]));
  for (const [i, snapshot] of swa.snapshots.entries()) {
    weight.assign(tf.tensor1d(snapshot));
    average.afterUpdate(i + 1);
    average.afterEpoch(i + 1);
    expectNear(average.variables.get('w'), expected[i]);
  }
  average.dispose();
  weight.dispose();
}

describe('averages of weights', () => {
  it.each([true, false])('follow torch’s moving average (compiled: %s)', (isCompiled) => {
    follow((weights) => createExponentialAverage(weights, 0.9, isCompiled), swa['ema_decay0.9_after_each']);
  });

  it('follow torch’s mean of epoch ends', () => {
    follow((weights) => createStochasticAverage(weights, 1, NOTHING), swa.average_after_each);
  });

  it('take in no epoch before the first', () => {
    const weight = tf.variable(tf.scalar(5));
    const average = createStochasticAverage(new Map([['w', weight]]), 3, NOTHING);
    for (const epoch of [1, 2, 3, 4]) {
      weight.assign(tf.scalar(10 ** epoch));
      average.afterEpoch(epoch);
    }
    expectNear(average.variables.get('w'), [5500]);
  });

  it('stand in for the weights while they are used, and leave them and the tensor count as they were', async () => {
    const weight = tf.variable(tf.scalar(1));
    const weights = new Map([['w', weight]]);
    const average = createStochasticAverage(weights, 2, NOTHING);
    average.afterEpoch(2);
    weight.assign(tf.scalar(7));
    const read = async () => weight.dataSync()[0];
    const before = tf.memory().numTensors;
    expect(await withAverages(average, weights, 1, read)).toBe(7);
    expect(await withAverages(average, weights, 2, read)).toBe(1);
    expect(await read()).toBe(7);
    const failing = withAverages(average, weights, 2, async () => {
      throw new Error('in use');
    });
    await expect(failing).rejects.toThrow('in use');
    expect(await read()).toBe(7);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('estimateStatistics', () => {
  it.each([true, false])(
    'gives what torch’s update_bn gives, and leaves other variables alone (compiled: %s)',
    async (isCompiled) => {
      const layer = new BatchNorm({ center: false, scale: false });
      layer.build([null, 3]);
      const [mean, variance] = layer.weights.map((weight) => weight.read() as tf.Variable);
      mean.assign(tf.tensor1d([9, -9, 4]));
      const frozen = tf.variable(tf.scalar(3), false);
      const forward = (
        inputs: tf.Tensor,
        seed: number | tf.Tensor,
        also?: { readonly momentum?: number | undefined },
      ) => layer.apply(inputs, { training: true, seed, ...also });
      const data = sourceOf(swa.bn_update.batches);
      await estimateStatistics({ forward, statistics: [mean, variance, frozen], data, seed: 1, isCompiled }, 1);
      expectNear(mean, swa.bn_update.running_mean);
      expectNear(variance, swa.bn_update.running_var);
      expect(frozen.dataSync()[0]).toBe(3);
    },
  );
});

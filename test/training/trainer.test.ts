import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.js';
import { type TrainingOptions, trainingOptions } from '../../src/experiment/training-options.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import { createLoss } from '../../src/losses/registry.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { createRandom } from '../../src/runtime/random.js';
import type { DevMeasurement } from '../../src/training/evaluation.js';
import { loadState, type Progress, saveState } from '../../src/training/run-state.js';
import { type TrainerParts, type TrainingBatches, train } from '../../src/training/trainer.js';
import { startTestEngine } from '../support/engine.js';

const N_BATCHES = 5;
const ROWS = 4;
const SWA = { startRatio: 0.4, learningRate: 0.02, annealEpochs: 1, annealStrategy: 'cos' } as const;
const COSINE = { type: 'cosine', numCycles: 0.5 } as const;

beforeAll(startTestEngine);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-trainer-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A batch whose content depends on epoch and number alone: two clouds of points around (1, 1) and (-1, -1). */
function batchOf(epoch: number, index: number): Batch {
  const random = createRandom('batch', epoch, index);
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  const inputs = Float32Array.from({ length: ROWS * 2 }, (_, i) => (labels[i >> 1] === 1 ? 1 : -1) + random.normal());
  const utterances = Array.from({ length: ROWS }, (_, row) => `clip-${epoch}-${index}-${row}`);
  return { inputs, shape: [ROWS, 2], labels, utterances, indices: Int32Array.from(labels.keys()) };
}

/** A linear model with a seeded random scaling that stands for dropout. */
function makeParts(options: Partial<TrainingOptions>, over: Partial<TrainerParts> = {}) {
  const weights = new Map([
    ['dense/kernel', tf.variable(tf.tensor2d([0.1, -0.2, 0.3, 0.05], [2, 2]))],
    ['dense/bias', tf.variable(tf.zeros([2]))],
  ]);
  const parsed = trainingOptions.parse({ numTrainEpochs: 3, learningRate: 0.05, ...options });
  const [kernel, bias] = [...weights.values()] as [tf.Variable, tf.Variable];
  const log = { best: [] as number[], states: 0, epochs: 0 };
  const parts: TrainerParts = {
    forward: (inputs, seed) => {
      const mask = tf.add(uniformTensor([2], seed, 1), 1);
      return { logits: tf.add(tf.matMul(tf.mul(inputs, mask) as tf.Tensor2D, kernel as tf.Tensor2D), bias) };
    },
    weights,
    trainable: new Set(weights.keys()),
    loss: createLoss(parsed, [1, 1], { nLogits: 2, kind: 'linear' }),
    data: {
      nBatches: N_BATCHES,
      async *batches(epoch, fromBatch) {
        for (let index = fromBatch; index < N_BATCHES; index++) yield batchOf(epoch, index);
      },
    },
    options: parsed,
    seed: 7,
    isCompiled: true,
    logger: silentLogger,
    measure: async (): Promise<DevMeasurement> => {
      const value = kernel.dataSync()[0] as number;
      return { loss: value, eer: Math.abs(value), auc: 0.5, accuracy: 0.5, threshold: 0 };
    },
    onBest: (epoch) => {
      log.best.push(epoch);
    },
    onState: (progress, variables) => {
      log.states += 1;
      saveState(directory, variables, progress, parsed.saveTotalLimit);
    },
    onEpoch: () => {
      log.epochs += 1;
    },
    resume: () => undefined,
    ...over,
  };
  const values = (): number[] => [...weights.values()].flatMap((variable) => [...variable.dataSync()]);
  return { parts, values, log, dispose: () => tf.dispose([...weights.values()]) };
}

/** The history without times, which differ from run to run. */
function timeless(progress: Progress): unknown {
  return progress.history.map((record) => ({ ...record, seconds: 0 }));
}

describe('train', () => {
  it('lowers the loss and records every epoch', async () => {
    const { parts, log } = makeParts({ numTrainEpochs: 6 });
    const { history } = await train(parts);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(history.at(-1)?.trainLoss).toBeLessThan((history[0]?.trainLoss ?? 0) * 0.9);
    expect(history.at(-1)?.step).toBe(6 * N_BATCHES);
    expect(log.epochs).toBe(6);
  });

  it.each<[string, Partial<TrainingOptions>]>([
    ['adamw', { optim: 'adamw', weightDecay: 0.01, maxGradNorm: 1, lrSchedulerType: COSINE }],
    ['a moving average and sharpness-aware steps', { emaDecay: 0.8, samRho: 0.1 }],
    ['averages of epoch ends', { swa: SWA, samRho: 0.1, gradientAccumulationSteps: 2 }],
    ['float16, with its loss scale', { fp16: true, gradientAccumulationSteps: 2 }],
  ])('ends with the same bits wherever it is interrupted and resumed: %s', async (_, options) => {
    const whole = makeParts(options);
    const expected = await train(whole.parts);
    for (const stopAfter of [1, 3, N_BATCHES, N_BATCHES + 2, 2 * N_BATCHES]) {
      const abort = new AbortController();
      let taken = 0;
      const first = makeParts(options, { signal: abort.signal });
      const source = first.parts.data;
      const interrupted: TrainerParts = {
        ...first.parts,
        data: {
          nBatches: N_BATCHES,
          async *batches(epoch, fromBatch) {
            for await (const batch of source.batches(epoch, fromBatch)) {
              taken += 1;
              if (taken === stopAfter) abort.abort();
              yield batch;
            }
          },
        },
      };
      await expect(train(interrupted)).rejects.toThrow(/interrupted .*saved/);
      const second = makeParts(options, { resume: (variables) => loadState(directory, variables) });
      const resumed = await train(second.parts);
      expect(second.values(), `stopped after ${stopAfter} batches`).toEqual(whole.values());
      expect(timeless(resumed)).toEqual(timeless(expected));
    }
  });

  it.each([
    { gradientAccumulationSteps: 1 },
    { gradientAccumulationSteps: 2 },
    { gradientAccumulationSteps: 2, samRho: 0.1, emaDecay: 0.8 },
    { samRho: 0.1, swa: SWA },
  ])('gives the same bits compiled and op by op: %o', async (own) => {
    const options: Partial<TrainingOptions> = {
      ...own,
      maxGradNorm: 1,
      numTrainEpochs: 2,
      classWeights: [1, 3],
    };
    const [compiled, plain] = [makeParts(options), makeParts(options, { isCompiled: false })];
    const results = [await train(compiled.parts), await train(plain.parts)];
    expect(timeless(results[0])).toEqual(timeless(results[1]));
    expect(compiled.values()).toEqual(plain.values());
  });

  it('takes the same step from accumulated batches as from one batch of all their rows', async () => {
    // The stand-in for dropout is left out, as its draws differ by batch.
    const plain = (parts: TrainerParts): TrainerParts => {
      const [kernel, bias] = [...parts.weights.values()] as [tf.Variable, tf.Variable];
      const forward = (inputs: tf.Tensor) => ({
        logits: tf.add(tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D), bias),
      });
      return { ...parts, forward };
    };
    const split = makeParts({ gradientAccumulationSteps: N_BATCHES, numTrainEpochs: 1 });
    await train(plain(split.parts));

    const all = Array.from({ length: N_BATCHES }, (_, index) => batchOf(1, index));
    const joined: Batch = {
      inputs: Float32Array.from(all.flatMap(({ inputs }) => [...inputs])),
      shape: [ROWS * N_BATCHES, 2],
      labels: Int32Array.from(all.flatMap(({ labels }) => [...labels])),
      utterances: [],
      indices: new Int32Array(ROWS * N_BATCHES),
    };
    const joint = makeParts({ numTrainEpochs: 1 });
    const data: TrainingBatches = {
      nBatches: 1,
      async *batches() {
        yield joined;
      },
    };
    await train(plain({ ...joint.parts, data }));
    split.values().forEach((value, i) => {
      expect(value).toBeCloseTo(joint.values()[i] as number, 5);
    });
  });

  it('stops early once the measure has not improved for `earlyStoppingPatience` epochs', async () => {
    const eers = [0.4, 0.3, 0.35, 0.31, 0.2];
    let epoch = 0;
    const { parts, log } = makeParts(
      { numTrainEpochs: 5, earlyStoppingPatience: 2 },
      { measure: async () => ({ loss: 1, eer: eers[epoch++] as number, auc: 0.5, accuracy: 0.5, threshold: 0 }) },
    );
    const progress = await train(parts);
    expect(progress.epoch).toBe(4);
    expect(progress.best).toEqual({ epoch: 2, value: 0.3 });
    expect(log.best).toEqual([1, 2]);
  });

  it('measures and offers averages in place of the weights, and trains on with the weights', async () => {
    const [plain, averaged] = [makeParts({}), makeParts({ swa: { ...SWA, learningRate: null } })];
    const ends: number[][] = [];
    const seen: number[][] = [];
    const follow = ({ parts, values }: ReturnType<typeof makeParts>, rows: number[][]): TrainerParts => ({
      ...parts,
      measure: async () => {
        rows.push(values());
        return parts.measure();
      },
    });
    await train(follow(plain, ends));
    await train(follow(averaged, seen));
    // Epochs 2 and 3 of three are averaged.
    const mean = ends[1].map((value, i) => (value + (ends[2][i] as number)) / 2);
    expect(seen.slice(0, 2)).toEqual(ends.slice(0, 2));
    seen[2].forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i], 6);
    });
    expect(averaged.values()).toEqual(plain.values());
  });

  it('leaves the averages in place at the end where the last model counts, not the best', async () => {
    const seen: number[][] = [];
    for (const average of [{ swa: SWA }, { emaDecay: 0.8 }]) {
      const { parts, values } = makeParts({ ...average, loadBestModelAtEnd: false });
      await train({
        ...parts,
        measure: async () => {
          seen.push(values());
          return parts.measure();
        },
      });
      expect(values()).toEqual(seen.at(-1));
    }
  });

  it('chooses the best among averages alone, and stops early for none but them', async () => {
    const eers = [0.1, 0.2, 0.3, 0.35, 0.36];
    let epoch = 0;
    const { parts, log } = makeParts(
      { numTrainEpochs: 5, earlyStoppingPatience: 1, swa: { ...SWA, startRatio: 0.6 } },
      { measure: async () => ({ loss: 1, eer: eers[epoch++], auc: 0.5, accuracy: 0.5, threshold: 0 }) },
    );
    const progress = await train(parts);
    expect(log.best).toEqual([1, 4]);
    expect(progress.epoch).toBe(5);
    expect(progress.best).toEqual({ epoch: 4, value: 0.35 });
  });

  it('refuses two kinds of average at once', () => {
    expect(trainingOptions.safeParse({ swa: {}, emaDecay: 0.9 }).error?.issues[0].message).toMatch(
      /excludes training.swa/,
    );
  });

  it.each([true, false])(
    'trains on attacks beside the classes, and records both losses (compiled: %s)',
    async (isCompiled) => {
      const run = async (attackLossWeight: number) => {
        const { parts, values } = makeParts({ attackLossWeight, numTrainEpochs: 4 }, { isCompiled });
        const attack = tf.variable(tf.tensor2d([0.1, 0, -0.1, 0, 0.2, 0], [2, 3]));
        const weights = new Map([...parts.weights, ['attack', attack]]);
        const both: TrainerParts = {
          ...parts,
          weights,
          trainable: new Set(weights.keys()),
          hasAttackTask: true,
          forward: (inputs, seed) => {
            const { logits } = parts.forward(inputs, seed);
            return { logits, attackLogits: tf.matMul(logits as tf.Tensor2D, attack as tf.Tensor2D) };
          },
          data: {
            nBatches: N_BATCHES,
            async *batches(epoch, fromBatch) {
              for await (const batch of parts.data.batches(epoch, fromBatch)) {
                yield { ...batch, attacks: batch.labels.map((label, row) => (label === 1 ? 0 : 1 + ((row >> 1) % 2))) };
              }
            },
          },
        };
        const before = tf.memory().numTensors;
        const { history } = await train(both);
        expect(tf.memory().numTensors).toBe(before);
        return { history, values: values() };
      };
      const [light, heavy] = [await run(0.1), await run(3)];
      const [few, many] = [light, heavy].map(({ history }) => history.at(-1)?.trainAttackLoss ?? Number.NaN);
      expect(many).toBeLessThan(few);
      expect(many).toBeLessThan(heavy.history[0].trainAttackLoss ?? Number.NaN);
      expect(heavy.values).not.toEqual(light.values);
    },
  );

  it.each([
    ['eer', [1, 3]],
    ['loss', [1, 2]],
    ['auc', [1, 2, 3]],
    ['accuracy', [1, 3]],
  ] as const)('takes the best model by %s', async (metricForBestModel, best) => {
    const measured = [
      { loss: 0.5, eer: 0.3, auc: 0.6, accuracy: 0.6, threshold: 0 },
      { loss: 0.4, eer: 0.3, auc: 0.7, accuracy: 0.5, threshold: 0 },
      { loss: 0.6, eer: 0.2, auc: 0.8, accuracy: 0.7, threshold: 0 },
    ];
    const { parts, log, dispose } = makeParts(
      { metricForBestModel },
      { measure: async () => measured.shift() as DevMeasurement },
    );
    await train(parts);
    expect(log.best).toEqual(best);
    dispose();
  });

  it('keeps a model that is better by less than `earlyStoppingThreshold`, but does not wait for more of that', async () => {
    const eers = [0.4, 0.39, 0.38, 0.1];
    let epoch = 0;
    const { parts, log } = makeParts(
      { numTrainEpochs: 4, earlyStoppingPatience: 2, earlyStoppingThreshold: 0.05 },
      { measure: async () => ({ loss: 1, eer: eers[epoch++], auc: 0.5, accuracy: 0.5, threshold: 0 }) },
    );
    expect((await train(parts)).epoch).toBe(3);
    expect(log.best).toEqual([1, 2, 3]);
  });

  it.each([true, false])(
    'stops at a loss that is not finite, with the batch, and saves nothing (compiled: %s)',
    async (isCompiled) => {
      const { parts, log, values } = makeParts({}, { isCompiled });
      const before = values();
      const poisoned: TrainerParts = {
        ...parts,
        forward: (inputs, seed) => ({ logits: tf.mul(parts.forward(inputs, seed).logits, Number.NaN) }),
      };
      await expect(train(poisoned)).rejects.toThrow(/loss is NaN for the batch clip-1-0-0, clip-1-0-1/);
      expect(values()).toEqual(before);
      expect(log.states).toBe(0);
    },
  );

  it('also saves every `saveSteps` updates, and keeps `saveTotalLimit` states', async () => {
    const { parts, log } = makeParts({ numTrainEpochs: 2, saveSteps: 2 });
    await train(parts);
    expect(log.states).toBe(2 * (2 + 1));
    expect(readdirSync(directory).filter((name) => name.startsWith('checkpoint-'))).toHaveLength(2);
  });

  it('keeps the tensor count', async () => {
    const { parts, dispose } = makeParts({ numTrainEpochs: 1, maxGradNorm: 1, gradientAccumulationSteps: 2 });
    await train(parts);
    const before = tf.memory().numTensors;
    await train(parts);
    expect(tf.memory().numTensors).toBe(before);
    dispose();
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.js';
import { type TrainingOptions, trainingOptions } from '../../src/experiment/training-options.js';
import { type ProfiledStep, Profiler } from '../../src/graph/profiler.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import type { Engine } from '../../src/runtime/engine.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { LossScale } from '../../src/training/loss-scale.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { precisionOf } from '../../src/training/precision.js';
import { profiledStep } from '../../src/training/profiled-step.js';
import { createTrainingStep } from '../../src/training/step.js';
import { reportCost } from '../../src/training/step-cost.js';
import { startTestEngine } from '../support/engine.js';
import { createRecordingLogger } from '../support/recording-logger.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

const [ROWS, WIDTH] = [8, 16];

/** A batch of two clouds of points; `factor` may be larger than what float16 can hold. */
function batchOf(seed: number, factor = 1): Batch {
  const values = tf.tidy(() => uniformTensor([ROWS, WIDTH], seed, 1).dataSync());
  const labels = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  return {
    inputs: Float32Array.from(values, (value, i) => factor * (value - 0.5 + (labels[Math.floor(i / WIDTH)] - 0.5))),
    shape: [ROWS, WIDTH],
    labels,
    utterances: Array.from(labels, (_, row) => `clip-${row}`),
    indices: Int32Array.from(labels.keys()),
  };
}

/** A linear model and its steps. */
function setUp(over: Partial<TrainingOptions>) {
  const options = trainingOptions.parse({ optim: 'sgd', learningRate: 0.2, ...over });
  const weights = new Map([
    ['kernel', tf.tidy(() => tf.variable(tf.mul(tf.sub(uniformTensor([WIDTH, 2], 3, 4), 0.5), 0.1)))],
  ]);
  const [kernel] = [...weights.values()];
  const optimizer = createOptimizer(weights, options);
  const lossScale = options.fp16 ? new LossScale() : undefined;
  const step = createTrainingStep({
    forward: (inputs) => ({ logits: tf.matMul(inputs as tf.Tensor2D, kernel as tf.Tensor2D) }),
    loss: (logits, targets) => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1))),
    weights,
    trained: weights,
    optimizer,
    options,
    isCompiled: true,
    precision: precisionOf(options, true),
    lossScale,
  });
  let updates = 0;
  return {
    step,
    lossScale,
    values: () => [...kernel.dataSync()],
    update: (batch: Batch, nBatches = 1) =>
      step.update(batch, 1, nBatches, optimizer.coefficients(options.learningRate, ++updates)),
    dispose: () => {
      step.dispose();
      optimizer.dispose();
      tf.dispose(kernel);
    },
  };
}

/**
 * TensorFlow asks the CPU whether it knows these types, not oneDNN, and the process ends where oneDNN is held back below what
 * the CPU has (`npm run test:kernels`).
 */
const isHeldBack = process.env.ONEDNN_MAX_CPU_ISA !== undefined;

describe.skipIf(isHeldBack)('training in low precision', () => {
  it.each([
    ['bf16', 0.02],
    ['fp16', 0.003],
  ] as const)('with %s lowers the loss as float32 does, within %d of it', (name, tolerance) => {
    const [plain, low] = [setUp({}), setUp({ [name]: true })];
    for (let i = 0; i < 30; i++) {
      const [expected, got] = [plain, low].map(({ update }) => update(batchOf(i)).loss);
      expect(Math.abs(got - expected)).toBeLessThan(tolerance);
      if (i === 29) expect(got).toBeLessThan(0.1);
    }
    expect(low.values()).not.toEqual(plain.values());
    plain.dispose();
    low.dispose();
  });

  it('skips an update that overflows, halves the scale and goes on', () => {
    const { step, lossScale, values, update, dispose } = setUp({ fp16: true });
    update(batchOf(1));
    const before = values();
    const handles = engine.liveTensors();
    const losses = update(batchOf(2, 1e6));
    expect(losses.isSkipped).toBe(true);
    expect(values()).toEqual(before);
    expect(engine.liveTensors()).toBe(handles);
    expect(lossScale?.state).toEqual({ value: 32768, streak: 0 });
    expect(update(batchOf(3)).isSkipped).toBeUndefined();
    expect(values()).not.toEqual(before);
    expect(lossScale?.state).toEqual({ value: 32768, streak: 1 });
    expect(step.accumulate(batchOf(4), 1).isSkipped).toBeUndefined();
    dispose();
  });

  it('skips the whole update where one of its batches overflows, and forgets the others', () => {
    const { step, values, update, dispose } = setUp({ fp16: true, gradientAccumulationSteps: 2 });
    const before = values();
    expect(step.accumulate(batchOf(1, 1e6), 1).isSkipped).toBe(true);
    expect(update(batchOf(2), 2).isSkipped).toBe(true);
    expect(values()).toEqual(before);
    step.accumulate(batchOf(3), 1);
    update(batchOf(4), 2);
    const [expected, other] = [values(), setUp({ fp16: true, gradientAccumulationSteps: 2 })];
    other.lossScale?.overflow([]);
    other.step.accumulate(batchOf(3), 1);
    other.update(batchOf(4), 2);
    expect(other.values()).toEqual(expected);
    dispose();
    other.dispose();
  });

  it('needs compiled steps, and one type', () => {
    expect(() => precisionOf({ bf16: true, fp16: false }, false)).toThrow(ConfigError);
    expect(() => precisionOf({ bf16: false, fp16: true }, false)).toThrow(/training.fp16: needs compiled steps/);
    expect(precisionOf({ bf16: false, fp16: false }, false)).toBeUndefined();
    expect(trainingOptions.safeParse({ bf16: true, fp16: true }).success).toBe(false);
  });
});

describe('the cost of a step', () => {
  it('is told for the whole batch, and changes nothing', () => {
    const { step, values, dispose } = setUp({});
    const before = values();
    const cost = step.cost(batchOf(1));
    expect(values()).toEqual(before);
    // Two for each multiplication with addition; the gradient of the kernel costs as much again.
    expect(cost?.stepFlopsPerClip).toBeGreaterThan(2 * (2 * WIDTH * 2));
    expect(cost?.stepFlopsPerClip).toBeLessThan(4 * (2 * WIDTH * 2));
    expect(cost?.peakBytes).toBeGreaterThan(4 * WIDTH * 2);
    expect(cost?.peakBytes).toBeLessThan(50 * 4 * ROWS * 2);
    dispose();
  });

  it('is refused above the limit, and warned of where less is free', () => {
    const cost = { forwardFlopsPerClip: 1e9, stepFlopsPerClip: 3e9, peakBytes: 5e9 };
    const logger = createRecordingLogger();
    reportCost(cost, { limitGigabytes: 6, availableBytes: 1e9, logger });
    reportCost(cost, { limitGigabytes: null, availableBytes: 6e9, logger });
    expect(logger.infos[0]).toBe(
      'step: 1.00 GFLOP a clip forward, 3.00 in training; memory for intermediate results: 5.00 GB',
    );
    expect(logger.warnings).toEqual([]);
    reportCost(cost, { limitGigabytes: null, availableBytes: 4e9, logger });
    expect(logger.warnings[0]).toMatch(/needs about 5.00 GB.*and 4.00 GB are free.*perDeviceTrainBatchSize/);
    expect(() => reportCost(cost, { limitGigabytes: 4, availableBytes: undefined, logger: silentLogger })).toThrow(
      /training.maxStepGigabytes: expected at most 4 GB, but a step needs about 5.00 GB.*gradientCheckpointing/,
    );
  });
});

it('a profiled step gives the same, and says what it measured', () => {
  const [plain, other] = [setUp({}), setUp({})];
  let measured: readonly ProfiledStep[] = [];
  const profiler = new Profiler({ wait: 1, warmup: 1, active: 2 }, (steps) => {
    measured = steps;
  });
  const step = profiledStep(other.step, profiler);
  const coefficients = { stepSize: 0.2, correction: 1, decay: 1 };
  for (let i = 0; i < 5; i++) {
    step.update(batchOf(i), 1, 1, coefficients);
    plain.step.update(batchOf(i), 1, 1, coefficients);
  }
  expect(measured.map(({ label }) => label)).toEqual(['update', 'update']);
  expect(other.values()).toEqual(plain.values());
  plain.dispose();
  other.dispose();
});

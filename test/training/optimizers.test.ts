import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipByGlobalNorm, createOptimizer } from '../../src/training/optimizers.js';
import { startTestEngine } from '../support/engine.js';

const { optimizers, clipGradNorm } = JSON.parse(
  readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'),
);

beforeAll(startTestEngine);

describe('createOptimizer', () => {
  // Source: torch.optim in float64 (test/fixtures/optim). Ours runs in float32: 2e-6 after ten updates of 0.01.
  it.each([
    ['adam_lr1e-2', 'adam'],
    ['adam_l2_wd0.1', 'adam'],
    ['adamw_wd0.01', 'adamw'],
    ['adamw_wd0.1_betas0.9_0.98_eps1e-6', 'adamw'],
  ] as const)('equals torch on %s', (name, optim) => {
    const { args, w_after_step } = optimizers.cases[name];
    const [adamBeta1, adamBeta2] = args.betas ?? [0.9, 0.999];
    const variable = tf.variable(tf.tensor2d(optimizers.w0));
    const optimizer = createOptimizer(new Map([['w', variable]]), {
      optim,
      weightDecay: args.weight_decay ?? 0,
      adamBeta1,
      adamBeta2,
      adamEpsilon: args.eps ?? 1e-8,
    });
    w_after_step.forEach((expected: number[][], index: number) => {
      const gradient = tf.tensor2d(optimizers.grads[index]);
      optimizer.apply(new Map([['w', gradient]]), optimizer.coefficients(args.lr, index + 1));
      gradient.dispose();
      const got = variable.dataSync();
      expected.flat().forEach((value, i) => {
        expect(Math.abs((got[i] as number) - value), `update ${index + 1}`).toBeLessThan(2e-6);
      });
    });
    optimizer.dispose();
    variable.dispose();
  });

  it('keeps the tensor count over updates and gives everything back', () => {
    const before = tf.memory().numTensors;
    const variable = tf.variable(tf.ones([3]));
    const optimizer = createOptimizer(new Map([['w', variable]]), {
      optim: 'adamw',
      weightDecay: 0.1,
      adamBeta1: 0.9,
      adamBeta2: 0.999,
      adamEpsilon: 1e-8,
    });
    const gradients = new Map([['w', tf.ones([3])]]);
    const counts = [1, 2, 3].map((step) => {
      optimizer.apply(gradients, optimizer.coefficients(0.1, step));
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
    optimizer.dispose();
    variable.dispose();
    tf.dispose([...gradients.values()]);
    // `tf.ones` that made the variable stays ours.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1);
  });
});

describe('clipByGlobalNorm', () => {
  it('scales as torch.nn.utils.clip_grad_norm_ (1e-6, float32)', () => {
    const tensors = clipGradNorm.grads_in.map((values: number[]) => tf.tensor(values));
    const gradients = new Map<string, tf.Tensor>([
      ['a', tensors[0]],
      ['b', tensors[1]],
    ]);
    const clipped = clipByGlobalNorm(gradients, clipGradNorm.max_norm);
    expect(clipped.norm.dataSync()[0]).toBeCloseTo(clipGradNorm.total_norm, 5);
    ['a', 'b'].forEach((name, index) => {
      const expected = clipGradNorm.grads_out[index].flat();
      const got = (clipped.gradients.get(name) as tf.Tensor).dataSync();
      expected.forEach((value: number, i: number) => {
        expect(got[i]).toBeCloseTo(value, 6);
      });
    });
  });

  it('leaves gradients alone below the bound and at bound 0', () => {
    const gradients = new Map([['a', tf.tensor1d([3, 4])]]);
    for (const bound of [0, 100]) {
      expect([...(clipByGlobalNorm(gradients, bound).gradients.get('a') as tf.Tensor).dataSync()]).toEqual([3, 4]);
    }
  });
});

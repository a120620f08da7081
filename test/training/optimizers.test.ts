import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clipByGlobalNorm, createOptimizer, type OptimizerOptions } from '../../src/training/optimizers.js';
import { startTestEngine } from '../support/engine.js';
import { BACKENDS } from '../support/layer-contract.js';

const { optimizers, clipGradNorm } = JSON.parse(
  readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'),
);

beforeAll(startTestEngine);

/** As PyTorch's arguments say. */
function optionsOf(optim: OptimizerOptions['optim'], args: Record<string, unknown> = {}): OptimizerOptions {
  const { betas, ...rest } = args as { betas?: [number, number]; [name: string]: unknown };
  const [adamBeta1, adamBeta2] = betas ?? [0.9, 0.999];
  return {
    optim,
    weightDecay: Number(rest.weight_decay ?? 0),
    adamBeta1,
    adamBeta2,
    adamEpsilon: Number(rest.eps ?? 1e-8),
    sgdMomentum: Number(rest.momentum ?? 0),
    sgdNesterov: rest.nesterov === true,
  };
}

afterAll(async () => {
  await tf.setBackend('tensorflow');
});

describe.each(BACKENDS)('createOptimizer on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  // Source: torch.optim in float64 (test/fixtures/optim). Ours runs in float32: 2e-6 after ten updates of 0.01.
  it.each([
    ['adam_lr1e-2', 'adam'],
    ['adam_l2_wd0.1', 'adam'],
    ['adamw_wd0.01', 'adamw'],
    ['adamw_wd0.1_betas0.9_0.98_eps1e-6', 'adamw'],
    ['sgd_momentum0.9_wd1e-3', 'sgd'],
    ['sgd_nesterov', 'sgd'],
  ] as const)('equals torch on %s', (name, optim) => {
    const { args, w_after_step } = optimizers.cases[name];
    const variable = tf.variable(tf.tensor2d(optimizers.w0));
    const optimizer = createOptimizer(new Map([['w', variable]]), optionsOf(optim, args));
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

  it('descends by the gradient alone in sgd without momentum, which keeps no state', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const optimizer = createOptimizer(new Map([['w', variable]]), optionsOf('sgd'));
    for (const step of [1, 2])
      optimizer.apply(new Map([['w', tf.tensor1d([1, -2])]]), optimizer.coefficients(0.25, step));
    expect([...variable.dataSync()]).toEqual([0.5, 3]);
    expect(optimizer.moments.size).toBe(0);
  });

  it('keeps the tensor count over updates and gives everything back', () => {
    const before = tf.memory().numTensors;
    const variable = tf.tidy(() => tf.variable(tf.ones([3])));
    const optimizer = createOptimizer(new Map([['w', variable]]), optionsOf('adamw', { weight_decay: 0.1 }));
    const gradients = new Map([['w', tf.ones([3])]]);
    const counts = [1, 2, 3].map((step) => {
      optimizer.apply(gradients, optimizer.coefficients(0.1, step));
      return tf.memory().numTensors;
    });
    expect(new Set(counts).size).toBe(1);
    optimizer.dispose();
    variable.dispose();
    tf.dispose([...gradients.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on to the bit from saved weights and moments', () => {
    const gradient = tf.tensor1d([0.3, -1.7, 0.01]);
    const options = optionsOf('adam', { weight_decay: 0.1 });
    const create = (values: tf.Tensor) => {
      const variable = tf.variable(tf.clone(values));
      return { variable, optimizer: createOptimizer(new Map([['w', variable]]), options) };
    };
    const run = ({ optimizer }: ReturnType<typeof create>, steps: readonly number[]) => {
      for (const step of steps) optimizer.apply(new Map([['w', gradient]]), optimizer.coefficients(0.1, step));
    };
    const whole = create(tf.tensor1d([1, 2, 3]));
    run(whole, [1, 2, 3, 4]);
    const first = create(tf.tensor1d([1, 2, 3]));
    run(first, [1, 2]);
    const second = create(tf.zeros([3]));
    run(second, [1]);
    second.variable.assign(tf.tensor(first.variable.dataSync()));
    for (const [name, moment] of first.optimizer.moments) {
      second.optimizer.moments.get(name)?.assign(tf.tensor(moment.dataSync()));
    }
    run(second, [3, 4]);
    expect(second.variable.dataSync()).toEqual(whole.variable.dataSync());
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

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createForward } from '../../src/inference/forward.js';
import { buildModel } from '../../src/models/registry.js';
import type { Engine } from '../../src/runtime/engine.js';
import { startTestEngine } from '../support/engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

describe('createForward', () => {
  it.each(['lcnn', 'lcnn-small'] as const)('gives the same logits of %s compiled and op by op', (type) => {
    const model = buildModel({ type }, [null, 60], 1);
    const [compiled, plain] = [createForward(model, true), createForward(model, false)];
    for (const shape of [
      [2, 64, 60],
      [3, 64, 60],
      [2, 80, 60],
    ]) {
      const x = tf.randomNormal(shape, 0, 1, 'float32', 5);
      const [a, b] = [compiled, plain].map(({ run }) => tf.tidy(() => run(x).dataSync<'float32'>()));
      expect(a).toEqual(b);
      x.dispose();
    }
    compiled.dispose();
    plain.dispose();
    model.dispose();
  });

  it('gives back what it held', () => {
    const model = buildModel({ type: 'lcnn-small' }, [64, 60], 1);
    const run = (isCompiled: boolean) => {
      const forward = createForward(model, isCompiled);
      tf.tidy(() => forward.run(tf.ones([1, 64, 60])).dataSync());
      forward.dispose();
      return [tf.memory().numTensors, engine.liveTensors()];
    };
    expect(run(true)).toEqual(run(false));
    model.dispose();
  });

  it('runs op by op on an engine without programs', async () => {
    await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    const model = buildModel({ type: 'lcnn-small' }, [16, 8], 1);
    const forward = createForward(model, true);
    expect(tf.tidy(() => forward.run(tf.ones([1, 16, 8])).shape)).toEqual([1, 1]);
    forward.dispose();
    model.dispose();
    await tf.setBackend('tensorflow');
  });
});

import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { Selu, selu } from '../../src/layers/selu.js';
import { BACKENDS, describeLayerContract } from '../support/layer-contract.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/layers/activations.json', import.meta.url), 'utf8')) as {
  readonly x: number[];
  readonly selu: number[];
};

describeLayerContract(Selu, [
  { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 4], freeAxes: [0, 1, 2], weights: [] },
]);

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test('equals PyTorch’s', () => {
    // float32 against float64: some ulp of the value, or of 1 where two large terms nearly cancel.
    const values = selu(tf.tensor1d(reference.x)).dataSync<'float32'>();
    reference.selu.forEach((wanted, i) => {
      expect(Math.abs((values[i] as number) - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
    });
  });
});

test('compiled and op by op are the same bits', async () => {
  await tf.setBackend('tensorflow');
  const step = ({ x }: { x: tf.Tensor }) => ({ y: selu(x), dx: tf.grad((x: tf.Tensor) => selu(x))(x) });
  const compiled = compile(step);
  const inputs = { x: tf.randomNormal([3, 500], 0, 2, 'float32', 1) };
  const [got, wanted] = [compiled(inputs), step(inputs)];
  for (const key of ['y', 'dx'] as const) expect(got[key].dataSync()).toEqual(wanted[key].dataSync());
  compiled.dispose();
});

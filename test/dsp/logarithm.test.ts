import { expect, test } from 'vitest';
import { logOfFloatBits } from '../../src/dsp/logarithm.js';
import { createRandom } from '../../src/runtime/random.js';

test('the logarithm equals Math.log to 1e-10 over the range of float32', () => {
  const random = createRandom('logarithm');
  const edges = [1, 2, 0.5, 1 - 2 ** -24, 1 + 2 ** -23, 2 ** -126, 3.4e38, 1.19e-7];
  const values = Float32Array.from([
    ...edges,
    ...Array.from({ length: 20000 }, () => 10 ** random.uniformBetween(-37, 38)),
  ]);
  const bits = new Int32Array(values.buffer);
  values.forEach((value, i) => {
    expect(Math.abs(logOfFloatBits(bits[i]) - Math.log(value))).toBeLessThan(1e-10);
  });
});

import { describe, expect, it } from 'vitest';
import { convolve } from '../../src/dsp/fast-convolution.js';
import { whiteNoise } from '../../src/dsp/white-noise.js';
import { createRandom } from '../../src/runtime/random.js';
import { largestError } from '../support/arrays.js';

function directly(signal: ArrayLike<number>, kernel: ArrayLike<number>): Float64Array {
  const result = new Float64Array(signal.length + kernel.length - 1);
  for (let n = 0; n < signal.length; n++)
    for (let k = 0; k < kernel.length; k++) result[n + k] += signal[n] * kernel[k];
  return result;
}

describe('convolve', () => {
  // One block, two blocks in one transform, many pairs, an odd block left, and a kernel longer than the signal.
  it.each([
    [1, 1],
    [1, 700],
    [900, 100],
    [1500, 300],
    [2000, 300],
    [9000, 257],
    [3000, 1],
    [400, 1100],
  ])('equals the sum of products for %i samples and %i taps', (n, m) => {
    const signal = whiteNoise(n, createRandom(n).uniform);
    const kernel = whiteNoise(m, createRandom(m, 'kernel').uniform);
    const result = convolve(signal, kernel);
    expect(result.length).toBe(n + m - 1);
    // Rounding of float32 results that are sums of up to m terms of about 1.
    expect(largestError(result, directly(signal, kernel))).toBeLessThan(1e-5);
  });
});

import { expect, test } from 'vitest';
import { CosineTransform } from '../../src/dsp/cosine-transform.js';
import { largestError } from '../support/arrays.js';

test.each([
  [1, 1],
  [2, 2],
  [5, 5],
  [20, 20],
  [20, 13],
  [21, 8],
])('%i inputs and %i coefficients equal the definition, at the offset', (nInputs, nCoefficients) => {
  const input = Float64Array.from({ length: nInputs }, (_, n) => Math.cos(n * n) + 0.1 * n);
  const expected = Array.from({ length: nCoefficients }, (_, k) => {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / nInputs);
    return scale * input.reduce((sum, x, n) => sum + x * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * nInputs)), 0);
  });
  const out = new Float64Array(nCoefficients + 2).fill(-1);
  new CosineTransform(nInputs, nCoefficients).apply(input, out, 1);
  expect(largestError(out, [-1, ...expected, -1])).toBeLessThan(1e-12);
});

// scipy.fft.dct([1, 2, 4, 8], norm='ortho') (scipy 1.17.1).
test('four values equal scipy', () => {
  const out = new Float64Array(4);
  new CosineTransform(4, 4).apply(Float64Array.of(1, 2, 4, 8), out);
  expect(largestError(out, SCIPY_DCT)).toBeLessThan(1e-12);
});

const SCIPY_DCT = [7.500000000000001, -5.114166477213516, 1.5, -0.5876233856353128];

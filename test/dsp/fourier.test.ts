import { expect, test } from 'vitest';
import { createFourierTransform, createRealFourierTransform } from '../../src/dsp/fourier.js';
import { createRandom } from '../../src/runtime/random.js';
import { largestError } from '../support/arrays.js';

/** The definition, in float64: rounding grows with the size, up to about 1e-12 here. */
function transformByDefinition(input: ArrayLike<number>): Float64Array {
  const size = input.length / 2;
  const output = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size;
      output[2 * k] += input[2 * n] * Math.cos(angle) - input[2 * n + 1] * Math.sin(angle);
      output[2 * k + 1] += input[2 * n] * Math.sin(angle) + input[2 * n + 1] * Math.cos(angle);
    }
  }
  return output;
}

test.each([1, 2, 3, 4, 5, 8, 25, 200, 256, 512, 864])('%i points equal the definition, run after run', (size) => {
  const transform = createFourierTransform(size);
  const random = createRandom('fourier', size);
  for (let run = 0; run < 2; run++) {
    for (let i = 0; i < 2 * size; i++) transform.input[i] = random.uniformBetween(-1, 1);
    const expected = transformByDefinition(transform.input);
    transform.run();
    expect(largestError(transform.output, expected)).toBeLessThan(1e-11);
  }
});

test.each([1, 2, 4, 8, 25, 200, 256, 512])('%i real points equal the definition, run after run', (size) => {
  const transform = createRealFourierTransform(size);
  const random = createRandom('fourier', size);
  for (let run = 0; run < 2; run++) {
    for (let i = 0; i < size; i++) transform.input[i] = random.uniformBetween(-1, 1);
    const expected = transformByDefinition(Array.from(transform.input).flatMap((value) => [value, 0]));
    transform.run();
    expect(largestError(transform.output, expected)).toBeLessThan(1e-11);
  }
});

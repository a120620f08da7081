import { describe, expect, test } from 'vitest';
import { createSpectrumKernel } from '../../src/dsp/spectrum-kernel.js';
import { createGeneralSpectrumPair, createSpectrumPair } from '../../src/dsp/spectrum-pair.js';
import { createRandom } from '../../src/runtime/random.js';
import { largestError } from '../support/arrays.js';

const random = createRandom('spectrum pair');
const noise = (length: number) => Float64Array.from({ length }, () => random.uniformBetween(-1, 1));

function powerByDefinition(frame: Float64Array, nFft: number): Float64Array {
  return Float64Array.from({ length: nFft / 2 + 1 }, (_, k) => {
    const angle = (n: number) => (2 * Math.PI * ((k * n) % nFft)) / nFft;
    const re = frame.reduce((sum, x, n) => sum + x * Math.cos(angle(n)), 0);
    const im = frame.reduce((sum, x, n) => sum + x * Math.sin(angle(n)), 0);
    return re * re + im * im;
  });
}

describe.each([
  ['the kernel', createSpectrumKernel, [8, 16, 32, 64, 128, 256, 512, 1024, 2048]],
  ['the general way', createGeneralSpectrumPair, [2, 4, 6, 50, 64, 400, 512]],
] as const)('%s equals the definition', (_, create, sizes) => {
  test.each(sizes)('at %i points', (nFft) => {
    for (const [winLength, hopLength] of [
      [nFft, Math.ceil(nFft / 3)],
      [Math.ceil(0.6 * nFft), 2 * nFft],
      [1, 1],
    ]) {
      const window = noise(winLength);
      const pair = create(nFft, window, hopLength);
      // Twice, so that what one run leaves behind would show in the next.
      for (const preEmphasis of [0.97, 0]) {
        pair.samples.set(noise(pair.samples.length));
        pair.run(preEmphasis);
        for (const [i, power] of pair.powers.entries()) {
          const at = 1 + i * hopLength;
          const frame = window.map((w, n) => w * (pair.samples[at + n] - preEmphasis * pair.samples[at + n - 1]));
          // Float64 throughout, on sums of up to 2048 numbers below 2.
          expect(largestError(power, powerByDefinition(frame, nFft))).toBeLessThan(1e-9);
        }
      }
    }
  });
});

test('a frame that is no number leaves the other alone', () => {
  const pair = createSpectrumPair(64, new Float64Array(64).fill(1), 64);
  pair.samples.fill(1).fill(Number.NaN, 65);
  pair.run(0);
  expect(largestError(pair.powers[0], [4096, ...new Array(32).fill(0)])).toBeLessThan(1e-20);
  expect(pair.powers[1].every(Number.isNaN)).toBe(true);
});

import { expect, test } from 'vitest';
import { createWindow } from '../../src/dsp/windows.js';
import { largestError } from '../support/arrays.js';

// scipy.signal.windows.get_window(name, 5), and with fftbins=False (scipy 1.17.1).
test.each([
  ['hann', [0, 0.34549150281252633, 0.9045084971874737, 0.9045084971874737, 0.34549150281252633], [0, 0.5, 1, 0.5, 0]],
  [
    'hamming',
    [0.08, 0.3978521825875243, 0.9121478174124759, 0.9121478174124759, 0.3978521825875243],
    [0.08, 0.54, 1, 0.54, 0.08],
  ],
  [
    'blackman',
    [0, 0.2007701432625305, 0.8492298567374694, 0.8492298567374694, 0.2007701432625305],
    [0, 0.34, 1, 0.34, 0],
  ],
  ['rectangular', [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
] as const)('%s equals scipy, periodic and symmetric', (name, periodic, symmetric) => {
  expect(largestError(createWindow(name, 5), periodic)).toBeLessThan(1e-12);
  expect(largestError(createWindow(name, 5, 'symmetric'), symmetric)).toBeLessThan(1e-12);
});

test('a window of one sample is 1', () => {
  expect([...createWindow('hann', 1)]).toEqual([1]);
  expect([...createWindow('hann', 1, 'symmetric')]).toEqual([1]);
});

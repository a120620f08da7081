import { expect, test } from 'vitest';
import { powerToDecibels } from '../../src/dsp/decibels.js';
import { largestError } from '../support/arrays.js';

const POWERS = [1, 0, 1e-12, 100, 1e-5, 4];

// librosa.power_to_db(POWERS, ref=..., amin=..., top_db=...) (librosa 0.11.0), to float32.
test.each([
  [{ reference: 'max', floor: 1e-10, topDb: 80 }, [-20, -80, -80, 0, -70, -13.9794]],
  [{ reference: 'max', floor: 1e-10, topDb: null }, [-20, -120, -120, 0, -70, -13.9794]],
  [{ reference: 1, floor: 1e-10, topDb: 60 }, [0, -40, -40, 20, -40, 6.0206]],
  [{ reference: 2, floor: 1e-3, topDb: null }, [-3.0103, -33.0103, -33.0103, 16.9897, -33.0103, 3.0103]],
  [{ reference: 1e-12, floor: 1e-10, topDb: null }, [100, 0, 0, 120, 50, 106.0206]],
] as const)('%j equals librosa', (options, expected) => {
  const values = Float32Array.from(POWERS);
  powerToDecibels(values, options);
  expect(largestError(values, expected)).toBeLessThan(1e-4);
});

test('silence lies at 0 dB of its floor', () => {
  const values = new Float32Array(3);
  powerToDecibels(values, { reference: 'max', floor: 1e-10, topDb: 80 });
  expect([...values]).toEqual([0, 0, 0]);
});

test('a part of an array leaves the rest alone', () => {
  const values = Float32Array.of(7, 10, 100, 7);
  powerToDecibels(values.subarray(1, 3), { reference: 1, floor: 1e-10, topDb: null });
  expect(largestError(values, [7, 10, 20, 7])).toBeLessThan(1e-5);
});

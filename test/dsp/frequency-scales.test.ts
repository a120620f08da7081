import { expect, test } from 'vitest';
import { hzToMel, MEL_SCALES, melToHz } from '../../src/dsp/frequency-scales.js';

// librosa.hz_to_mel(hz, htk=...) (librosa 0.11.0).
test.each([
  ['slaney', 500, 7.5],
  ['slaney', 1000, 15],
  ['slaney', 4000, 35.1637],
  ['htk', 1000, 999.9855],
  ['htk', 4000, 2146.0645],
] as const)('on the %s scale %i Hz are %d mel', (scale, hz, mel) => {
  expect(hzToMel(hz, scale)).toBeCloseTo(mel, 3);
});

test.each(MEL_SCALES)('the way back from the %s scale ends where it began', (scale) => {
  for (const hz of [0, 20, 999, 1000, 1001, 7600, 8000]) expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 8);
});

import { describe, expect, it } from 'vitest';
import { computeActDcf, computeMinDcf } from '../../src/metrics/dcf.js';
import { expectNear } from '../support/expect-near.js';
import { namedSets, randomSet, TOLERANCE } from '../support/metric-sets.js';

describe('computeMinDcf', () => {
  it.each(namedSets())(
    'gives cost and threshold of %s as the ASVspoof 5 package',
    (_, { bonafide, spoof, expected }) => {
      const { value, threshold } = computeMinDcf(bonafide, spoof);
      expectNear(value, expected.minDCF_asvspoof5.value, TOLERANCE.value);
      expectNear(threshold, expected.minDCF_asvspoof5.threshold, TOLERANCE.threshold);
    },
  );

  it('never costs more than the better trivial decision', () => {
    const { bonafide, spoof } = randomSet(4);
    expect(computeMinDcf(spoof, bonafide).value).toBeLessThanOrEqual(1);
  });
});

describe('computeActDcf', () => {
  it.each(namedSets())('gives the cost of %s as the ASVspoof 5 package', (_, { bonafide, spoof, expected }) => {
    const { value, threshold } = computeActDcf(bonafide, spoof);
    expectNear(value, expected.actDCF_asvspoof5.value, TOLERANCE.value);
    expectNear(threshold, expected.actDCF_asvspoof5.threshold, TOLERANCE.threshold);
  });

  it.each([1, 2, 3])('is never below minDCF (seed %i)', (seed) => {
    const { bonafide, spoof } = randomSet(seed);
    expect(computeActDcf(bonafide, spoof).value).toBeGreaterThanOrEqual(computeMinDcf(bonafide, spoof).value);
  });
});

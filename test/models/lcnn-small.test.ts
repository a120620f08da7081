import { expect, test } from 'vitest';
import { lcnnSmall } from '../../src/models/lcnn-small.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { describeModelContract } from '../support/model-contract.js';

describeModelContract('lcnn-small', [
  {
    options: { dropout: 0.5, nLogits: 1, head: 'linear', poolFrames: 1, poolBins: 10 },
    inputShape: [21, 17],
    freeShape: [null, 17],
    nLogits: 1,
    isRandom: true,
  },
  {
    options: { dropout: 0, nLogits: 2, head: { type: 'cosine' }, poolFrames: 2, poolBins: 3 },
    inputShape: [12, 20],
    freeShape: [null, 20],
    nLogits: 2,
    isRandom: false,
  },
]);

test('has the number of trained weights that it states, whatever the input', () => {
  for (const shape of [
    [400, 80],
    [null, 40],
  ]) {
    const weights = namedWeights(lcnnSmall.build(lcnnSmall.schema.parse({}), shape, 1));
    const counts = [...weights.values()].map(({ variable, trainable }) => (trainable ? variable.size : 0));
    expect(counts.reduce((sum, count) => sum + count)).toBe(106_449);
  }
});

test('input too small to pool twice is refused', () => {
  expect(() => lcnnSmall.build(lcnnSmall.schema.parse({}), [3, 80], 1)).toThrow(/at least 4 each, got \[3, 80\]/);
});

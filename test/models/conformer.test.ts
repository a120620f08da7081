import { beforeAll, expect, test } from 'vitest';
import { countParameters, namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { describeModelContract } from '../support/model-contract.js';

describeModelContract('conformer', [
  {
    options: {
      units: 6,
      nBlocks: 2,
      nHeads: 3,
      expansion: 2,
      kernelSize: 5,
      nChannels: 3,
      dropout: 0.1,
      nLogits: 2,
      head: 'linear',
      pooling: 'mean',
    },
    inputShape: [20, 8],
    freeShape: [null, 8],
    nLogits: 2,
    isRandom: true,
  },
  {
    options: {
      units: 4,
      nBlocks: 1,
      nHeads: 1,
      expansion: 4,
      kernelSize: 3,
      nChannels: 2,
      dropout: 0,
      nLogits: 1,
      head: { type: 'mlp', units: 3 },
      pooling: { type: 'self-attention', units: 4 },
    },
    inputShape: [17, 9],
    freeShape: [null, 9],
    nLogits: 1,
    isRandom: false,
  },
]);

beforeAll(async () => {
  await startTestEngine();
});

test('has as many trained weights as its description says', () => {
  expect(countParameters(namedWeights(buildModel({ type: 'conformer' }, [400, 80], 1)))).toBe(8_704_226);
});

test('heads that don’t divide the width are refused', () => {
  expect(() => buildModel({ type: 'conformer', units: 10, nHeads: 4 }, [400, 80], 1)).toThrow(
    /nHeads: must divide units/,
  );
});

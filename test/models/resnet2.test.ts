import { beforeAll, expect, test } from 'vitest';
import { countParameters, namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { describeModelContract } from '../support/model-contract.js';

describeModelContract('resnet2', [
  {
    options: {
      width: 0.125,
      nBlocks: 1,
      squeezeExcitation: true,
      dropout: 0.2,
      nLogits: 2,
      head: 'cosine',
      pooling: { type: 'attentive-statistics', units: 4 },
    },
    inputShape: [20, 12],
    freeShape: [null, 12],
    nLogits: 2,
    isRandom: true,
  },
  {
    options: {
      width: 0.0625,
      nBlocks: 2,
      squeezeExcitation: false,
      dropout: 0,
      nLogits: 1,
      head: 'linear',
      pooling: 'statistics',
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
  expect(countParameters(namedWeights(buildModel({ type: 'resnet2' }, [400, 60], 1)))).toBe(2_296_186);
});

test('its last stages keep the size of the maps', () => {
  const net = buildModel({ type: 'resnet2' }, [400, 60], 1);
  expect(net.getLayer('stage2-block1-active2').outputShape).toEqual([null, 100, 15, 64]);
  expect(net.getLayer('stage4-block2-active2').outputShape).toEqual([null, 100, 15, 128]);
});

test('input that is too small is refused', () => {
  expect(() => buildModel({ type: 'resnet2' }, [3, 60], 1)).toThrow(/resnet2: expected features .* at least 4 each/);
});

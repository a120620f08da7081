/** The contracts that all parts of Voiceproof keep, for ours. Run by Node itself: `npm test` (22.18 or later). */
import { test } from 'node:test';
import { checkAugmentation, checkFeature, checkLayer, checkModel } from 'voiceproof/testing';
import { featureGate, gatedFrames, offset, teager } from './my-model.ts';

test('the layer', () =>
  checkLayer(featureGate, [
    { options: {}, inputShape: [2, 5, 3], outputShape: [2, 5, 3], freeAxes: [0, 1], weights: ['gate'] },
  ]));

test('the feature', () => checkFeature(teager, { hopLength: { value: 80 }, nBins: { value: 4 } }));

test('the augmentation', () => checkAugmentation(offset));

test('the model', () =>
  checkModel(gatedFrames, [
    {
      options: { units: 4, pooling: 'mean', head: 'linear', nLogits: 2 },
      inputShape: [12, 6],
      freeShape: [null, 6],
      nLogits: 2,
      isRandom: false,
    },
  ]));

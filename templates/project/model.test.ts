/** What Voiceproof's own models have to keep, asked of this one. */
import { test } from 'node:test';
import { checkModel } from 'voiceproof/testing';
import myModel from './model.ts';

test('my model keeps the contract of a model', async () => {
  await checkModel(myModel, [
    {
      options: { nChannels: 8, nLogits: 2, head: 'linear' },
      inputShape: [20, 12],
      freeShape: [null, 12],
      nLogits: 2,
      isRandom: false,
    },
  ]);
});

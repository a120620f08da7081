import { expect, test } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import type { ModelType } from '../../src/models/model.js';
import { models } from '../../src/models/registry.js';
import { describeModelContract } from '../support/model-contract.js';
import { toy } from '../support/toy-model.js';

// The line in the registry: with it and the model's file, an architecture is whole.
(models as Record<string, ModelType>).toy = toy;

describeModelContract('toy' as keyof typeof models, [
  {
    options: { nChannels: 2, pooling: 'mean', head: 'linear', nLogits: 2 },
    inputShape: [6, 4],
    freeShape: [null, 4],
    nLogits: 2,
    isRandom: false,
  },
]);

test('experiments take it, with its defaults and its errors', () => {
  const experiment = (model: object) => parseExperiment({ feature: { type: 'lfcc' }, model }, 'toy.json');
  expect(experiment({ type: 'toy' }).model).toEqual({
    type: 'toy',
    nChannels: 2,
    pooling: { type: 'mean' },
    head: { type: 'linear' },
    nLogits: 2,
  });
  expect(() => experiment({ type: 'toy', nChanels: 3 })).toThrow(/nChanels \(did you mean "nChannels"\?\)/);
  expect(() => experiment({ type: 'toi' })).toThrow(/unknown "toi" \(did you mean "toy"\?\)/);
});

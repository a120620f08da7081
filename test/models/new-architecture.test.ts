import { expect, test } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import { models } from '../../src/models/registry.js';
import { describeModelContract } from '../support/model-contract.js';
import { toy } from '../support/toy-model.js';

// The line in the registry: with it and the model's file, an architecture is whole.
const PLUGIN = { module: 'toy-model', sha256: '' };
models.add('toy', toy, PLUGIN);

describeModelContract('toy', [
  {
    options: { nChannels: 2, pooling: 'mean', head: 'linear', nLogits: 2 },
    inputShape: [6, 4],
    freeShape: [null, 4],
    nLogits: 2,
    isRandom: false,
  },
]);

test('experiments take it, with its defaults and its errors', () => {
  const experiment = (model: object) => parseExperiment({ feature: { type: 'lfcc' }, model }, 'toy.json', [PLUGIN]);
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

/**
 * What the compiler takes and refuses of an experiment in TypeScript. Never run: the type check is the test, for which an error
 * that does not come is one.
 */
import { defineExperiment } from '../../src/index.js';
import { weighed } from '../fixtures/plugins/network.ts';
import { distance, flipped, halved, numbered, powers, signs, squared } from '../fixtures/plugins/parts.ts';

defineExperiment({ model: 'lcnn', feature: 'lfcc' });
defineExperiment({
  description: 'All sections.',
  seed: 3,
  durationSeconds: null,
  data: { folder: 'clips', split: { dev: 0.3 } },
  feature: { type: 'lfcc', nFilters: 30, log: { type: 'natural' }, normalization: 'mean' },
  augment: ['gain', { type: 'noise', kind: 'white', snrDb: [5, 20] }],
  model: { type: 'lcnn', pooling: { type: 'gru', units: 32 }, head: 'mlp' },
  training: { loss: { type: 'focal', gamma: 1 }, optim: 'adamw', lrSchedulerType: 'cosine', metricForBestModel: 'auc' },
});
defineExperiment({
  plugins: ['./parts.ts', './network.ts'],
  data: { source: numbered.with({ folder: 'clips' }) },
  feature: powers.with({ hopLength: 800 }),
  augment: [flipped.with(), 'gain'],
  model: weighed.with({ head: 'linear' }),
  training: {
    loss: squared.with({ scale: 2 }),
    optim: signs.with(),
    lrSchedulerType: halved.with({ share: 0.5 }),
    metricForBestModel: distance.with(),
  },
});
defineExperiment({
  model: 'wav2vec2',
  feature: { type: 'joined', parts: ['lfcc', { type: 'cqt', hopLength: 160 }] },
});

// @ts-expect-error no model
defineExperiment({ feature: 'lfcc' });
defineExperiment({
  // @ts-expect-error an unknown model
  model: 'lcn',
});
defineExperiment({
  // @ts-expect-error an unknown option of a model
  model: { type: 'lcnn', dropuot: 0.1 },
});
defineExperiment({
  // @ts-expect-error an option of another model
  model: { type: 'lcnn', nBlocks: 3 },
});
defineExperiment({
  // @ts-expect-error a word for a number
  model: { type: 'lcnn', width: 'wide' },
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an unknown feature
  feature: { type: 'lfc' },
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an unknown option of an augmentation
  augment: [{ type: 'gain', gain: [1, 2] }],
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an unknown option of the training
  training: { learningrate: 1 },
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an unknown loss
  training: { loss: 'cross-entropi' },
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an option of another loss
  training: { loss: { type: 'focal', margin: 1 } },
});
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error a loss for an optimizer
  training: { optim: squared.with() },
});
defineExperiment({
  // @ts-expect-error a feature for a model
  model: powers.with(),
});
// @ts-expect-error an option that a plugin's model has not
weighed.with({ units: 3 });
// @ts-expect-error a word for a number
powers.with({ hopLength: 'long' });
defineExperiment({
  model: 'lcnn',
  // @ts-expect-error an unknown option of the data
  data: { foldr: 'x' },
});

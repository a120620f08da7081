/** `npx voiceproof experiment experiment.ts` trains it, on the bundled corpus. */
import { defineExperiment } from 'voiceproof';
import { gatedFrames, offset, teager } from './my-model.ts';

export default defineExperiment({
  description: 'A model, a feature and an augmentation of my own.',
  plugins: ['./my-model.ts'],
  durationSeconds: 2,
  feature: teager.with({ nBins: 10 }),
  augment: [offset.with({ probability: 0.5 })],
  model: gatedFrames.with({ units: 16, head: 'linear' }),
  training: { numTrainEpochs: 5, learningRate: 0.003, lrSchedulerType: 'cosine' },
});

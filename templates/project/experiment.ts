/** What is trained, on what, and how: only what departs from the defaults. */
import { defineExperiment } from 'voiceproof';
import myModel from './model.ts';

export default defineExperiment({
  description: 'My model on log-mel',
  plugins: ['./model.ts'],
  durationSeconds: 2,
  // Your clips: a folder with real/ and fake/ somewhere beneath. Without it, the small corpus that comes with Voiceproof is used.
  // data: { folder: 'clips', split: { dev: 0.2, eval: 0.2 } },
  feature: { type: 'log-mel', normalization: 'mean' },
  model: myModel.with({ nChannels: 32 }),
  training: { numTrainEpochs: 10, learningRate: 0.001 },
});

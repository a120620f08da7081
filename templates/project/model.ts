/** A model of your own: two convolutions along time, the mean of their frames, and a head. */
import { defineModel, headFields, logitsHead, z } from 'voiceproof';
// TensorFlow.js comes from here, so that there is one copy of it.
import { initializers, input, layers, model, type SymbolicTensor } from 'voiceproof/tf';

/** Options of experiments, with defaults and ranges. */
const schema = z.strictObject({
  nChannels: z.int().min(1).default(32).describe('Channels of each convolution.'),
  ...headFields,
});

export default defineModel({
  name: 'my-model',
  schema,
  // Frames by bins of a feature, rather than a waveform.
  input: 'features',
  build({ nChannels, ...head }, inputShape, seed) {
    const features = input({ name: 'features', shape: [...inputShape] });
    // Every layer has a name, under which its weights are stored, and draws its weights from the seed.
    const convolution = (index: number) =>
      layers.conv1d({
        name: `conv${index}`,
        filters: nChannels,
        kernelSize: 5,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializers.glorotUniform({ seed: seed + index }),
      });
    const hidden = convolution(2).apply(convolution(1).apply(features)); // [batch, frames, nChannels]
    const embedding = layers.globalAveragePooling1d({ name: 'mean' }).apply(hidden) as SymbolicTensor;
    return model({ name: 'my-model', inputs: features, outputs: logitsHead(embedding, head, seed) });
  },
});

/** A model as a reader of the project might add one: its options, and how it is built. */
import { model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { Convolution } from '../../src/layers/convolution.js';
import { FlattenBins } from '../../src/layers/flatten-bins.js';
import { Rectifier } from '../../src/layers/rectifier.js';
import { featureInput } from '../../src/models/blocks.js';
import { headFields, logitsHead } from '../../src/models/head.js';
import type { ModelType } from '../../src/models/model.js';
import { pool, poolingSchema } from '../../src/models/pooling.js';
import { deriveSeed } from '../../src/runtime/random.js';

const schema = z.strictObject({
  nChannels: z.int().min(1).default(2).describe('Channels of the convolution.'),
  pooling: poolingSchema.prefault('mean').describe('From the sequence to the embedding.'),
  ...headFields,
});

/** One convolution, a pooling and a head. */
export const toy: ModelType<typeof schema> = {
  schema,
  input: 'features',
  build: ({ nChannels, pooling, ...head }, inputShape, seed) => {
    const { input, maps } = featureInput(inputShape, 1, 'toy');
    const convolution = { name: 'conv', nChannels, kernelSize: 3, seed: deriveSeed(seed, 'conv') };
    const active = new Rectifier({ name: 'active' }).apply(new Convolution(convolution).apply(maps));
    const sequence = new FlattenBins({ name: 'flatten' }).apply(active) as SymbolicTensor;
    return model({ name: 'toy', inputs: input, outputs: logitsHead(pool(sequence, pooling, seed), head, seed) });
  },
};

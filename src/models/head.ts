/** Ways from one vector to logits, for any model. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { CosineLogits } from '../layers/cosine-logits.js';
import { Dropout } from '../layers/dropout.js';
import { Rectifier } from '../layers/rectifier.js';
import { deriveSeed } from '../runtime/random.js';
import { linear } from './blocks.js';
import { choice } from './choice.js';

/**
 * The ways there are, `{ "type": ... }` or the bare type:
 * - `linear`: free logits;
 * - `mlp`: a hidden layer, and then free logits;
 * - `cosine`: cosines with a vector a class, for losses with margins.
 */
export const headSchema = choice(
  z.strictObject({ type: z.literal('linear') }),
  z.strictObject({
    type: z.literal('mlp'),
    units: z.int().min(1).default(128).describe('Width of the hidden layer.'),
    activation: z.enum(['relu', 'none']).default('relu').describe('Of the hidden layer.'),
    dropout: z.number().min(0).lt(1).default(0).describe('Share of the hidden layer dropped in training.'),
  }),
  z.strictObject({ type: z.literal('cosine') }),
);

/** One way, resolved. */
export type Head = z.output<typeof headSchema>;

/** How many logits a model gives, and how; spread into the schemas of the models that end in a head. */
export const headFields = {
  nLogits: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe('2: spoof and bona fide; 1: bona fide alone.'),
  head: headSchema.prefault('linear').describe('From the embedding to logits: linear, mlp or cosine.'),
};

/** `[batch, features]` to `[batch, nLogits]` by the layer `logits`, after `hidden` where there is one. `seed` is the model's. */
export function logitsHead(
  embedding: SymbolicTensor,
  { nLogits, head }: { readonly nLogits: number; readonly head: Head },
  seed: number,
): SymbolicTensor {
  if (head.type === 'cosine') {
    const cosines = new CosineLogits({ name: 'logits', nLogits, seed: deriveSeed(seed, 'logits') });
    return cosines.apply(embedding) as SymbolicTensor;
  }
  const last = head.type === 'mlp' ? hidden(embedding, head, seed) : embedding;
  return linear(last, { name: 'logits', units: nLogits, seed });
}

function hidden(
  embedding: SymbolicTensor,
  { units, activation, dropout }: Extract<Head, { type: 'mlp' }>,
  seed: number,
): SymbolicTensor {
  let x = linear(embedding, { name: 'hidden', units, seed });
  if (activation === 'relu') x = new Rectifier({ name: 'hidden-active' }).apply(x) as SymbolicTensor;
  if (dropout > 0) x = new Dropout({ name: 'hidden-dropout', rate: dropout }).apply(x) as SymbolicTensor;
  return x;
}

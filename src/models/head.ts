/** Ways from one vector to logits, for any model. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { CosineLogits } from '../layers/cosine-logits.js';
import { Dropout } from '../layers/dropout.js';
import { Rectifier } from '../layers/rectifier.js';
import { deriveSeed } from '../runtime/random.js';
import { Registry } from '../runtime/registry.js';
import { linear } from './blocks.js';

/** An entry of the registry of heads. */
export interface HeadType<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** `[batch, features]` to `[batch, nLogits]`; `seed` is the model's. */
  build(embedding: SymbolicTensor, nLogits: number, options: z.output<Schema>, seed: number): SymbolicTensor;
}

const plain = z.strictObject({});

const free: HeadType<typeof plain> = {
  schema: plain,
  build: (embedding, nLogits, _, seed) => linear(embedding, { name: 'logits', units: nLogits, seed }),
};

const mlpSchema = z.strictObject({
  units: z.int().min(1).default(128).describe('Width of the hidden layer.'),
  activation: z.enum(['relu', 'none']).default('relu').describe('Of the hidden layer.'),
  dropout: z.number().min(0).lt(1).default(0).describe('Share of the hidden layer dropped in training.'),
});
const mlp: HeadType<typeof mlpSchema> = {
  schema: mlpSchema,
  build: (embedding, nLogits, options, seed) =>
    linear(hidden(embedding, options, seed), { name: 'logits', units: nLogits, seed }),
};

const cosine: HeadType<typeof plain> = {
  schema: plain,
  build: (embedding, nLogits, _, seed) => {
    const cosines = new CosineLogits({ name: 'logits', nLogits, seed: deriveSeed(seed, 'logits') });
    return cosines.apply(embedding) as SymbolicTensor;
  },
};

/**
 * The ways there are:
 * - `linear`: free logits;
 * - `mlp`: a hidden layer, and then free logits;
 * - `cosine`: cosines with a vector a class, for losses with margins.
 */
const ours = { linear: free, mlp, cosine } as const satisfies Readonly<Record<string, HeadType>>;
const heads = new Registry<HeadType, typeof ours, 'head'>('head', ours);

/** A head by its name, or with its options. */
export const headSchema = heads.option();

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
  const { entry, options } = heads.resolve(head);
  return entry.build(embedding, nLogits, options, seed);
}

function hidden(
  embedding: SymbolicTensor,
  { units, activation, dropout }: z.output<typeof mlpSchema>,
  seed: number,
): SymbolicTensor {
  let x = linear(embedding, { name: 'hidden', units, seed });
  if (activation === 'relu') x = new Rectifier({ name: 'hidden-active' }).apply(x) as SymbolicTensor;
  if (dropout > 0) x = new Dropout({ name: 'hidden-dropout', rate: dropout }).apply(x) as SymbolicTensor;
  return x;
}

/**
 * A transformer encoder layer: self-attention, then a feed-forward network, each around a skip (Vaswani et al., "Attention is all you
 * need", 2017), with the normalisation before each part (Xiong et al., "On layer normalization in the transformer
 * architecture", ICML 2020) or after.
 */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Dropout } from '../layers/dropout.js';
import { LayerNorm } from '../layers/layer-norm.js';
import { MultiHeadAttention } from '../layers/multi-head-attention.js';
import { Rectifier } from '../layers/rectifier.js';
import { deriveSeed } from '../runtime/random.js';
import { linear } from './blocks.js';

/** What an encoder layer is. */
export interface TransformerBlock {
  /** Opens the names of its layers. */
  readonly name: string;
  readonly nHeads: number;
  /** Width of the feed-forward network. */
  readonly nHidden: number;
  /** Share dropped from the output of each part in training. */
  readonly dropout: number;
  /** Where the layer norms stand: before each part, or after its skip. */
  readonly norm: 'before' | 'after';
  readonly seed: number;
}

/** `[batch, frames, width]` to the same shape. */
export function transformerBlock(x: SymbolicTensor, block: TransformerBlock): SymbolicTensor {
  const { name, nHeads, nHidden, seed } = block;
  const width = x.shape[2] as number;
  const attended = aroundPart(x, block, 'attention', (y) => {
    const attention = { name: `${name}-attention`, nHeads, seed: deriveSeed(seed, `${name}-attention`) };
    return new MultiHeadAttention(attention).apply(y) as SymbolicTensor;
  });
  return aroundPart(attended, block, 'feed-forward', (y) => {
    const hidden = linear(y, { name: `${name}-hidden`, units: nHidden, seed });
    const active = new Rectifier({ name: `${name}-active` }).apply(hidden) as SymbolicTensor;
    return linear(active, { name: `${name}-output`, units: width, seed });
  });
}

/** `x + part(x)`, with dropout on the part's output, and the norm where the block wants it. */
function aroundPart(
  x: SymbolicTensor,
  { name, dropout, norm }: TransformerBlock,
  part: string,
  compute: (x: SymbolicTensor) => SymbolicTensor,
): SymbolicTensor {
  const normalise = (y: SymbolicTensor) => new LayerNorm({ name: `${name}-${part}-norm` }).apply(y) as SymbolicTensor;
  const output = compute(norm === 'before' ? normalise(x) : x);
  const dropped = new Dropout({ name: `${name}-${part}-dropout`, rate: dropout }).apply(output) as SymbolicTensor;
  const sum = layers.add({ name: `${name}-${part}-skip` }).apply([x, dropped]) as SymbolicTensor;
  return norm === 'after' ? normalise(sum) : sum;
}

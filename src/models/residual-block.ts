/**
 * The residual block of AASIST's encoder, on maps `[batch, bins, frames, channels]`: the many frames come last before the
 * channels, as convolutions run a quarter faster over long rows than over rows of 23 bins.
 */
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { BatchNorm } from '../layers/batch-norm.js';
import { BlockMaxPool } from '../layers/block-max-pool.js';
import { Convolution } from '../layers/convolution.js';
import { Selu } from '../layers/selu.js';
import { UnusedBatchNorm } from '../layers/unused-batch-norm.js';
import { deriveSeed } from '../runtime/random.js';

/** Frames that become one. */
const POOL = 3;

/**
 * Two convolutions over 2 bins and 3 frames beside a shortcut, then the maximum over three frames: `[batch, bins, frames,
 * channels]` to `[batch, bins, frames / 3, nChannels]`. The bins stay, as the first convolution adds one and the second
 * takes it again. Where the width changes, the shortcut is a convolution over 3 frames.
 *
 * The block of one input channel, the first, has no `norm1`: see `UnusedBatchNorm`.
 *
 * @param block `pools`: whether there is the maximum over frames; default true
 */
export function residualBlock(
  x: SymbolicTensor,
  {
    name,
    nChannels,
    seed,
    pools = true,
  }: { readonly name: string; readonly nChannels: number; readonly seed: number; readonly pools?: boolean },
): SymbolicTensor {
  const nInputs = x.shape[3] as number;
  const convolution = (role: string, kernelSize: [number, number], padding: [number, number]) =>
    new Convolution({
      name: `${name}-${role}`,
      nChannels,
      kernelSize,
      padding,
      seed: deriveSeed(seed, `${name}-${role}`),
    });
  const entered = nInputs === 1 ? x : (new UnusedBatchNorm({ name: `${name}-norm1` }).apply(x) as SymbolicTensor);
  const first = convolution('conv1', [2, 3], [1, 1]).apply(entered); // [batch, bins + 1, frames, nChannels]
  const normalised = new BatchNorm({ name: `${name}-norm2` }).apply(first);
  const active = new Selu({ name: `${name}-selu` }).apply(normalised);
  const second = convolution('conv2', [2, 3], [0, 1]).apply(active); // [batch, bins, frames, nChannels]
  const shortcut = nInputs === nChannels ? entered : convolution('shortcut', [1, 3], [0, 1]).apply(entered);
  const sum = layers.add({ name: `${name}-sum` }).apply([second, shortcut] as SymbolicTensor[]) as SymbolicTensor;
  if (!pools) return sum;
  // Along the third axis, which holds the frames here.
  return new BlockMaxPool({ name: `${name}-pool`, nBins: POOL }).apply(sum) as SymbolicTensor;
}

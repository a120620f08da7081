/**
 * A bidirectional LSTM that returns the whole sequence, as PyTorch's `LSTM(bidirectional=True, batch_first=True)`:
 * gates i, f, g, o, and two biases a direction, which are added.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { uniformByFanIn } from './initial-weights.js';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, shapeOfAxes, showShape } from './layer-options.js';
import { lstmSequence } from './lstm-sequence.js';

const schema = z.strictObject({
  ...baseFields,
  units: z.int().min(1).describe('Width of each direction.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(units).'),
});
const AXES = ['batch', 'frames', 'features'];

/** Options of `BidirectionalLstm`. */
export type BidirectionalLstmOptions = z.input<typeof schema>;

/** The weights of one direction. */
interface Direction {
  readonly kernel: LayerVariable;
  readonly recurrentKernel: LayerVariable;
  readonly bias: LayerVariable;
  readonly recurrentBias: LayerVariable;
}

/**
 * `[batch, frames, features]` to `[batch, frames, 2 units]`: forward first, then backward. Weights, for each of
 * `forward` and `backward`: `_kernel` `[features, 4 units]`, `_recurrent_kernel` `[units, 4 units]`, `_bias` and
 * `_recurrent_bias` `[4 units]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, free features, or no frames
 */
export class BidirectionalLstm extends layers.Layer {
  static readonly className = 'VoiceproofBidirectionalLstm';

  readonly units: number;
  readonly seed: number;
  private forward!: Direction;
  private backward!: Direction;

  constructor(options: BidirectionalLstmOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'BidirectionalLstm');
    super(base);
    this.units = own.units;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, AXES, 'BidirectionalLstm');
    const nFeatures = fixedLength(shape[2], 'features', 'BidirectionalLstm');
    this.forward = this.addDirection('forward', nFeatures);
    this.backward = this.addDirection('backward', nFeatures);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      if (x.shape[1] === 0)
        throw new ShapeError(`${this.name}: expected at least one frame, got ${showShape(x.shape)}`);
      const frames = tf.transpose(x, [1, 0, 2]);
      const ahead = run(frames, this.forward);
      const back = tf.reverse(run(tf.reverse(frames, 0), this.backward), 0);
      return tf.transpose(tf.concat([ahead, back], 2), [1, 0, 2]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames] = shapeOfAxes(inputShape, AXES, 'BidirectionalLstm');
    return [batch, frames, 2 * this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed };
  }

  private addDirection(direction: 'forward' | 'backward', nFeatures: number): Direction {
    const add = (role: string, shape: Shape) => {
      const name = `${direction}_${role}`;
      return this.addWeight(name, shape, 'float32', uniformByFanIn(this.units, this.seed, name));
    };
    return {
      kernel: add('kernel', [nFeatures, 4 * this.units]),
      recurrentKernel: add('recurrent_kernel', [this.units, 4 * this.units]),
      bias: add('bias', [4 * this.units]),
      recurrentBias: add('recurrent_bias', [4 * this.units]),
    };
  }
}

/** One direction over `[frames, batch, features]`. */
function run(frames: tf.Tensor, { kernel, recurrentKernel, bias, recurrentBias }: Direction): tf.Tensor {
  return lstmSequence(frames, kernel.read(), recurrentKernel.read(), tf.add(bias.read(), recurrentBias.read()));
}

tf.serialization.registerClass(BidirectionalLstm);

/**
 * A GRU that returns the whole sequence, as PyTorch's `GRU(batch_first=True)`: gates r, z, n, and two biases, of which the
 * recurrent one acts inside the reset gate. A stack is several of these.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { gruSequence } from './gru-sequence.js';
import { uniformByFanIn } from './initial-weights.js';
import {
  baseFields,
  fixedLength,
  onlyTensor,
  parseLayerOptions,
  SEQUENCE_AXES,
  shapeOfAxes,
  showShape,
} from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  units: z.int().min(1).describe('Width of the state.'),
  seed: z.int().default(0).describe('Of the initial weights, which are uniform within 1 / sqrt(units).'),
});
const ROLES = ['kernel', 'recurrent_kernel', 'bias', 'recurrent_bias'];

/** Options of `Gru`. */
export type GruOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[batch, frames, units]`. Weights: `kernel` `[features, 3 units]`, `recurrent_kernel`
 * `[units, 3 units]`, `bias` and `recurrent_bias` `[3 units]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, free features, or no frames
 */
export class Gru extends layers.Layer {
  static readonly className = 'VoiceproofGru';

  readonly units: number;
  readonly seed: number;
  private variables!: readonly LayerVariable[];

  constructor(options: GruOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'Gru');
    super(base);
    this.units = own.units;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nFeatures = fixedLength(shapeOfAxes(inputShape, SEQUENCE_AXES, 'Gru')[2], 'features', 'Gru');
    const width = 3 * this.units;
    const shapes = [[nFeatures, width], [this.units, width], [width], [width]];
    this.variables = ROLES.map((role, i) =>
      this.addWeight(role, shapes[i], 'float32', uniformByFanIn(this.units, this.seed, role)),
    );
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      if (x.shape[1] === 0) {
        throw new ShapeError(`${this.name}: expected at least one frame, got ${showShape(x.shape)}`);
      }
      const [kernel, recurrentKernel, bias, recurrentBias] = this.variables.map((variable) => variable.read());
      const frames = tf.transpose(x, [1, 0, 2]);
      return tf.transpose(gruSequence(frames, kernel, recurrentKernel, bias, recurrentBias), [1, 0, 2]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, frames] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'Gru');
    return [batch, frames, this.units];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), units: this.units, seed: this.seed };
  }
}

tf.serialization.registerClass(Gru);

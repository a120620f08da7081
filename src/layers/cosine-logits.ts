/**
 * Cosines of an embedding with one trained vector a class: `x . w_c / (|x| |w_c|)`, what losses with margins work on (Wang
 * et al., "Additive margin softmax for face verification", 2018).
 */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  nLogits: z.int().min(1).default(2).describe('Number of classes, each with its vector.'),
  seed: z.int().describe('Of the initial weights.'),
});

/** Options of `CosineLogits`. */
export type CosineLogitsOptions = z.input<typeof schema>;

const AXES = ['batch', 'features'];
/** Added to squared lengths: an embedding of zeros has cosines 0 rather than none. */
const EPSILON = 1e-12;

/**
 * `[batch, features]` to `[batch, nLogits]`, from -1 to 1. Weights: `kernel` `[features, nLogits]`, a vector a column, of
 * which only the direction counts.
 *
 * @throws ConfigError for unknown options; ShapeError where the input is no matrix, or its number of features is free
 */
export class CosineLogits extends layers.Layer {
  static readonly className = 'VoiceproofCosineLogits';

  readonly nLogits: number;
  readonly seed: number;
  private kernel!: LayerVariable;

  constructor(options: CosineLogitsOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'CosineLogits');
    super(base);
    this.nLogits = own.nLogits;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nFeatures = fixedLength(shapeOfAxes(inputShape, AXES, 'CosineLogits')[1], 'features', 'CosineLogits');
    // Of even direction and of about length 1, at which the optimizer's step turns it as it turns other weights.
    const stddev = 1 / Math.sqrt(nFeatures);
    const initial = initializers.randomNormal({ mean: 0, stddev, seed: this.seed });
    this.kernel = this.addWeight('kernel', [nFeatures, this.nLogits], 'float32', initial);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs) as tf.Tensor2D; // [batch, features]
      return tf.matMul(toUnitLength(x, 1), toUnitLength(this.kernel.read() as tf.Tensor2D, 0)); // [batch, nLogits]
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [shapeOfAxes(inputShape, AXES, 'CosineLogits')[0], this.nLogits];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), nLogits: this.nLogits, seed: this.seed };
  }
}

/** The matrix with each row (axis 1) or column (axis 0) divided by its length. */
function toUnitLength(x: tf.Tensor2D, axis: 0 | 1): tf.Tensor2D {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), axis, true), EPSILON)));
}

tf.serialization.registerClass(CosineLogits);

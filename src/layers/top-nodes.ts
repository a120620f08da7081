/**
 * Graph pooling: the nodes of the highest scores, multiplied by these (Gao and Ji, "Graph U-Nets", ICML 2019). The
 * gradient reaches the kept nodes and their scores.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, parseLayerOptions, showShape } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  ratio: z.number().gt(0).max(1).describe('Share of the nodes that is kept, rounded down, but one at least.'),
});

/** Options of `TopNodes`. */
export type TopNodesOptions = z.input<typeof schema>;

/**
 * Nodes `[batch, n, channels]` and their scores `[batch, n, 1]` to `[batch, kept, channels]`, by descending score; of equal
 * scores the first node comes first.
 *
 * @throws ConfigError for unknown options; ShapeError where the inputs are no nodes with one score each
 */
export class TopNodes extends layers.Layer {
  static readonly className = 'VoiceproofTopNodes';

  readonly ratio: number;

  constructor(options: TopNodesOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'TopNodes');
    super(base);
    this.ratio = own.ratio;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [nodes, scores] = inputs as tf.Tensor[];
      const [batch, n] = nodes.shape;
      return select(tf.mul(nodes, scores), tf.reshape(scores, [batch, n]), this.nKept(n));
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [nodes, scores] = inputShape as Shape[];
    const fits = Array.isArray(nodes) && nodes.length === 3 && scores?.length === 3 && scores[2] === 1;
    if (!fits || nodes[1] !== scores[1]) {
      const got = (inputShape as Shape[])
        .map((shape) => (Array.isArray(shape) ? showShape(shape) : shape))
        .join(' and ');
      throw new ShapeError(`TopNodes: expected nodes [batch, n, channels] and scores [batch, n, 1], got ${got}`);
    }
    return [nodes[0], nodes[1] === null ? null : this.nKept(nodes[1]), nodes[2]];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ratio: this.ratio };
  }

  private nKept(n: number): number {
    return Math.max(1, Math.floor(n * this.ratio));
  }
}

/** The rows `[batch, k, channels]` of `nodes` whose `scores` `[batch, n]` are the highest. */
function select(nodes: tf.Tensor, scores: tf.Tensor, k: number): tf.Tensor {
  const [, nNodes] = scores.shape;
  const chosen = tf.customGrad((rows, order, save) => {
    // A product with rows of one one each: no values are read, and its gradient is the transposed product.
    const { indices } = tf.topk(order as tf.Tensor, k, true);
    const isChosen = tf.equal(tf.expandDims(indices, 2), tf.range(0, nNodes, 1, 'int32'));
    const choice = tf.cast(isChosen, 'float32'); // [batch, k, n]
    (save as tf.GradSaveFunc)([choice, order as tf.Tensor]);
    return {
      value: tf.matMul(choice, rows as tf.Tensor),
      gradFunc: (dy: tf.Tensor, [choice, order]: tf.Tensor[]) => [tf.matMul(choice, dy, true), tf.zerosLike(order)],
    };
  }) as (rows: tf.Tensor, order: tf.Tensor) => tf.Tensor;
  return chosen(nodes, scores);
}

tf.serialization.registerClass(TopNodes);

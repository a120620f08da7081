/** Takes two kinds of nodes apart again that a layer returned as one. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, parseLayerOptions, showShape } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `SplitNodes`: the base ones only. */
export type SplitNodesOptions = z.input<typeof schema>;

/**
 * `[batch, n1 + n2, channels]`, and any nodes `[batch, n1, ...]` that tell how many are of the first kind, to the two kinds
 * `[batch, n1, channels]` and `[batch, n2, channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError where the first input has no more nodes than the second
 */
export class SplitNodes extends layers.Layer {
  static readonly className = 'VoiceproofSplitNodes';

  constructor(options: SplitNodesOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'SplitNodes');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [nodes, first] = inputs as tf.Tensor[];
    const sizes = (this.computeOutputShape([nodes.shape, first.shape]) as number[][]).map((shape) => shape[1]);
    return tf.tidy(() => tf.split(nodes, sizes, 1));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape[] {
    const [nodes, first] = inputShape as Shape[];
    if (nodes?.length !== 3 || !first || first.length < 2 || (nodes[1] ?? 2) <= (first[1] ?? 1)) {
      const got = (inputShape as Shape[])
        .map((shape) => (Array.isArray(shape) ? showShape(shape) : shape))
        .join(' and ');
      throw new ShapeError(`SplitNodes: expected nodes [batch, n, channels], and fewer of the first kind, got ${got}`);
    }
    const [batch, nNodes, nChannels] = nodes;
    const nSecond = nNodes === null || first[1] === null ? null : nNodes - first[1];
    return [
      [batch, first[1], nChannels],
      [batch, nSecond, nChannels],
    ];
  }
}

tf.serialization.registerClass(SplitNodes);

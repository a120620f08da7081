/** Feature maps to the nodes of a graph: along time or along frequency, a mean that scores weigh, channel by channel. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, MAP_AXES, parseLayerOptions, shapeOfAxes, showShape } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  over: z.enum(['frames', 'bins']).describe('The axis that goes.'),
});

/** Options of `AttentiveNodes`. */
export type AttentiveNodesOptions = z.input<typeof schema>;

/**
 * Maps and scores, `[batch, frames, bins, channels]` both, to `[batch, bins, channels]` over frames, or `[batch, frames,
 * channels]` over bins: `sum softmax(scores) maps` along the axis.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or scores of another shape
 */
export class AttentiveNodes extends layers.Layer {
  static readonly className = 'VoiceproofAttentiveNodes';

  readonly over: 'frames' | 'bins';

  constructor(options: AttentiveNodesOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'AttentiveNodes');
    super(base);
    this.over = own.over;
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      // The softmax is along the last axis: the axis that goes comes there.
      const order = this.over === 'frames' ? [0, 2, 3, 1] : [0, 1, 3, 2];
      const [maps, scores] = (inputs as tf.Tensor[]).map((x) => tf.transpose(x, order));
      return tf.sum(tf.mul(maps, tf.softmax(scores)), 3);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [maps, scores] = inputShape as Shape[];
    if (!Array.isArray(maps) || !Array.isArray(scores) || maps.join() !== scores.join()) {
      const got = [maps, scores].map((shape) => (Array.isArray(shape) ? showShape(shape) : 'none')).join(' and ');
      throw new ShapeError(`AttentiveNodes: expected maps and scores of one shape, got ${got}`);
    }
    const [batch, frames, bins, channels] = shapeOfAxes(maps, MAP_AXES, 'AttentiveNodes');
    return [batch, this.over === 'frames' ? bins : frames, channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), over: this.over };
  }
}

tf.serialization.registerClass(AttentiveNodes);

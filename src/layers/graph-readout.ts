/**
 * Two kinds of nodes and their master to one vector: the largest magnitude and the mean of the first kind, the same of the
 * second, and the master (Jung et al., "AASIST: Audio anti-spoofing using integrated spectro-temporal graph attention
 * networks", ICASSP 2022).
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { baseFields, parseLayerOptions, showShape } from './layer-options.js';

const schema = z.strictObject(baseFields);

/** Options of `GraphReadout`: the base ones only. */
export type GraphReadoutOptions = z.input<typeof schema>;

/** Vectors that come together. */
const N_PARTS = 5;

/**
 * Nodes `[batch, n1, channels]` and `[batch, n2, channels]` and their master `[batch, 1, channels]` to
 * `[batch, 5 channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError where the inputs are others
 */
export class GraphReadout extends layers.Layer {
  static readonly className = 'VoiceproofGraphReadout';

  constructor(options: GraphReadoutOptions = {}) {
    const [, base] = parseLayerOptions(schema, options, 'GraphReadout');
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [first, second, master] = inputs as tf.Tensor[];
      const kinds = [first, second].flatMap((nodes) => [tf.max(tf.abs(nodes), 1), tf.mean(nodes, 1)]);
      return tf.concat([...kinds, tf.squeeze(master, [1])], 1);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = inputShape as Shape[];
    const [first, , master] = shapes;
    const areNodes = shapes.length === 3 && shapes.every((shape) => Array.isArray(shape) && shape.length === 3);
    const nChannels = areNodes ? first[2] : null;
    if (nChannels === null || shapes.some((shape) => shape[2] !== nChannels) || master[1] !== 1) {
      const got = shapes.map((shape) => (Array.isArray(shape) ? showShape(shape) : shape)).join(', ');
      throw new ShapeError(
        `GraphReadout: expected two kinds of nodes [batch, nodes, channels] and a master [batch, 1, channels], got ${got}`,
      );
    }
    return [first[0], N_PARTS * nChannels];
  }
}

tf.serialization.registerClass(GraphReadout);

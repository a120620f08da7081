/** Trained numbers that belong to the nodes of a graph: a place for each, or a master above them. */
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { baseFields, fixedLength, onlyTensor, parseLayerOptions, shapeOfAxes } from './layer-options.js';
import { NODE_AXES } from './node-attention.js';

const schema = z.strictObject({
  ...baseFields,
  seed: z.int().default(0).describe('Of the initial weights, which are standard normal.'),
});

/** Options of `NodePositions`. */
export type NodePositionsOptions = z.input<typeof schema>;

/** Options of `MasterNode`. */
export type MasterNodeOptions = z.input<typeof schema>;

/**
 * Adds a trained vector to each node, so that a graph knows which is which: `[batch, nodes, channels]` to the same. Weight:
 * `positions` `[1, nodes, channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank, or a free number of nodes or channels
 */
export class NodePositions extends layers.Layer {
  static readonly className = 'VoiceproofNodePositions';

  readonly seed: number;
  private positions!: LayerVariable;

  constructor(options: NodePositionsOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'NodePositions');
    super(base);
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const [, nodes, channels] = shapeOfAxes(inputShape, NODE_AXES, 'NodePositions');
    const shape = [1, fixedLength(nodes, 'nodes', 'NodePositions'), fixedLength(channels, 'channels', 'NodePositions')];
    this.positions = this.addWeight('positions', shape, 'float32', standardNormal(this.seed));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.add(onlyTensor(inputs), this.positions.read()));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, NODE_AXES, 'NodePositions');
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.seed };
  }
}

/**
 * A trained node that is the same for every clip: from nodes `[batch, nodes, channels]`, whose values don't matter, to
 * `[batch, 1, channels]`. Weight: `node` `[1, 1, channels]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank or free channels
 */
export class MasterNode extends layers.Layer {
  static readonly className = 'VoiceproofMasterNode';

  readonly seed: number;
  private node!: LayerVariable;

  constructor(options: MasterNodeOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'MasterNode');
    super(base);
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    const nChannels = fixedLength(shapeOfAxes(inputShape, NODE_AXES, 'MasterNode')[2], 'channels', 'MasterNode');
    this.node = this.addWeight('node', [1, 1, nChannels], 'float32', standardNormal(this.seed));
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.tile(this.node.read(), [onlyTensor(inputs).shape[0], 1, 1]));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, , channels] = shapeOfAxes(inputShape, NODE_AXES, 'MasterNode');
    return [batch, 1, channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), seed: this.seed };
  }
}

function standardNormal(seed: number) {
  return initializers.randomNormal({ mean: 0, stddev: 1, seed });
}

tf.serialization.registerClass(NodePositions);
tf.serialization.registerClass(MasterNode);

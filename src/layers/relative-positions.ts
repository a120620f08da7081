/**
 * A trained bias of the attention by the distance between two frames, in buckets that widen with it (Raffel et al., "T5",
 * JMLR 2020), as WavLM has it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { uniformByDeviation } from './initial-weights.js';
import { baseFields, onlyTensor, parseLayerOptions, SEQUENCE_AXES, shapeOfAxes } from './layer-options.js';

const schema = z.strictObject({
  ...baseFields,
  nHeads: z.int().min(1).describe('Heads of the attention.'),
  nBuckets: z.int().min(4).default(320).describe('Buckets, half for each direction.'),
  maxDistance: z.int().min(2).default(800).describe('Frames beyond which all distances share a bucket.'),
  seed: z.int().default(0).describe('Of the initial weights.'),
});

/** Options of `RelativePositions`. */
export type RelativePositionsOptions = z.input<typeof schema>;

/**
 * `[batch, frames, features]` to `[1, nHeads, frames, frames]`, whose last axis is the frame attended to: of the input only
 * the number of frames counts. Weights: `table` `[nBuckets, nHeads]`.
 *
 * @throws ConfigError for unknown options; ShapeError for another rank
 */
export class RelativePositions extends layers.Layer {
  static readonly className = 'VoiceproofRelativePositions';

  readonly nHeads: number;
  readonly nBuckets: number;
  readonly maxDistance: number;
  readonly seed: number;
  private table!: LayerVariable;

  constructor(options: RelativePositionsOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'RelativePositions');
    super(base);
    this.nHeads = own.nHeads;
    this.nBuckets = own.nBuckets;
    this.maxDistance = own.maxDistance;
    this.seed = own.seed;
  }

  override build(inputShape: Shape | Shape[]): void {
    shapeOfAxes(inputShape, SEQUENCE_AXES, 'RelativePositions');
    const initial = uniformByDeviation(1, this.seed, 'table');
    this.table = this.addWeight('table', [this.nBuckets, this.nHeads], 'float32', initial);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const nFrames = onlyTensor(inputs).shape[1] as number;
      const byDistance = Int32Array.from({ length: 2 * nFrames - 1 }, (_, i) => this.bucketOf(i - nFrames + 1));
      const buckets = new Int32Array(nFrames ** 2);
      for (let from = 0; from < nFrames; from++) {
        buckets.set(byDistance.subarray(nFrames - 1 - from, 2 * nFrames - 1 - from), from * nFrames);
      }
      const values = tf.gather(this.table.read(), tf.tensor1d(buckets, 'int32'));
      return tf.expandDims(tf.transpose(tf.reshape(values, [nFrames, nFrames, this.nHeads]), [2, 0, 1]), 0);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [, nFrames] = shapeOfAxes(inputShape, SEQUENCE_AXES, 'RelativePositions');
    return [null, this.nHeads, nFrames, nFrames];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nHeads, nBuckets, maxDistance, seed } = this;
    return { ...super.getConfig(), nHeads, nBuckets, maxDistance, seed };
  }

  /** The bucket of a distance in frames, positive where the frame attended to is the later one. */
  private bucketOf(distance: number): number {
    const nOneWay = this.nBuckets >> 1;
    const nExact = nOneWay >> 1;
    const size = Math.abs(distance);
    // The reference computes in float32, which decides on which side of an edge a distance falls.
    const share = Math.fround(
      Math.fround(Math.log(Math.fround(size / nExact))) / Math.fround(Math.log(this.maxDistance / nExact)),
    );
    const far = nExact + Math.floor(Math.fround(share * (nOneWay - nExact)));
    const bucket = size < nExact ? size : Math.min(far, nOneWay - 1);
    return bucket + (distance > 0 ? nOneWay : 0);
  }
}

tf.serialization.registerClass(RelativePositions);

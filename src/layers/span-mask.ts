/**
 * Spans of frames and of features that a training step hides (Park et al., "SpecAugment", Interspeech 2019), drawn as
 * Wav2Vec2 draws them (Baevski et al., NeurIPS 2020).
 */
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { executeRawOp, hasRawOps } from '../runtime/native/raw-op.js';
import { deriveSeed } from '../runtime/random.js';
import { requiredSeed } from './dropout.js';
import { frameFields, frameMask } from './frame-mask.js';
import { uniformByFanIn } from './initial-weights.js';
import {
  baseFields,
  type CallArguments,
  fixedLength,
  onlyTensor,
  parseLayerOptions,
  SEQUENCE_AXES,
  shapeOfAxes,
} from './layer-options.js';
import { uniformTensor } from './uniform-tensor.js';

const probability = z.number().min(0).max(1).default(0);
const length = z.int().min(1).default(10);
const atLeast = z.int().min(0);

/** Options of the spans, which models take over into their own. */
export const spanFields = {
  timeProbability: probability.describe('Share of frames hidden, where no spans overlap.'),
  timeLength: length.describe('Frames of a span.'),
  timeMinSpans: atLeast.default(2).describe('Spans of frames a clip has at least.'),
  featureProbability: probability.describe('Share of features hidden, where no spans overlap.'),
  featureLength: length.describe('Features of a span.'),
  featureMinSpans: atLeast.default(0).describe('Spans of features a clip has at least.'),
};

const schema = z.strictObject({
  ...baseFields,
  ...frameFields,
  ...spanFields,
  seed: z.int().default(0).describe('Of the initial weights.'),
});

/** Options of `SpanMask`. */
export type SpanMaskOptions = z.input<typeof schema>;

/** How many spans of one axis there are. */
interface Spans {
  readonly probability: number;
  readonly length: number;
  readonly atLeast: number;
}

/**
 * `[batch, frames, features]` to the same shape. In training, frames within spans become the weight `embedding`
 * `[features]`, then features within spans become 0. A clip of n frames has `floor(n probability / length + u)` spans of
 * frames, u being one uniform draw a step, and at least the number told; their starts are different. With `lengths` no span
 * reaches into padding. Identity at inference.
 *
 * @throws ConfigError for unknown options, or where a training call brings no seed; ShapeError for another rank or free
 *   features
 */
export class SpanMask extends layers.Layer {
  static readonly className = 'VoiceproofSpanMask';

  private readonly options: z.output<typeof schema>;
  private embedding: LayerVariable | undefined;

  constructor(options: SpanMaskOptions = {}) {
    const [own, base] = parseLayerOptions(schema, options, 'SpanMask');
    super(base);
    this.options = own;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = shapeOfAxes(inputShape, SEQUENCE_AXES, 'SpanMask');
    const width = fixedLength(shape[2], 'features', 'SpanMask');
    if (this.options.timeProbability > 0) {
      const initial = uniformByFanIn(1, this.options.seed, 'embedding');
      this.embedding = this.addWeight('embedding', [width], 'float32', initial);
    }
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false, seed, lengths }: CallArguments): tf.Tensor {
    const x = onlyTensor(inputs);
    const { timeProbability, featureProbability } = this.options;
    if (!training || (timeProbability === 0 && featureProbability === 0)) return x;
    return tf.tidy(() => {
      const [batch, nFrames, width] = x.shape;
      const draw = {
        seed: requiredSeed(seed, this.name),
        salt: (role: string) => deriveSeed('spans', this.name, role),
      };
      let y = x;
      if (this.embedding !== undefined) {
        const { timeLength, timeMinSpans } = this.options;
        const spans = { probability: timeProbability, length: timeLength, atLeast: timeMinSpans };
        const own = lengths === undefined ? undefined : frameMask(lengths, nFrames, this.options);
        const hidden = tf.expandDims(spanMask([batch, nFrames], spans, own, draw, 'time'), 2);
        y = tf.add(tf.mul(y, tf.sub(1, hidden)), tf.mul(hidden, this.embedding.read()));
      }
      if (featureProbability > 0) {
        const { featureLength, featureMinSpans } = this.options;
        const spans = { probability: featureProbability, length: featureLength, atLeast: featureMinSpans };
        const hidden = spanMask([batch, width], spans, undefined, draw, 'feature');
        y = tf.mul(y, tf.expandDims(tf.sub(1, hidden), 1));
      }
      return y;
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return shapeOfAxes(inputShape, SEQUENCE_AXES, 'SpanMask');
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { name: _name, trainable: _trainable, dtype: _dtype, batchInputShape: _shape, ...own } = this.options;
    const { customObjects: _customObjects, ...rest } = own;
    return { ...super.getConfig(), ...rest };
  }
}

interface Draw {
  readonly seed: number | tf.Tensor;
  readonly salt: (role: string) => number;
}

/**
 * 1 within the spans, 0 outside, `[rows, steps]`.
 *
 * @param own 1 for steps that spans may cover, `[rows, steps]`, ones first; without it all
 */
function spanMask(
  [nRows, nSteps]: readonly [number, number],
  { probability, length, atLeast }: Spans,
  own: tf.Tensor2D | undefined,
  { seed, salt }: Draw,
  role: string,
): tf.Tensor2D {
  const nStarts = Math.max(0, nSteps - length + 1);
  const mostThatFit = Math.min(Math.floor(nSteps / length), nStarts);
  const most = Math.min(Math.max(Math.floor((nSteps * probability) / length) + 1, atLeast), mostThatFit);
  if (most === 0) return tf.zeros([nRows, nSteps]);
  const counts = own === undefined ? tf.fill([nRows, 1], nSteps) : tf.sum(own, 1, true);
  const rounding = uniformTensor([], seed, salt(`${role} rounding`));
  const wanted = tf.maximum(tf.floor(tf.add(tf.mul(counts, probability / length), rounding)), atLeast);
  const possible = tf.maximum(tf.sub(counts, length - 1), 0); // starts of each row
  const nSpans = tf.minimum(tf.minimum(wanted, mostThatFit), possible);

  // Different starts, all sets equally likely: the largest of random numbers, those of impossible starts being below all.
  const numbers = uniformTensor([nRows, nStarts], seed, salt(`${role} starts`));
  const isPossible = tf.less(tf.range(0, nStarts, 1, 'float32'), possible);
  const starts = largest(tf.sub(numbers, tf.sub(1, tf.cast(isPossible, 'float32'))) as tf.Tensor2D, most);
  const isSpan = tf.less(tf.range(0, most, 1, 'float32'), nSpans); // [rows, most]
  const first = tf.expandDims(tf.cast(starts, 'float32'), 2);
  const steps = tf.reshape(tf.range(0, nSteps, 1, 'float32'), [1, 1, nSteps]);
  const isInside = tf.logicalAnd(tf.greaterEqual(steps, first), tf.less(steps, tf.add(first, length)));
  return tf.max(tf.cast(tf.logicalAnd(isInside, tf.expandDims(isSpan, 2)), 'float32'), 1);
}

/** Places of the `k` largest values of each row, largest first, int32 `[rows, k]`. */
function largest(x: tf.Tensor2D, k: number): tf.Tensor {
  if (!hasRawOps()) return tf.topk(x, k).indices;
  const attributes = { T: 'float32', Tk: 'int32', index_type: 'int32', sorted: true };
  return executeRawOp('TopKV2', attributes, [x, tf.scalar(k, 'int32')], 2)[1];
}

tf.serialization.registerClass(SpanMask);

/**
 * Convolution of a waveform with fixed band-pass filters (Ravanelli and Bengio, "Speaker recognition from raw waveform
 * with SincNet", SLT 2018; fixed as in Tak et al., "End-to-end anti-spoofing with RawNet2", ICASSP 2021). In training,
 * neighbouring filters may be silenced at random: the frequency masking of AASIST's paper.
 */
import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { SINC_SCALES, type SincScale, sincFilters } from '../dsp/sinc-filters.js';
import { ConfigError, ShapeError } from '../runtime/errors.js';
import { deriveSeed } from '../runtime/random.js';
import {
  baseFields,
  type CallArguments,
  onlyShape,
  onlyTensor,
  parseLayerOptions,
  shapeOfAxes,
  showShape,
} from './layer-options.js';
import { uniformTensor } from './uniform-tensor.js';

const schema = z.strictObject({
  ...baseFields,
  nFilters: z.int().min(1).describe('Filters, which share the band from 0 to half the sample rate.'),
  kernelSize: z
    .int()
    .min(3)
    .refine((size) => size % 2 === 1, 'must be odd, so that the filters are symmetric')
    .describe('Samples that a filter spans.'),
  sampleRate: z.int().min(1).default(16000).describe('Of the waveform, Hz.'),
  scale: z.enum(SINC_SCALES).default('mel').describe('Spacing of the edges of the bands.'),
  maxMaskedFilters: z
    .int()
    .min(0)
    .default(0)
    .describe('In training, 0 to so many neighbouring filters are silenced, the same for the batch; 0: none.'),
});

/** Options of `SincConvolution`. */
export type SincConvolutionOptions = z.input<typeof schema>;

/**
 * `[batch, samples]` to `[batch, samples - kernelSize + 1, nFilters]`, unpadded. No weights.
 *
 * @throws ConfigError for unknown options, an even kernel or more masked filters than there are, or where masking in
 *   training gets no seed; ShapeError for another rank or a waveform shorter than a filter
 */
export class SincConvolution extends layers.Layer {
  static readonly className = 'VoiceproofSincConvolution';

  readonly nFilters: number;
  readonly kernelSize: number;
  readonly sampleRate: number;
  readonly scale: SincScale;
  readonly maxMaskedFilters: number;
  private readonly filters: Float32Array;
  private readonly salt: number;

  constructor(options: SincConvolutionOptions) {
    const [own, base] = parseLayerOptions(schema, options, 'SincConvolution');
    super(base);
    this.nFilters = own.nFilters;
    this.kernelSize = own.kernelSize;
    this.sampleRate = own.sampleRate;
    this.scale = own.scale;
    this.maxMaskedFilters = own.maxMaskedFilters;
    if (own.maxMaskedFilters > own.nFilters) {
      throw new ConfigError(
        `SincConvolution: maxMaskedFilters must be at most nFilters, got ${own.maxMaskedFilters} > ${own.nFilters}`,
      );
    }
    this.filters = sincFilters(own);
    this.salt = deriveSeed('sinc mask', this.name);
  }

  override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training = false, seed }: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyTensor(inputs);
      const [, samples] = x.shape;
      const [batch, frames, nFilters] = this.computeOutputShape(x.shape) as number[];
      let filters: tf.Tensor = tf.tensor4d(this.filters, [this.kernelSize, 1, 1, nFilters]);
      if (training && this.maxMaskedFilters > 0) {
        if (seed === undefined) {
          throw new ConfigError(
            `${this.name}: training needs a seed, got none; call apply(x, { training: true, seed })`,
          );
        }
        filters = tf.mul(filters, this.mask(seed));
      }
      const signal = tf.reshape(x, [batch, samples, 1, 1]) as tf.Tensor4D;
      return tf.reshape(tf.conv2d(signal, filters as tf.Tensor4D, 1, 'valid'), [batch, frames, nFilters]);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, samples] = shapeOfAxes(inputShape, ['batch', 'samples'], 'SincConvolution');
    if (samples !== null && samples < this.kernelSize) {
      throw new ShapeError(
        `SincConvolution: expected at least ${this.kernelSize} samples, got ${showShape(onlyShape(inputShape))}; use longer clips`,
      );
    }
    return [batch, samples === null ? null : samples - this.kernelSize + 1, this.nFilters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { nFilters, kernelSize, sampleRate, scale, maxMaskedFilters } = this;
    return { ...super.getConfig(), nFilters, kernelSize, sampleRate, scale, maxMaskedFilters };
  }

  /** Zero for the silenced filters, one for the others. Their number is uniform, and so is the place of the first. */
  private mask(seed: number | tf.Tensor): tf.Tensor {
    const [forCount, forStart] = tf.split(uniformTensor([2], seed, this.salt), 2);
    const count = tf.floor(tf.mul(forCount, this.maxMaskedFilters + 1));
    const start = tf.floor(tf.mul(forStart, tf.sub(this.nFilters + 1, count)));
    const positions = tf.range(0, this.nFilters);
    const isKept = tf.logicalOr(tf.less(positions, start), tf.greaterEqual(positions, tf.add(start, count)));
    return tf.cast(isKept, 'float32');
  }
}

tf.serialization.registerClass(SincConvolution);

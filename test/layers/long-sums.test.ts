import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { addBias } from '../../src/layers/add-bias.js';
import { ChannelNorm } from '../../src/layers/channel-norm.js';
import { convolve } from '../../src/layers/convolve.js';
import { statistics, weightedStatistics } from '../../src/layers/frame-statistics.js';
import { layerNorm } from '../../src/layers/layer-norm.js';
import { MaskedMean } from '../../src/layers/masked-mean.js';
import { project } from '../../src/layers/matrix-product.js';
import { fusedBatchNorm } from '../../src/layers/training-batch-norm.js';
import { WaveformNormalization } from '../../src/layers/waveform-normalization.js';
import { softmaxCrossEntropy } from '../../src/losses/softmax-cross-entropy.js';
import { withComposedOps } from '../../src/runtime/native/raw-op.js';
import { globalNorm } from '../../src/training/global-norm.js';
import { startTestEngine } from '../support/engine.js';

/*
 * What is added up over long axes, beside the same in float64. Errors are shares of the sum of the terms' magnitudes:
 * those say nothing of how much of a sum cancels. Added one by one, float32 loses 1e-5 of 240,000 values.
 */
const BOUND = 2e-6;
/** The weight gradient of a convolution is one op, which adds up the positions as its kernels like: see ADR 10. */
const CONVOLUTION_BOUND = 1e-4;

/** Even lengths, one that no block parts evenly, and a million. */
const LENGTHS = [100_000, 131_071, 240_000, 1_000_000];

beforeAll(async () => {
  await startTestEngine();
});

/** Reproducible values about `mean`, which is not 0, so that partial sums grow with the length. */
function values(size: number, seed: number, mean = 0.3): Float32Array {
  let state = seed;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5 + mean;
  });
}

/** Sums in float64 of `term(i)` by `groupOf(i)`, and of the magnitudes. */
function exact(size: number, nGroups: number, term: (i: number) => number, groupOf: (i: number) => number) {
  const [sums, magnitudes] = [new Float64Array(nGroups), new Float64Array(nGroups)];
  for (let i = 0; i < size; i++) {
    const value = term(i);
    sums[groupOf(i)] += value;
    magnitudes[groupOf(i)] += Math.abs(value);
  }
  return { sums, magnitudes };
}

function worst(got: tf.Tensor, wanted: ArrayLike<number>, magnitudes: ArrayLike<number>): number {
  const numbers = got.dataSync<'float32'>();
  expect(numbers.length).toBe(wanted.length);
  return numbers.reduce((most, number, i) => Math.max(most, Math.abs(number - wanted[i]) / magnitudes[i]), 0);
}

describe.each(LENGTHS)('over %i values', (length) => {
  const nChannels = 3;
  const x = values(length * nChannels, 1);
  const y = values(length * nChannels, 2, 0.1);
  const byChannel = (term: (i: number) => number) => exact(x.length, nChannels, term, (i) => i % nChannels);
  const within = (run: () => number, bound = BOUND) => expect(tf.tidy(run as never) as number).toBeLessThan(bound);

  it('sums and means keep their digits, whichever axes are summed', () => {
    const { sums, magnitudes } = byChannel((i) => x[i]);
    const rows = tf.tensor2d(x, [length, nChannels]);
    within(() => worst(tf.sum(rows, 0), sums, magnitudes));
    within(() => worst(tf.mul(tf.mean(rows, 0, true), length), sums, magnitudes));
    within(() => worst(tf.sum(tf.transpose(rows), 1), sums, magnitudes));
    // An axis on either side of the one that stays.
    const apart = tf.tidy(() => tf.transpose(tf.stack([rows, tf.neg(rows), rows]), [0, 2, 1]));
    within(() => worst(tf.sum(apart, [0, 2]), sums, magnitudes));
    // And one in front of the long one.
    const pair = tf.tidy(() => tf.stack([rows, rows]));
    within(() => worst(tf.sum(pair, 1), [...sums, ...sums], [...magnitudes, ...magnitudes]));
    within(() => worst(tf.sum(rows), [sums.reduce((a, b) => a + b)], [magnitudes.reduce((a, b) => a + b)]));
    tf.dispose([rows, apart, pair]);
  });

  it('gradients of biases and of weights keep their digits', () => {
    const dy = tf.tensor2d(y, [length, nChannels]);
    const bias = byChannel((i) => y[i]);
    within(() => {
      const gradient = tf.grad((b) => tf.sum(tf.mul(addBias(dy, b), dy)))(tf.zeros([nChannels]));
      return worst(gradient, bias.sums, bias.magnitudes);
    });
    for (const width of [1, 3]) {
      const rows = tf.tensor2d(x, [length, nChannels]);
      const weights = exact(
        length * nChannels * width,
        nChannels * width,
        (i) => x[Math.floor(i / width)] * y[Math.floor(i / width / nChannels) * nChannels + (i % width)],
        (i) => i % (nChannels * width),
      );
      const slopes = tf.slice(dy, [0, 0], [length, width]);
      for (const product of [project, (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b)]) {
        within(() => {
          const loss = (kernel: tf.Tensor) => tf.sum(tf.mul(product(rows, kernel), slopes));
          return worst(tf.grad(loss)(tf.zeros([nChannels, width])), weights.sums, weights.magnitudes);
        });
      }
      tf.dispose([rows, slopes]);
    }
    dy.dispose();
  });

  it('weight gradients of convolutions keep theirs', () => {
    const maps = tf.tensor4d(x, [1, length, 1, nChannels]);
    const slopes = tf.tensor4d(y, [1, length, 1, nChannels]);
    const wanted = exact(
      length * nChannels * nChannels,
      nChannels * nChannels,
      (i) => x[Math.floor(i / nChannels)] * y[Math.floor(i / nChannels / nChannels) * nChannels + (i % nChannels)],
      (i) => i % (nChannels * nChannels),
    );
    within(() => {
      const loss = (kernel: tf.Tensor) => tf.sum(tf.mul(convolve(maps, kernel as tf.Tensor4D), slopes));
      return worst(tf.grad(loss)(tf.zeros([1, 1, nChannels, nChannels])), wanted.sums, wanted.magnitudes);
    }, CONVOLUTION_BOUND);
    tf.dispose([maps, slopes]);
  });

  it('batch norm keeps its statistics and gradients', () => {
    const mean = byChannel((i) => x[i] / length).sums;
    const variance = byChannel((i) => (x[i] - mean[i % nChannels]) ** 2 / length).sums;
    const scale = variance.map((value) => 1 / Math.sqrt(value + 1e-5));
    const beta = byChannel((i) => y[i]);
    const gamma = byChannel((i) => y[i] * (x[i] - mean[i % nChannels]) * scale[i % nChannels]);
    const slope = (i: number) => {
      const channel = i % nChannels;
      const normalised = (x[i] - mean[channel]) * scale[channel];
      return scale[channel] * (y[i] - beta.sums[channel] / length - (normalised * gamma.sums[channel]) / length);
    };
    tf.tidy(() => {
      const shape = [1, length, 1, nChannels] as const;
      const [maps, slopes] = [tf.tensor4d(x, [...shape]), tf.tensor4d(y, [...shape])];
      const running = { mean: tf.zeros([nChannels]), variance: tf.zeros([nChannels]) };
      let moved = running;
      const loss = (...[input, factor, offset]: tf.Tensor[]) => {
        const normalised = fusedBatchNorm(
          input as tf.Tensor4D,
          factor,
          offset,
          running,
          { epsilon: 1e-5, momentum: 1 },
          (statistics) => {
            moved = { mean: tf.keep(statistics.mean), variance: tf.keep(statistics.variance) };
          },
        );
        return tf.sum(tf.mul(normalised, slopes)) as tf.Scalar;
      };
      const [dx, dGamma, dBeta] = tf.grads(loss)([maps, tf.ones([nChannels]), tf.zeros([nChannels])]);
      const unbiased = variance.map((value) => (value * length) / (length - 1));
      expect(worst(moved.mean, mean, mean), 'mean').toBeLessThan(BOUND);
      expect(worst(moved.variance, unbiased, unbiased), 'variance').toBeLessThan(BOUND);
      expect(worst(dBeta, beta.sums, beta.magnitudes), 'beta').toBeLessThan(BOUND);
      expect(worst(dGamma, gamma.sums, gamma.magnitudes), 'gamma').toBeLessThan(BOUND);
      // Slopes of some units.
      expect(
        worst(
          dx,
          Float64Array.from(x, (_, i) => slope(i)),
          new Float32Array(x.length).fill(1),
        ),
        'x',
      ).toBeLessThan(5 * BOUND);
      tf.dispose(moved);
    });
  });

  it('the gradients of layer norm and channel norm keep theirs', () => {
    const dy = tf.tensor2d(y, [length, nChannels]);
    const beta = byChannel((i) => y[i]);
    within(() => {
      const loss = (offset: tf.Tensor) => tf.sum(tf.mul(layerNorm(dy, tf.ones([nChannels]), offset, 1e-5), dy));
      return worst(tf.grad(loss)(tf.zeros([nChannels])), beta.sums, beta.magnitudes);
    });
    const mean = byChannel((i) => y[i] / length).sums;
    const variance = byChannel((i) => (y[i] - mean[i % nChannels]) ** 2 / length).sums;
    const wanted = Float64Array.from(y, (value, i) => {
      const channel = i % nChannels;
      return (value - mean[channel]) / Math.sqrt(variance[channel] + 1e-5);
    });
    const layer = new ChannelNorm();
    // Values of some units.
    within(
      () => worst(layer.apply(tf.expandDims(dy, 0)) as tf.Tensor, wanted, new Float32Array(y.length).fill(1)),
      5 * BOUND,
    );
    layer.dispose();
    dy.dispose();
  });

  it('pooling over time keeps its statistics', () => {
    const frames = tf.tensor3d(x, [1, length, nChannels]);
    const mean = byChannel((i) => x[i] / length).sums;
    const deviation = byChannel((i) => (x[i] - mean[i % nChannels]) ** 2 / length).sums.map((v) => Math.sqrt(v + 1e-6));
    const wanted = [...mean, ...deviation];
    within(() => worst(statistics(frames), wanted, wanted));
    within(() => {
      const weights = tf.fill([1, 1, length], 1 / length);
      return worst(weightedStatistics(tf.transpose(frames, [0, 2, 1]), weights), wanted, wanted);
    });
    within(() => worst(new MaskedMean().apply(frames) as tf.Tensor, mean, mean));
    frames.dispose();
  });

  it('the level of a waveform, the norm of gradients and the loss of a batch keep theirs', () => {
    const wave = x.subarray(0, length);
    const mean = wave.reduce((sum, value) => sum + value / length, 0);
    const variance = wave.reduce((sum, value) => sum + (value - mean) ** 2 / length, 0);
    const normalised = Float64Array.from(wave, (value) => (value - mean) / Math.sqrt(variance + 1e-7));
    within(() => {
      const result = new WaveformNormalization().apply(tf.tensor2d(wave, [1, length])) as tf.Tensor;
      return worst(result, normalised, new Float32Array(length).fill(1));
    }, 5 * BOUND);
    const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    within(() => worst(globalNorm([tf.tensor1d(x)]), [norm], [norm]));
    const logits = values(2 * length, 3);
    let loss = 0;
    for (let i = 0; i < 2 * length; i += 2) loss += Math.log1p(Math.exp(logits[i + 1] - logits[i])) / length;
    within(() => {
      const targets = tf.oneHot(tf.zeros([length], 'int32'), 2, 1, 0, 'float32');
      return worst(tf.mean(softmaxCrossEntropy(tf.tensor2d(logits, [length, 2]), targets)), [loss], [loss]);
    });
  });
});

describe('short and exported sums', () => {
  it('are left to the engine: the same bits as of its own op', () => {
    tf.tidy(() => {
      const rows = tf.tensor2d(values(3 * 20_000, 5), [20_000, 3]);
      const own = withComposedOps(() => tf.sum(rows, 0)).dataSync();
      expect(tf.sum(tf.slice(rows, [0, 0], [8000, 3]), 0).dataSync()).toEqual(
        withComposedOps(() => tf.sum(tf.slice(rows, [0, 0], [8000, 3]), 0)).dataSync(),
      );
      expect(tf.sum(rows, 0).dataSync()).not.toEqual(own);
    });
  });

  it('leave nothing behind', () => {
    const rows = tf.ones([131_071, 2]);
    const before = tf.memory().numTensors;
    tf.dispose([tf.sum(rows, 0), tf.mean(rows, 0), tf.matMul(rows, tf.ones([131_071, 1]), true)]);
    // The ones.
    expect(tf.memory().numTensors - before).toBe(1);
    rows.dispose();
  });
});

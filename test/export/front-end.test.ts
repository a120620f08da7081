import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { createFrontEnd } from '../../src/export/front-end.js';
import { createFeature } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const SAMPLE_RATE = 16000;
const N_SAMPLES = 4000;

/** The largest difference between what the ops and the extractor make of two clips, relative to the largest value. */
function largestDifference(feature: { type: string } & Record<string, unknown>): number {
  const extractor = createFeature(feature, SAMPLE_RATE);
  const clips = [0, 1].map((i) =>
    synthesizeSpeech(N_SAMPLES).map((sample, at) => sample * (i === 0 ? 1 : Math.cos(at))),
  );
  const frontEnd = createFrontEnd(feature.type, extractor);
  return tf.tidy(() => {
    const result = frontEnd(tf.tensor2d(clips.map((clip) => Array.from(clip))));
    const expected = clips.map((clip) => extractor.compute(clip));
    expect(result.shape).toEqual([2, extractor.nFrames(N_SAMPLES), extractor.nBins]);
    const got = result.dataSync();
    const flat = expected.flatMap((matrix) => Array.from(matrix));
    const scale = flat.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6);
    return flat.reduce((largest, value, i) => Math.max(largest, Math.abs(value - got[i]) / scale), 0);
  });
}

describe('a feature as ops', () => {
  beforeAll(startTestEngine);

  test.each([
    { type: 'log-mel' },
    { type: 'log-mel', padMode: 'reflect', log: { type: 'natural' }, normalization: 'mean-variance' },
    { type: 'log-mel', center: false, winLength: 300, log: { type: 'decibel', reference: 2, topDb: null } },
    { type: 'log-mel', center: false, winLength: 300, frameLength: 'window', preEmphasis: 0.9 },
    { type: 'power-spectrogram', fMin: 100, fMax: 4000, log: { type: 'none', exponent: 1 } },
    { type: 'power-spectrogram', log: { type: 'none' }, preEmphasis: 0.97, preEmphasisStart: 'extrapolate' },
    { type: 'lfcc' },
    { type: 'lfcc', normalization: 'mean', nFft: 1024, maxFrequency: 0.5, corners: 'whole' },
    { type: 'lfcc', energy: false, deltas: { type: 'regression' }, log: { type: 'decibel' } },
    { type: 'lfcc', lifter: 22, log: { type: 'decibel', reference: 'max' }, nDeltas: 1 },
    { type: 'mfcc', nDeltas: 2 },
    { type: 'mfcc', cosine: false, energy: true, nDeltas: 1 },
    ...['nearest', 'mirror', 'wrap', 'constant'].map((edges) => ({
      type: 'mfcc',
      nDeltas: 2,
      deltas: { type: 'polynomial', edges },
    })),
    { type: 'joined', parts: [{ type: 'lfcc' }, { type: 'log-mel', center: false }] },
  ])('gives the values of its extractor to float32: $type $#', (feature) => {
    // float32 sums of 512 products against float64, then a logarithm.
    expect(largestDifference(feature)).toBeLessThan(2e-4);
  });

  test.each([{ type: 'cqt' }, { type: 'descriptors' }, { type: 'log-mel', normalization: { type: 'sliding' } }])(
    'is refused where it is no list of stages: $type',
    (feature) => {
      const extractor = createFeature(feature, SAMPLE_RATE);
      expect(() => createFrontEnd(feature.type, extractor)).toThrow(ConfigError);
      expect(() => createFrontEnd(feature.type, extractor)).toThrow(
        `export: the feature ${feature.type}, with its options, can't be part of a program; leave \`withFeatures\` out`,
      );
    },
  );
});

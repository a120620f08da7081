import { describe, expect, test } from 'vitest';
import type { FeatureType } from '../../src/features/feature.js';
import { joinFeatures } from '../../src/features/joined.js';
import { createFeature, features } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { Registry } from '../../src/runtime/registry.js';
import { describeFeatureContract } from '../support/feature-contract.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const LFCC = { type: 'lfcc', nDeltas: 0 };
const UNCENTRED = { type: 'log-mel', nMels: 30, center: false };

test('parts lie side by side along the bins, cropped to the shortest', () => {
  const speech = synthesizeSpeech(4000);
  const extractor = createFeature({ type: 'joined', parts: [LFCC, UNCENTRED] }, 16000);
  const lfcc = createFeature(LFCC, 16000).compute(speech);
  const logMel = createFeature(UNCENTRED, 16000).compute(speech);
  expect([extractor.nBins, extractor.hopLength, extractor.nFrames(4000)]).toEqual([50, 160, 22]);
  expect(lfcc.length / 20).toBe(26);
  const expected = Array.from({ length: 22 }, (_, frame) => [
    ...lfcc.subarray(frame * 20, (frame + 1) * 20),
    ...logMel.subarray(frame * 30, (frame + 1) * 30),
  ]);
  expect([...extractor.compute(speech)]).toEqual(expected.flat());
});

test('by default it is LFCC beside a constant-Q spectrogram of the same frames', () => {
  expect(features.ours.joined.schema.parse({})).toMatchObject({
    parts: [
      { type: 'lfcc', nFft: 512, nDeltas: 2 },
      { type: 'cqt', hopLength: 160, nBins: 84 },
    ],
  });
});

test('its version rises with that of any part', () => {
  const { lfcc, mfcc } = features.ours;
  const versionOf = (ours: Readonly<Record<string, FeatureType>>) =>
    joinFeatures(new Registry('feature', ours)).version;
  const raised = { ...mfcc, version: mfcc.version + 1 } as FeatureType;
  expect(versionOf({ lfcc, mfcc: raised })).toBe(versionOf({ lfcc, mfcc }) + 1);
});

describe('joining refuses', () => {
  test.each([
    [[LFCC, { type: 'cqt' }], 'joined: expected parts of one hopLength, got lfcc 160, cqt 512; set them to the same'],
    [[LFCC, { type: 'cqr' }], 'joined: parts.1.type: unknown "cqr" (did you mean "cqt"?)'],
    [[{ type: 'lfcc', nMels: 3 }], /^joined: unknown option parts\.0\.nMels.*nFilters/],
    [[{ type: 'joined' }], /^joined: parts\.0\.type: unknown "joined"/],
    [[3], 'joined: parts.0: expected {"type": ...}, got 3'],
    [[], /^joined: parts: .*>=1/],
  ])('%j', (parts, message) => {
    const make = () => createFeature({ type: 'joined', parts }, 16000);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});

describeFeatureContract('joined', { parts: { value: [LFCC, { type: 'mfcc' }] } });

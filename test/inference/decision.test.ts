import { describe, expect, it } from 'vitest';
import { fitScoreCalibration } from '../../src/experiment/calibration-file.js';
import { createDecider, parseOperatingPoint } from '../../src/inference/decision.js';
import { hasSpeech } from '../../src/inference/speech.js';
import { tone } from '../support/clips.js';

const range = (n: number, from: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (from + i) / 50);
const calibration = fitScoreCalibration('platt', { bonafide: range(200, 100), spoof: range(200, 0) }, 'dev', 1);
const scorer = { threshold: 2.5, calibration };

describe('a decision', () => {
  it('is taken at the threshold that travels with the model', () => {
    const decide = createDecider(scorer);
    expect(decide(2.5, true).label).toBe('bonafide');
    expect(decide(2.49, true).label).toBe('spoof');
  });

  it('moves with the operating point, by name or by score', () => {
    const labelAt = (operatingPoint: Parameters<typeof createDecider>[1] & object) =>
      createDecider(scorer, operatingPoint)(3, true).label;
    expect(labelAt({ operatingPoint: 'frr-1-percent' })).toBe('bonafide');
    expect(labelAt({ operatingPoint: 'far-1-percent' })).toBe('spoof');
    expect(labelAt({ operatingPoint: 3.1 })).toBe('spoof');
  });

  it('is uncertain between two thresholds', () => {
    const decide = createDecider(scorer, { uncertain: [1, 4] });
    expect([0.9, 1, 3.9, 4].map((score) => decide(score, true).label)).toEqual([
      'spoof',
      'uncertain',
      'uncertain',
      'bonafide',
    ]);
    expect(() => createDecider(scorer, { uncertain: [4, 1] })).toThrow(/lower threshold first/);
  });

  it('says the ratio and the probability at the prior', () => {
    const [even, rare] = [0.5, 0.01].map((prior) => createDecider(scorer, { prior })(3, true));
    expect(even.llr).toBe(rare.llr);
    expect(even.probability).toBeCloseTo(1 / (1 + Math.exp(-(even.llr as number))), 12);
    expect(rare.probability).toBeCloseTo(1 / (1 + 99 * Math.exp(-(even.llr as number))), 12);
    expect(() => createDecider(scorer, { prior: 1 })).toThrow(/prior: expected a number between 0 and 1/);
  });

  it('goes without a calibration in checkpoints that have none', () => {
    const old = { threshold: 0, calibration: undefined };
    expect(createDecider(old)(1, true)).toEqual({ llr: null, probability: null, label: 'bonafide' });
    expect(createDecider(old, { operatingPoint: 'eer' })(1, true).label).toBe('bonafide');
    expect(() => createDecider(old, { operatingPoint: 'min-dcf' })).toThrow(/voiceproof calibrate/);
  });

  it('says no speech of silence, whatever the score', () => {
    expect(createDecider(scorer)(9, false).label).toBe('no_speech');
  });

  it('reads operating points, and names the nearest', () => {
    expect([parseOperatingPoint('min-dcf', '--x'), parseOperatingPoint('-1.5', '--x')]).toEqual(['min-dcf', -1.5]);
    expect(() => parseOperatingPoint('min-dfc', '--x')).toThrow(/did you mean "min-dcf"/);
  });
});

describe('speech', () => {
  it.each([
    ['silence', new Float32Array(16_000), false],
    ['an offset', new Float32Array(16_000).fill(0.3), false],
    ['hiss at -70 dB', tone(16_000, 3000, 0.0004), false],
    ['a quiet voice at -50 dB', tone(16_000, 200, 0.0045), true],
    ['80 ms of sound', tone(16_000, 200, 0.3).fill(0, 1280), false],
    ['100 ms of sound', tone(16_000, 200, 0.3).fill(0, 1600), true],
    ['a very short sound', tone(40, 1000, 0.3), true],
    ['one sample', new Float32Array(1), false],
  ])('is told of %s', (_, waveform, expected) => {
    expect(hasSpeech(waveform)).toBe(expected);
  });
});

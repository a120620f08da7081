import { describe, expect, it } from 'vitest';
import { changeTempo } from '../../src/dsp/time-scale.js';
import { largestError } from '../support/arrays.js';
import { tone } from '../support/clips.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

/** Zero crossings a second, a measure of pitch for a tone. */
function crossings(waveform: Float32Array): number {
  let n = 0;
  for (let i = 1; i < waveform.length; i++) if (waveform[i - 1] < 0 !== waveform[i] < 0) n++;
  return (n * 16000) / waveform.length;
}

describe('changeTempo', () => {
  it('gives back the waveform at rate 1', () => {
    const speech = synthesizeSpeech(8000);
    expect(largestError(changeTempo(speech, 1, 16000), speech)).toBeLessThan(1e-6);
  });

  it.each([0.5, 0.83, 1.1, 2])('keeps pitch and level at rate %d', (rate) => {
    const waveform = tone(16000, 220, 0.5);
    const changed = changeTempo(waveform, rate, 16000);
    expect(changed.length).toBe(Math.round(16000 / rate));
    const inner = changed.subarray(800, changed.length - 800);
    expect(crossings(inner) / 440).toBeCloseTo(1, 1);
    expect(Math.max(...inner)).toBeCloseTo(0.5, 1);
    // Pieces in phase add up to the tone again; out of phase they would sound hollow.
    const energy = inner.reduce((sum, x) => sum + x * x, 0) / inner.length;
    expect(energy).toBeCloseTo(0.125, 2);
  });

  it('takes clips shorter than a piece, down to one sample', () => {
    expect(changeTempo(Float32Array.of(0.5), 1.1, 16000).length).toBe(1);
    expect(changeTempo(tone(100, 440), 0.5, 16000).length).toBe(200);
    expect(changeTempo(new Float32Array(5000), 1.3, 16000).every((x) => x === 0)).toBe(true);
  });
});

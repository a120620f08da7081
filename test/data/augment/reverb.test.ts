import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reverb, reverberated } from '../../../src/data/augment/reverb.js';
import { createRandom } from '../../../src/runtime/random.js';
import { largestError } from '../../support/arrays.js';
import { encodeWav } from '../../support/clips.js';
import { loadReference, referenceClip } from '../../support/reference-clip.js';
import { hasShared } from '../../support/shared.js';
import { synthesizeSpeech } from '../../support/synthetic-speech.js';

const speech = synthesizeSpeech(4000);
const context = { sampleRate: 16000, noise: [] };

describe('reverberated', () => {
  it.skipIf(!hasShared)('equals the reference', () => {
    const wet = reverberated(referenceClip(), loadReference('augment/rir_2000.npy'));
    // float32 results of a transform; the clip's peak is 0.1.
    expect(largestError(wet, loadReference('augment/reverb_cropped.npy'))).toBeLessThan(1e-6);
  });

  it('leaves the clip as it is under a response of one sample, wherever that lies', () => {
    expect(largestError(reverberated(speech, Float32Array.of(3)), speech)).toBeLessThan(1e-6);
    const late = new Float32Array(700);
    late[650] = 0.2;
    expect(largestError(reverberated(speech, late), speech)).toBeLessThan(1e-6);
    expect(reverberated(speech, new Float32Array(10))).toEqual(speech);
  });

  it('adds what is later in the response, scaled by its norm', () => {
    const click = new Float32Array(50);
    click[10] = 1;
    const wet = reverberated(click, Float32Array.of(0.8, 0, 0, 0.6));
    expect(wet[10]).toBeCloseTo(0.8, 6);
    expect(wet[13]).toBeCloseTo(0.6, 6);
  });
});

describe('reverb', () => {
  it('draws another room for each clip, and the same for the same key', async () => {
    const { apply } = reverb.create(reverb.schema.parse({ reverberationSeconds: [0.1, 0.3] }), context);
    const once = await apply(speech, createRandom(1));
    expect(once.length).toBe(speech.length);
    expect(await apply(speech, createRandom(1))).toEqual(once);
    expect(largestError(await apply(speech, createRandom(2)), once)).toBeGreaterThan(1e-3);
    expect(largestError(once, speech)).toBeGreaterThan(1e-3);
  });

  it('takes recorded responses from a folder', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-rirs-'));
    afterAll(() => rmSync(directory, { recursive: true }));
    writeFileSync(join(directory, 'room.wav'), encodeWav(Float32Array.of(0.8, 0, 0, 0.6)));
    const { apply } = reverb.create(reverb.schema.parse({ kind: 'recorded', directory }), context);
    const wet = await apply(speech, createRandom(1));
    expect(largestError(wet, reverberated(speech, Float32Array.of(0.8, 0, 0, 0.6)))).toBeLessThan(1e-4);
  });

  it.each([
    [{ kind: 'recorded' }, 'need a folder'],
    [{ directory: 'rirs' }, 'take no recordings'],
    [{ reverberationSeconds: [0.5, 0.2] }, 'lower bound first'],
    [{ reverberationSeconds: [0, 0.2] }, '>=0.05'],
  ])('refuses %j: %s', (options, reason) => {
    expect(
      reverb.schema
        .safeParse(options)
        .error?.issues.map(({ message }) => message)
        .join(),
    ).toContain(reason);
  });
});

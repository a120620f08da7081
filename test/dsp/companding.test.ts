import { describe, expect, it } from 'vitest';
import { decodeMuLaw, encodeMuLaw, throughG711 } from '../../src/dsp/companding.js';
import { largestError } from '../support/arrays.js';
import { loadReference, referenceClip } from '../support/reference-clip.js';
import { hasShared } from '../support/shared.js';

const ramp = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 2000);

describe.skipIf(!hasShared)('companding equals the reference', () => {
  it.each(['mu-law', 'a-law'] as const)('G.711 %s, sample by sample', (law) => {
    const name = law === 'mu-law' ? 'g711_ulaw' : 'g711_alaw';
    expect(largestError(throughG711(referenceClip(), law), loadReference(`augment/${name}.npy`))).toBe(0);
  });

  it('continuous mu-law, in codes and samples', () => {
    const codes = encodeMuLaw(referenceClip(), 256);
    const expected = Int32Array.from(loadReference('augment/mulaw_codes.npy'));
    expect(codes).toEqual(expected);
    // float32 in torch.
    expect(largestError(decodeMuLaw(codes, 256), loadReference('augment/mulaw_decoded.npy'))).toBeLessThan(1e-6);
  });
});

describe('throughG711', () => {
  // The widest steps are 1/32 of full scale, where mu-law ends at 0.98 besides; the lowest 8 and 16 of 32768.
  it.each([
    ['mu-law', 1 / 32, 8],
    ['a-law', 1 / 32, 16],
  ] as const)('by %s errs by half a step at most, less where it is soft', (law, loud, soft) => {
    const decoded = throughG711(ramp, law);
    expect(largestError(decoded, ramp)).toBeLessThanOrEqual(loud / 2 + 1 / 200);
    const quiet = ramp.map((x) => x / 1000);
    expect(largestError(throughG711(quiet, law), quiet)).toBeLessThanOrEqual(soft / 32768);
  });

  it.each(['mu-law', 'a-law'] as const)('by %s is odd, knows no more than 256 values, and clips', (law) => {
    const decoded = throughG711(ramp, law);
    const mirrored = throughG711(
      ramp.map((x) => -x),
      law,
    );
    const nonzero = decoded.map((x, i) => (ramp[i] === 0 ? 0 : x));
    expect(
      largestError(
        mirrored.map((x, i) => (ramp[i] === 0 ? 0 : -x)),
        nonzero,
      ),
    ).toBe(0);
    expect(new Set(decoded).size).toBeLessThanOrEqual(256);
    expect(throughG711(Float32Array.of(1, 3), law)[1]).toBe(throughG711(Float32Array.of(1), law)[0]);
  });
});

describe('continuous mu-law', () => {
  it('uses every code, and comes back to the same code', () => {
    const fine = Float32Array.from(
      { length: 20001 },
      (_, i) => Math.sign(i - 10000) * Math.abs((i - 10000) / 10000) ** 4,
    );
    const codes = encodeMuLaw(fine, 256);
    expect(new Set(codes).size).toBe(256);
    expect(encodeMuLaw(decodeMuLaw(codes, 256), 256)).toEqual(codes);
    expect([...encodeMuLaw(Float32Array.of(-2, -1, 0, 1, 2), 16)]).toEqual([0, 0, 8, 15, 15]);
  });
});

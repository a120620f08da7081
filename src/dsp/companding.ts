/** Companding: samples in eight bits on a scale that is finer near zero, as telephones send them. */

/** A-law or mu-law, as in ITU-T G.711. */
export type CompandingLaw = 'a-law' | 'mu-law';

/** G.711 A-law: sign, three bits of exponent, four of mantissa, every other bit inverted; to 16 bits. */
export const A_LAW_TABLE = Int16Array.from({ length: 256 }, (_, code) => {
  const plain = code ^ 0x55;
  const exponent = (plain >> 4) & 7;
  const mantissa = ((plain & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return plain & 0x80 ? magnitude : -magnitude;
});

/** G.711 mu-law: all bits inverted, a bias of 132 (33 at 14 bits) under the exponent; to 16 bits. */
export const MU_LAW_TABLE = Int16Array.from({ length: 256 }, (_, code) => {
  const plain = ~code & 0xff;
  const magnitude = ((((plain & 15) << 3) + 132) << ((plain >> 4) & 7)) - 132;
  return plain & 0x80 ? -magnitude : magnitude;
});

/**
 * A waveform through G.711 and back: 13 bits (A-law) or 14 bits (mu-law) of a sample, cut to its leading bits.
 *
 * @param waveform -1 to 1; louder samples are clipped
 * @returns freshly allocated
 */
export function throughG711(waveform: Float32Array, law: CompandingLaw): Float32Array {
  const isMuLaw = law === 'mu-law';
  const table = isMuLaw ? MU_LAW_TABLE : A_LAW_TABLE;
  const scale = isMuLaw ? 32767 / 4 : 32767 / 16;
  const result = new Float32Array(waveform.length);
  for (let i = 0; i < result.length; i++) {
    const sign = waveform[i] < 0 ? 0 : 0x80;
    const magnitude = roundHalfEven(Math.min(1, Math.abs(waveform[i])) * scale);
    const code = isMuLaw ? 0x7f ^ muLawBits(magnitude) : aLawBits(magnitude) ^ 0x55;
    result[i] = table[code ^ sign] / 32768;
  }
  return result;
}

/** Exponent and mantissa of a magnitude of 13 bits. */
function muLawBits(magnitude: number): number {
  const biased = Math.min(magnitude, 8158) + 33;
  const exponent = 26 - Math.clz32(biased);
  return (exponent << 4) | ((biased >> (exponent + 1)) & 15);
}

/** Exponent and mantissa of a magnitude of 11 bits. */
function aLawBits(magnitude: number): number {
  const bits = Math.min(magnitude, 2047);
  const exponent = Math.max(0, 28 - Math.clz32(bits));
  return (exponent << 4) | ((bits >> Math.max(0, exponent - 1)) & 15);
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/**
 * Codes of the continuous mu-law, `sign(x) ln(1 + mu |x|) / ln(1 + mu)` in equal steps, as in torchaudio's
 * `mu_law_encoding`; not those of G.711.
 *
 * @param waveform -1 to 1
 * @param nLevels how many codes there are; mu is one less
 * @returns 0 to `nLevels - 1`
 */
export function encodeMuLaw(waveform: Float32Array, nLevels: number): Int32Array {
  const mu = nLevels - 1;
  return Int32Array.from(waveform, (x) => {
    const companded = (Math.sign(x) * Math.log1p(mu * Math.min(1, Math.abs(x)))) / Math.log1p(mu);
    return Math.floor(((companded + 1) / 2) * mu + 0.5);
  });
}

/** The waveform of codes, the inverse of {@link encodeMuLaw} up to its rounding. */
export function decodeMuLaw(codes: Int32Array, nLevels: number): Float32Array {
  const mu = nLevels - 1;
  const values = Float32Array.from({ length: nLevels }, (_, code) => {
    const companded = (code / mu) * 2 - 1;
    return (Math.sign(companded) * Math.expm1(Math.abs(companded) * Math.log1p(mu))) / mu;
  });
  return Float32Array.from(codes, (code) => values[code]);
}

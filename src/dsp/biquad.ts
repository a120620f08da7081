/** Recursive filters of second order, alone and in cascade. */

/** Coefficients of `y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`. */
export interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/**
 * A low-pass or high-pass section: 12 dB an octave. R. Bristow-Johnson, "Audio EQ cookbook"; the coefficients of
 * torchaudio's `lowpass_biquad` and `highpass_biquad`.
 *
 * @param cutOff Hz, above 0 and below half of `sampleRate`
 * @param quality the flattest by default, rounded as the convention has it
 */
// biome-ignore lint/suspicious/noApproximativeNumericConstant: torchaudio rounds it so, and its numbers are ours.
export function passBiquad(kind: 'low' | 'high', cutOff: number, sampleRate: number, quality = 0.707): Biquad {
  const angle = (2 * Math.PI * cutOff) / sampleRate;
  const cosine = Math.cos(angle);
  const alpha = Math.sin(angle) / (2 * quality);
  const a0 = 1 + alpha;
  const side = (kind === 'low' ? 1 - cosine : 1 + cosine) / 2 / a0;
  return {
    b0: side,
    b1: kind === 'low' ? 2 * side : -2 * side,
    b2: side,
    a1: (-2 * cosine) / a0,
    a2: (1 - alpha) / a0,
  };
}

/**
 * A Butterworth band-pass filter as a cascade of `order` sections: `order` poles at each edge, as
 * `scipy.signal.butter(order, [low, high], 'bandpass')` makes it.
 *
 * Each pole p of the analogue low-pass prototype becomes the two roots of s^2 - p w s + w0^2, and each of those goes
 * through the bilinear transform (z = (2 + s) / (2 - s)); the zeros lie at z = 1 and z = -1.
 *
 * @param order even, at least 2
 * @param low Hz, above 0
 * @param high Hz, above `low` and below half of `sampleRate`
 */
export function butterworthBandPass(order: number, low: number, high: number, sampleRate: number): Biquad[] {
  const lowEdge = 2 * Math.tan((Math.PI * low) / sampleRate);
  const highEdge = 2 * Math.tan((Math.PI * high) / sampleRate);
  const width = highEdge - lowEdge;
  const centre = lowEdge * highEdge;
  const sections: Biquad[] = [];
  // Half of the prototype's poles: the others are their conjugates, and would give the conjugate roots.
  for (let k = 0; k < order / 2; k++) {
    const angle = (Math.PI * (2 * k + 1 + order)) / (2 * order);
    const re = (Math.cos(angle) * width) / 2;
    const im = (Math.sin(angle) * width) / 2;
    const [rootRe, rootIm] = squareRoot(re * re - im * im - centre, 2 * re * im);
    sections.push(section(re + rootRe, im + rootIm), section(re - rootRe, im - rootIm));
  }
  // The gain is 1 at the centre of the band.
  const middle = 2 * Math.atan(Math.sqrt(centre) / 2);
  const gain = sections.reduce((product, biquad) => product * gainAt(biquad, middle), 1);
  const [first, ...rest] = sections;
  return [{ ...first, b0: first.b0 / gain, b1: first.b1 / gain, b2: first.b2 / gain }, ...rest];
}

/** The section with the analogue pole `re + i im` and its conjugate, and a zero at each end of the spectrum. */
function section(re: number, im: number): Biquad {
  const square = (2 - re) ** 2 + im * im;
  const poleRe = (4 - re * re - im * im) / square;
  const poleIm = (4 * im) / square;
  return { b0: 1, b1: 0, b2: -1, a1: -2 * poleRe, a2: poleRe * poleRe + poleIm * poleIm };
}

/** The gain at an angle of 0 to pi, half the sampling rate. */
function gainAt({ b0, b1, b2, a1, a2 }: Biquad, angle: number): number {
  const magnitude = (c0: number, c1: number, c2: number) =>
    Math.hypot(c0 + c1 * Math.cos(angle) + c2 * Math.cos(2 * angle), c1 * Math.sin(angle) + c2 * Math.sin(2 * angle));
  return magnitude(b0, b1, b2) / magnitude(1, a1, a2);
}

function squareRoot(re: number, im: number): [number, number] {
  const size = Math.hypot(re, im);
  return [Math.sqrt((size + re) / 2), Math.sign(im || 1) * Math.sqrt((size - re) / 2)];
}

/**
 * A waveform through sections one after the other, from silence.
 *
 * @returns freshly allocated, as long as `waveform`
 */
export function filterWith(waveform: Float32Array, sections: readonly Biquad[]): Float32Array {
  const work = Float64Array.from(waveform);
  for (const { b0, b1, b2, a1, a2 } of sections) {
    let first = 0;
    let second = 0;
    for (let i = 0; i < work.length; i++) {
      const x = work[i];
      const y = b0 * x + first;
      first = b1 * x - a1 * y + second;
      second = b2 * x - a2 * y;
      work[i] = y;
    }
  }
  return Float32Array.from(work);
}

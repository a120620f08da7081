declare module 'fft.js' {
  /** Radix-4 transform of one power-of-two size; complex values are interleaved (re, im). */
  export default class FFT {
    constructor(size: number);
    /** Forward transform of `data` into `out`, both of length 2 * size, not the same array. */
    transform(out: number[], data: ArrayLike<number>): void;
    /** As `transform` of `size` real values, but only the first half of the spectrum is written. */
    realTransform(out: number[], data: ArrayLike<number>): void;
    /** Writes the second half of a real signal's spectrum, which mirrors the first. */
    completeSpectrum(spectrum: number[]): void;
  }
}

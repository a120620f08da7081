declare module 'fft.js' {
  /** Radix-4 transform of one power-of-two size; complex values are interleaved (re, im). */
  export default class FFT {
    constructor(size: number);
    /** Forward transform of `data` into `out`, both of length 2 * size, not the same array. */
    transform(out: number[], data: ArrayLike<number>): void;
  }
}

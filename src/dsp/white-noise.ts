/**
 * Gaussian white noise, several times as fast as the general streams of random numbers: it is drawn for every sample
 * of a clip, where those are drawn once or twice.
 *
 * Generator: xoshiro128++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021).
 * Normal numbers: the polar method (Marsaglia and Bray, "A convenient method for generating normal variables", 1964).
 */

/**
 * Independent normal samples of mean 0 and deviation 1. Equal seeds give equal noise on every platform.
 *
 * @param seed uniform in [0, 1); called four times
 * @returns freshly allocated
 */
export function whiteNoise(nSamples: number, seed: () => number): Float32Array {
  const result = new Float32Array(nSamples);
  const word = () => Math.floor(seed() * 2 ** 32) | 0;
  let a = word();
  let b = word();
  let c = word();
  // The state must not be all zeros.
  let d = word() | 1;
  const between = () => {
    const sum = (a + d) | 0;
    const drawn = (((sum << 7) | (sum >>> 25)) + a) | 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return drawn * 2 ** -31;
  };
  for (let i = 0; i < nSamples; i += 2) {
    let x: number;
    let y: number;
    let square: number;
    do {
      x = between();
      y = between();
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    result[i] = scale * x;
    // Beyond the end of an odd length this does nothing.
    result[i + 1] = scale * y;
  }
  return result;
}

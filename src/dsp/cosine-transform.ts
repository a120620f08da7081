/**
 * The orthonormal discrete cosine transform of type II, which turns log energies into cepstral coefficients:
 * X[k] = s_k sum over n of x[n] cos(pi k (2 n + 1) / (2 N)), s_0 = sqrt(1 / N), else s_k = sqrt(2 / N).
 */
export class CosineTransform {
  /** Row-major `[nCoefficients, halfLength]`: the first half of each cosine; the second mirrors it. */
  private readonly matrix: Float64Array;
  /** x[n] + x[N-1-n] for the even coefficients, and x[n] - x[N-1-n] for the odd ones. */
  private readonly folded: readonly [Float64Array, Float64Array];

  /** @param nCoefficients at most `nInputs` */
  constructor(
    private readonly nInputs: number,
    private readonly nCoefficients: number,
  ) {
    const halfLength = Math.ceil(nInputs / 2);
    this.folded = [new Float64Array(halfLength), new Float64Array(halfLength)];
    // A row more where their number is odd, as rows are taken in twos.
    this.matrix = new Float64Array((nCoefficients + (nCoefficients % 2)) * halfLength);
    for (let k = 0; k < nCoefficients; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / nInputs);
      for (let n = 0; n < halfLength; n++) {
        this.matrix[k * halfLength + n] = scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * nInputs));
      }
    }
  }

  /**
   * @param input `[nInputs]`, or longer
   * @param out receives `nCoefficients` values from `offset` on
   */
  apply(input: Float64Array, out: Float32Array | Float64Array, offset = 0): void {
    const { matrix, nInputs, nCoefficients } = this;
    const [sums, differences] = this.folded;
    const halfLength = sums.length;
    for (let n = 0; n < halfLength; n++) {
      const mirrored = nInputs - 1 - n;
      // The middle of an odd number stands alone, and odd cosines are 0 there.
      sums[n] = n === mirrored ? input[n] : input[n] + input[mirrored];
      differences[n] = input[n] - input[mirrored];
    }
    for (let k = 0, at = 0; k < nCoefficients; k += 2, at += 2 * halfLength) {
      let even = 0;
      let odd = 0;
      for (let n = 0; n < halfLength; n++) {
        even += matrix[at + n] * sums[n];
        odd += matrix[at + halfLength + n] * differences[n];
      }
      out[offset + k] = even;
      if (k + 1 < nCoefficients) out[offset + k + 1] = odd;
    }
  }
}

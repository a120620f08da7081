/** The discrete cosine transform of type II, orthonormal: what turns log energies into cepstral coefficients. */

/** The transform's matrix, row-major `[nCoefficients, nInputs]`: row k is s_k cos(pi k (2 n + 1) / (2 nInputs)). */
export function createCosineMatrix(nInputs: number, nCoefficients: number): Float64Array {
  const matrix = new Float64Array(nCoefficients * nInputs);
  for (let k = 0; k < nCoefficients; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / nInputs);
    for (let n = 0; n < nInputs; n++) {
      matrix[k * nInputs + n] = scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * nInputs));
    }
  }
  return matrix;
}

/**
 * Multiplies a row-major matrix, `[rows, input.length]`, with a vector.
 *
 * @param out receives `rows` values from `offset` on
 */
export function multiplyMatrix(
  matrix: Float64Array,
  input: Float64Array,
  out: Float32Array | Float64Array,
  offset = 0,
): void {
  const columns = input.length;
  for (let at = 0, row = offset; at < matrix.length; at += columns, row++) {
    let sum = 0;
    for (let n = 0; n < columns; n++) sum += matrix[at + n] * input[n];
    out[row] = sum;
  }
}

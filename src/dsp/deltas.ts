/**
 * How features move from frame to frame. All read and write one row-major matrix, so that a feature and its deltas lie
 * side by side.
 */

/** Which columns of a matrix are read, and which are written. */
export interface DeltaColumns {
  /** Columns of the matrix. */
  readonly stride: number;
  /** First column that is read. */
  readonly from: number;
  /** First column that is written. */
  readonly to: number;
  /** Columns that are read, and written. */
  readonly width: number;
}

/**
 * What is beyond the first and last frame, as SciPy names it: `interpolate` continues the polynomial of the outermost
 * frames, `nearest` repeats the end, `mirror` reflects at it, `wrap` goes on at the other end, `constant` is 0.
 */
export const DELTA_EDGES = ['interpolate', 'nearest', 'mirror', 'wrap', 'constant'] as const;

/** One of `DELTA_EDGES`. */
export type DeltaEdges = (typeof DELTA_EDGES)[number];

/**
 * The undivided central difference x[t+1] - x[t-1], with the first and last frame repeated beyond the ends, as the
 * ASVspoof LFCC baselines have it.
 */
export function addDifferences(matrix: Float32Array, columns: DeltaColumns): void {
  correlate(matrix, columns, Float64Array.of(-1, 0, 1), 'nearest');
}

/**
 * The slope of the line fitted to `nFrames` frames, sum n x[t+n] / sum n^2, with the first and last frame repeated beyond
 * the ends, as `torchaudio.functional.compute_deltas` and HTK have it.
 *
 * @param nFrames odd, at least 3
 */
export function addRegressionDeltas(matrix: Float32Array, columns: DeltaColumns, nFrames: number): void {
  correlate(matrix, columns, derivativeWeights(1, nFrames), 'nearest');
}

/**
 * The first or second derivative of the polynomial of that same order fitted to `nFrames` frames: the Savitzky-Golay
 * filter of `librosa.feature.delta`.
 *
 * @param nFrames odd, at least 3; for `interpolate` at most the frames there are
 */
export function addPolynomialDeltas(
  matrix: Float32Array,
  columns: DeltaColumns,
  order: 1 | 2,
  nFrames: number,
  edges: DeltaEdges,
): void {
  correlate(matrix, columns, derivativeWeights(order, nFrames), edges);
}

/** Weights of frames -h to h by which a fitted polynomial's highest derivative is a sum. */
export function derivativeWeights(order: 1 | 2, nFrames: number): Float64Array {
  const half = (nFrames - 1) / 2;
  // The polynomial of that order that is orthogonal to all lower ones.
  const basis = Float64Array.from({ length: nFrames }, (_, i) =>
    order === 1 ? i - half : (i - half) ** 2 - (half * (half + 1)) / 3,
  );
  const norm = basis.reduce((sum, value) => sum + value * value, 0);
  return basis.map((value) => (order * value) / norm);
}

function correlate(matrix: Float32Array, columns: DeltaColumns, weights: Float64Array, edges: DeltaEdges): void {
  const { stride, from, to, width } = columns;
  const nFrames = matrix.length / stride;
  const half = (weights.length - 1) / 2;
  for (let frame = 0; frame < nFrames; frame++) {
    // The highest derivative of one polynomial is the same everywhere on it.
    const centre = edges === 'interpolate' ? Math.min(Math.max(frame, half), nFrames - 1 - half) : frame;
    const at = frame * stride + to;
    matrix.fill(0, at, at + width);
    for (let n = -half; n <= half; n++) {
      const source = frameAt(centre + n, nFrames, edges) * stride + from;
      const weight = weights[n + half];
      if (source < 0 || weight === 0) continue;
      for (let i = 0; i < width; i++) matrix[at + i] += weight * matrix[source + i];
    }
  }
}

/** The frame that stands at a place of `nFrames`, be it beyond the ends; negative where that is 0. */
export function frameAt(frame: number, nFrames: number, edges: DeltaEdges): number {
  if (frame >= 0 && frame < nFrames) return frame;
  if (edges === 'constant') return Number.NEGATIVE_INFINITY;
  if (edges === 'wrap') return ((frame % nFrames) + nFrames) % nFrames;
  if (edges !== 'mirror') return frame < 0 ? 0 : nFrames - 1;
  const period = Math.max(2 * (nFrames - 1), 1);
  const turned = ((frame % period) + period) % period;
  return Math.min(turned, period - turned);
}

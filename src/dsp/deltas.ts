/** How features move from frame to frame. */

/**
 * The undivided central difference x[t+1] - x[t-1] of each of `width` columns, with the first and last frame repeated
 * beyond the ends, as the ASVspoof LFCC baselines have it. Reads and writes one row-major matrix, so that a feature and
 * its deltas lie side by side.
 *
 * @param values `[frames, stride]`
 * @param from first column that is read
 * @param to first column that is written
 */
export function addDeltas(values: Float32Array, stride: number, from: number, to: number, width: number): void {
  const nFrames = values.length / stride;
  for (let frame = 0; frame < nFrames; frame++) {
    const before = Math.max(frame - 1, 0) * stride + from;
    const after = Math.min(frame + 1, nFrames - 1) * stride + from;
    const at = frame * stride + to;
    for (let i = 0; i < width; i++) values[at + i] = values[after + i] - values[before + i];
  }
}

/** A recording of any length as windows that overlap, in constant memory. */

/** A stretch of a recording. */
export interface Window {
  /** First sample. */
  readonly start: number;
  readonly waveform: Float32Array;
}

/**
 * Cuts a recording into windows of `nWindow` samples that begin `nHop` apart. The last one ends where the recording ends,
 * and so may overlap more; a recording that is shorter than a window is one.
 *
 * @param blocks pieces of the recording, of any length
 * @param nWindow at least 1
 * @param nHop 1 to `nWindow`, so that nothing is left out
 */
export async function* cutWindows(
  blocks: AsyncIterable<Float32Array>,
  nWindow: number,
  nHop: number,
): AsyncGenerator<Window> {
  let kept = new Float32Array(0);
  /** Where `kept` begins, and where the next window does. */
  let offset = 0;
  let next = 0;
  for await (const block of blocks) {
    const all = new Float32Array(kept.length + block.length);
    all.set(kept);
    all.set(block, kept.length);
    for (; next + nWindow <= offset + all.length; next += nHop) {
      yield { start: next, waveform: all.slice(next - offset, next - offset + nWindow) };
    }
    // As much as the last window may need, which ends with the recording.
    const first = Math.max(0, Math.min(next - offset, all.length - nWindow));
    kept = all.slice(first);
    offset += first;
  }
  const end = offset + kept.length;
  const isCovered = next > 0 && next - nHop + nWindow >= end;
  if (end === 0 || isCovered) return;
  const start = Math.max(0, end - nWindow);
  yield { start, waveform: kept.slice(start - offset) };
}

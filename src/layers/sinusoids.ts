/** Sines and cosines that tell positions apart (Vaswani et al., "Attention is all you need", 2017, section 3.5). */

/**
 * Row by row for each position p: `sin(p / 10000^(2i / width))` and `cos` of the same, in turn.
 *
 * @param width even
 * @returns `[positions, width]`
 */
export function sinusoids(positions: readonly number[], width: number): Float32Array {
  const table = new Float32Array(positions.length * width);
  positions.forEach((position, row) => {
    for (let i = 0; i < width; i += 2) {
      const angle = position / 10000 ** (i / width);
      table[row * width + i] = Math.sin(angle);
      table[row * width + i + 1] = Math.cos(angle);
    }
  });
  return table;
}

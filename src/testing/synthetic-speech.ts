/**
 * The signal of `test/fixtures/features/make_features.py`, by the same formula: harmonics of a gliding pitch, noise of a
 * linear congruential generator, and silence in the middle, at 16 kHz.
 */
export function synthesizeSpeech(length: number): Float32Array {
  const middle = Math.floor(length / 2);
  let state = 1;
  return Float32Array.from({ length }, (_, n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    if (n >= middle && n < middle + 800) return 0;
    const phase = (2 * Math.PI * (120 * n + 0.002 * n * n)) / 16000;
    let voice = 0;
    for (let k = 1; k <= 20; k++) voice += Math.sin(k * phase) / k;
    return 0.2 * voice + 0.01 * (state / 2 ** 30 - 1);
  });
}

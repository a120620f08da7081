/**
 * Uniform random numbers as a pure function of two seeds: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011), keyed the way TensorFlow's op `StatelessRandomUniform` keys it. A mask drawn here is
 * therefore the one that TensorFlow draws, on any engine, in any process, and whatever was drawn before.
 */

/** Multipliers of the two halves of a round. */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
/** What the key grows by from round to round. */
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
/** The key under which TensorFlow scrambles the seeds. */
const SCRAMBLE_0 = 0x3ec8f720;
const SCRAMBLE_1 = 0x02461e29;

/**
 * `length` numbers in [0, 1), each a multiple of 2^-23.
 *
 * @param seed 32-bit integer
 * @param salt 32-bit integer; another salt gives independent numbers
 */
export function statelessUniform(length: number, seed: number, salt: number): Float32Array {
  const block = new Uint32Array(4);
  philox(block, seed, seed >> 31, salt, salt >> 31, SCRAMBLE_0, SCRAMBLE_1);
  const [key0, key1, counter2, counter3] = block;
  const result = new Float32Array(length);
  for (let i = 0; i < length; i += 4) {
    const index = i / 4;
    philox(block, index | 0, Math.floor(index / 2 ** 32), counter2, counter3, key0, key1);
    const end = Math.min(4, length - i);
    for (let j = 0; j < end; j++) result[i + j] = (block[j] & 0x7fffff) * 2 ** -23;
  }
  return result;
}

/** Encrypts the counter under the key: four random words in `out`. */
function philox(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let [c0, c1, c2, c3, k0, k1] = [counter0, counter1, counter2, counter3, key0, key1];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  // `middle` has up to 32 bits and so has the other cross product: neither overflows a double.
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + (middle >>> 16) + Math.floor(carry / 0x10000)) | 0;
}

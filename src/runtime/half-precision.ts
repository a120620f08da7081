/**
 * The two sixteen-bit floats, which JavaScript has no arrays for: IEEE half precision (1 sign, 5 exponent, 10 fraction
 * bits) and bfloat16 (1, 8, 7: the upper half of a float32). Narrowing rounds to nearest, ties to even.
 */

/** Half-precision bits as float32; exact. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** float32 as half-precision bits; magnitudes from 65,520 up become infinite. */
export function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const magnitude = Math.abs(value);
    if (Number.isNaN(value)) return 0x7e00;
    if (magnitude >= 65520) return sign | 0x7c00;
    if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24);
    // A float32 of at least 2^-14 is normal, so its exponent can be read off its bits.
    const exponent = (float32Bits(magnitude) >>> 23) - 127;
    // A fraction that rounds up to 1024 carries into the exponent, as it should.
    return sign | (((exponent + 15) << 10) + roundToEven((magnitude * 2 ** -exponent - 1) * 1024));
  });
}

/** bfloat16 bits as float32; exact. */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
}

/** float32 as bfloat16 bits. */
export function toBfloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (Number.isNaN(value)) return 0x7fc0;
    const bits = float32Bits(value);
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  });
}

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

function float32Bits(value: number): number {
  scratchFloat[0] = value;
  return scratchBits[0];
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

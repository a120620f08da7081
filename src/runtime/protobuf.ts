/** Fields of a protocol buffer, in its wire format: https://protobuf.dev/programming-guides/encoding/ */

/** A whole number, or a flag as 0 or 1. */
export function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

/** Text, bytes, or a message in a message. */
export function bytesField(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

/** A 64-bit float. `field` is at most 15, as its tag must fit one byte. */
export function doubleField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** A 32-bit float. `field` is at most 15, as its tag must fit one byte. */
export function floatField(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  if (value < 0) {
    // As 64 bits without a sign, of which the upper ones are all set.
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    return Buffer.from(bytes);
  }
  let rest = value;
  // By division: shifts would cut numbers beyond 32 bits.
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

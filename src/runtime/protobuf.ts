/** Fields of a protocol buffer, in its wire format: https://protobuf.dev/programming-guides/encoding/ */

/** A whole number, or a flag as 0 or 1. */
export function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

/** Whole numbers in a row. */
export function packedField(field: number, values: readonly number[]): Buffer {
  return bytesField(field, Buffer.concat(values.map(varint)));
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

/** A field of a message as it was read: a number, or the bytes of text, of a message, or of packed numbers. */
export interface ReadField {
  readonly field: number;
  /** Of whole and floating-point numbers; whole ones beyond 2^53 lose their last digits. NaN where it is bytes. */
  readonly number: number;
  /** Empty where it is a number. */
  readonly bytes: Buffer;
}

/**
 * The fields of a message, in its order. 64-bit and 32-bit fields are taken for floats.
 *
 * @throws RangeError where the message ends too early or holds what is no field
 */
export function* readFields(message: Uint8Array): Generator<ReadField> {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const none = bytes.subarray(0, 0);
  let at = 0;
  const next = (): number => {
    const read = readVarint(bytes, at);
    at = read.end;
    return read.number;
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError(`protocol buffer: a field ends beyond byte ${bytes.length}`);
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = next();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, number: next(), bytes: none };
        break;
      case 1:
        yield { field, number: take(8).readDoubleLE(), bytes: none };
        break;
      case 2:
        yield { field, number: Number.NaN, bytes: take(next()) };
        break;
      case 5:
        yield { field, number: take(4).readFloatLE(), bytes: none };
        break;
      default:
        throw new RangeError(`protocol buffer: wire type ${tag % 8} at byte ${at}`);
    }
  }
}

/** Whole numbers, one after the other. */
export function readPacked(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = readVarint(bytes, at);
    numbers.push(read.number);
    at = read.end;
  }
  return numbers;
}

function readVarint(bytes: Uint8Array, start: number): { number: number; end: number } {
  let end = start;
  while (bytes[end] >= 0x80) end++;
  if (end >= bytes.length) throw new RangeError(`protocol buffer: a number ends beyond byte ${bytes.length}`);
  let number = 0;
  if (end - start < 9) {
    for (let at = end; at >= start; at--) number = number * 128 + (bytes[at] & 0x7f);
  } else {
    // Ten bytes: a negative number, as 64 bits.
    let bits = 0n;
    for (let at = end; at >= start; at--) bits = bits * 128n + BigInt(bytes[at] & 0x7f);
    number = Number(BigInt.asIntN(64, bits));
  }
  return { number, end: end + 1 };
}

/**
 * Scalars in TensorBoard's event files: TFRecord frames (length, masked CRC-32C, bytes, masked CRC-32C) of `Event`
 * protocol buffers. Format: tensorflow/core/util/event.proto and lib/io/record_writer. No engine is needed.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bytesField, doubleField, floatField, varintField } from '../runtime/protobuf.js';

/** Writes scalars to one event file. */
export interface ScalarWriter {
  /** Writes the scalars of one step, such as `{ 'train/loss': 0.3 }`. */
  write(step: number, scalars: Readonly<Record<string, number>>): void;
  close(): void;
}

/** Opens an event file in `directory`. */
export function createScalarWriter(directory: string): ScalarWriter {
  mkdirSync(directory, { recursive: true });
  const seconds = Date.now() / 1000;
  const file = openSync(
    join(directory, `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}`),
    'a',
  );
  writeSync(file, frame(Buffer.concat([doubleField(1, seconds), bytesField(3, Buffer.from('brain.Event:2'))])));
  return {
    write: (step, scalars) => {
      writeSync(file, encodeScalars(Date.now() / 1000, step, scalars));
    },
    close: () => closeSync(file),
  };
}

/** The frame of one step's scalars. */
export function encodeScalars(wallTime: number, step: number, scalars: Readonly<Record<string, number>>): Buffer {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
  );
  return frame(Buffer.concat([doubleField(1, wallTime), varintField(2, step), bytesField(5, Buffer.concat(values))]));
}

function frame(content: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(content.length, 0);
  header.writeUInt32LE(maskedCrc(header.subarray(0, 8)), 8);
  const footer = Buffer.alloc(4);
  footer.writeUInt32LE(maskedCrc(content), 0);
  return Buffer.concat([header, content, footer]);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc;
});

function maskedCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  crc ^= 0xffffffff;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

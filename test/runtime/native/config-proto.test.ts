import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { encodeSessionConfig } from '../../../src/runtime/native/config-proto.js';

/** Wire type and value by field number, read by protobuf's own reader. */
function decode(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const { BinaryReader } = createRequire(import.meta.url)('google-protobuf') as {
    BinaryReader: new (
      bytes: Uint8Array,
    ) => {
      nextField(): boolean;
      getFieldNumber(): number;
      getWireType(): number;
      readUint32(): number;
      readBytes(): Uint8Array;
    };
  };
  const fields = new Map<number, number | Uint8Array>();
  const reader = new BinaryReader(bytes);
  while (reader.nextField()) {
    fields.set(reader.getFieldNumber(), reader.getWireType() === 0 ? reader.readUint32() : reader.readBytes());
  }
  return fields;
}
const nested = (fields: Map<number, number | Uint8Array>, field: number) => decode(fields.get(field) as Uint8Array);

it('An empty config sets soft placement alone', () => {
  expect(decode(encodeSessionConfig({}))).toEqual(new Map([[7, 1]]));
});

it('Threads are encoded as varints, large ones included', () => {
  const fields = decode(encodeSessionConfig({ intraOpThreads: 300, interOpThreads: 2 }));
  expect([fields.get(2), fields.get(5)]).toEqual([300, 2]);
});

it('Hidden GPUs are a device count of none', () => {
  const entry = nested(decode(encodeSessionConfig({ hideGpus: true })), 1);
  expect(Buffer.from(entry.get(1) as Uint8Array).toString()).toBe('GPU');
  expect(entry.get(2)).toBe(0);
});

it('GPU options say growth and which devices are seen', () => {
  const gpu = nested(decode(encodeSessionConfig({ memoryGrowth: true, visibleDevices: [1, 3] })), 6);
  expect(gpu.get(4)).toBe(1);
  expect(Buffer.from(gpu.get(5) as Uint8Array).toString()).toBe('1,3');
  expect(nested(decode(encodeSessionConfig({ memoryGrowth: false })), 6).get(4)).toBe(0);
});

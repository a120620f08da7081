/**
 * WAV files of every kind, written by the `wavefile` library as an independent source or byte by byte, and against
 * libsndfile (`reference/inputs/decode`: exact, tolerance 1e-7 for the average of two float channels).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { decodeWav } from '../../../src/data/decoders/wav.js';
import { AudioError } from '../../../src/runtime/errors.js';
import { decodeNpy } from '../../../src/runtime/npy.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const HOUR = 3600;
const VALUES = [0, 1, -1, 5, -7, 100, -100, 127, -128];

describe('decodeWav', () => {
  for (const { depth, bits } of [
    { depth: '16', bits: 16 },
    { depth: '24', bits: 24 },
    { depth: '32', bits: 32 },
  ]) {
    it(`divides ${bits}-bit samples by 2 ** ${bits - 1}, full scale included`, () => {
      const values = [...VALUES, 2 ** (bits - 1) - 1, -(2 ** (bits - 1))];
      const { waveform, format } = decode(write(1, depth, values));
      expect(waveform).toEqual(Float32Array.from(values, (value) => value / 2 ** (bits - 1)));
      expect(format).toBe(`WAV (${bits}-bit PCM)`);
    });
  }

  it('takes 8-bit samples as unsigned around 128', () => {
    expect(decode(write(1, '8', [128, 0, 255, 129])).waveform).toEqual(Float32Array.from([0, -1, 127 / 128, 1 / 128]));
  });

  it('takes float samples as they are', () => {
    const values = [0, 0.5, -1, 1.5, 1e-9];
    expect(decode(write(1, '32f', values)).waveform).toEqual(Float32Array.from(values));
    expect(decode(write(1, '64', values)).waveform).toEqual(Float32Array.from(values));
  });

  it('expands A-law and mu-law as the writer compressed them, within their coarseness', () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.round(32000 * Math.sin(i / 7)));
    for (const law of ['toALaw', 'toMuLaw'] as const) {
      const file = new wavefile.WaveFile();
      file.fromScratch(1, 8000, '16', values);
      file[law]();
      const { waveform } = decode(file.toBuffer());
      values.forEach((value, i) => {
        expect(Math.abs(waveform[i] - value / 32768)).toBeLessThan(0.001 + Math.abs(value / 32768) / 28);
      });
    }
  });

  it('averages channels, in the extensible format too', () => {
    const channels = [
      [100, 200],
      [300, -200],
      [-100, 600],
    ];
    const { waveform, nChannels } = decode(write(3, '16', channels));
    expect(nChannels).toBe(3);
    expect(waveform).toEqual(Float32Array.from([100 / 32768, 200 / 32768]));
    expect(decode(extensible(pcm({ nChannels: 2, data: [100, 300] }))).waveform).toEqual(
      Float32Array.from([200 / 32768]),
    );
  });

  it('reads RF64 and Wave64', () => {
    const expected = Float32Array.from(VALUES, (value) => value / 32768);
    expect(decode(rf64(VALUES)).waveform).toEqual(expected);
    expect(decode(wave64(VALUES)).waveform).toEqual(expected);
  });

  it.each([
    ['eSpeak', 0x7ffff000],
    ['half of all sizes', 0x80000000],
    ['ffmpeg', 0xffffffff],
  ])('takes the size that %s writes to a pipe for unknown, not for a promise', (_, size) => {
    const file = pcm({});
    const at = file.indexOf('data', 0, 'latin1');
    file.writeUInt32LE(size, at + 4);
    const { waveform, warnings } = decode(file);
    expect(waveform).toEqual(decode(pcm({})).waveform);
    expect(warnings).toEqual([]);
  });

  it('takes the size that ffmpeg writes into a piped Wave64 for unknown', () => {
    const file = wave64(VALUES);
    file.writeBigUInt64LE(2n ** 63n - 1n, file.indexOf('data', 0, 'latin1') + 16);
    const { waveform, warnings } = decode(file);
    expect(waveform.subarray(0, VALUES.length)).toEqual(Float32Array.from(VALUES, (value) => value / 32768));
    expect(warnings).toEqual([]);
  });

  it('finds its chunks in any order, among others, odd ones with and without padding', () => {
    const expected = decode(pcm({})).waveform;
    const junk = chunk('JUNK', Buffer.from('odd'));
    const whole = riff(format({}), junk, chunk('LIST', Buffer.from('INFO')), data(VALUES), junk);
    expect(decode(whole).waveform).toEqual(expected);
    expect(decode(riff(data(VALUES), junk, format({}))).waveform).toEqual(expected);
    const unpadded = chunk('JUNK', Buffer.from('odd')).subarray(0, 11);
    expect(decode(riff(format({}), unpadded, data(VALUES))).waveform).toEqual(expected);
  });

  it('reads from any place in memory', () => {
    const expected = decode(pcm({})).waveform;
    for (let offset = 0; offset < 8; offset++) {
      const memory = new Uint8Array(offset + pcm({}).length);
      memory.set(pcm({}), offset);
      expect(decode(memory.subarray(offset)).waveform).toEqual(expected);
    }
  });

  it('takes the rest of the file where a writer to a pipe left the size open', () => {
    for (const size of [0, 0xffffffff]) {
      const file = pcm({});
      file.writeUInt32LE(size, 40);
      const { waveform, warnings } = decode(file);
      expect(waveform.length).toBe(VALUES.length);
      expect(warnings).toEqual([]);
    }
  });

  it('takes what is there of data that ends early, and says how much', () => {
    const file = pcm({ data: Array.from({ length: 16000 }, () => 5) });
    const { waveform, warnings } = decode(file.subarray(0, 44 + 2 * 4000 + 1));
    expect(waveform.length).toBe(4000);
    expect(warnings).toEqual(['truncated: 0.25 s of 1 s could be read (75.0 % missing)']);
  });

  it('takes no memory for a size that the file does not have', () => {
    const file = pcm({});
    file.writeUInt32LE(0xfffffff0, 40);
    const before = process.memoryUsage().arrayBuffers;
    const { waveform, warnings } = decode(file);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(waveform.length).toBe(VALUES.length);
    expect(warnings[0]).toMatch(/^truncated: /);
  });

  const faults: [string, Buffer, RegExp][] = [
    ['a header that is cut short', pcm({}).subarray(0, 20), /expected a WAV header with a "data" chunk, got 20 bytes/],
    ['no format', riff(data(VALUES)), /"fmt " chunk/],
    ['a format that is cut short', riff(chunk('fmt ', Buffer.alloc(8)), data(VALUES)), /at least 16 bytes, got 8/],
    ['data of which nothing is there', pcm({}).subarray(0, 45), /expected 9 samples, got 1 bytes/],
    ['a header without a sample', pcm({ data: [] }), /without a single sample/],
    ['no channel', pcm({ nChannels: 0 }), /at least 1 channel, got 0/],
    ['no rate', pcm({ sampleRate: 0 }), /1000 to 768000 Hz, got 0/],
    ['a rate no device has', pcm({ sampleRate: 4_000_000_000 }), /got 4000000000/],
    ['odd bits', pcm({ bits: 13 }), /8, 16, 24, 32 bits a sample, got 13/],
    ['float in 16 bits', pcm({ codec: 3 }), /32, 64 bits a sample, got 16/],
    ['a foreign codec', pcm({ codec: 0x55 }), /got MP3 \(codec tag 0x55\)/],
    ['an unknown codec', pcm({ codec: 0x1234 }), /an unknown codec \(codec tag 0x1234\)/],
    ['a block size that contradicts the channels', pcm({ blockBytes: 7 }), /2 bytes for 1 channels of 16 bits, got 7/],
    ['an extensible format without sub-format', pcm({ codec: 0xfffe }), /known sub-format, got 16 bytes/],
    ['a clip beyond the longest', pcm({ sampleRate: 1000, data: new Array(2001).fill(1) }), /at most 2 s at 1000 Hz/],
  ];
  for (const [name, file, message] of faults) {
    it(`refuses ${name} in one line`, () => {
      const error = caught(() => decodeWav(file, 'clip.wav', 2));
      expect(error).toBeInstanceOf(AudioError);
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(/^clip\.wav: expected [^\n]+; [^\n]+$/);
    });
  }
});

describe.skipIf(!hasShared)('decodeWav against libsndfile', () => {
  for (const name of [
    'pcm16_mono',
    'pcm24_stereo',
    'pcm32_mono',
    'pcmu8_mono',
    'float32_stereo',
    'float64_mono',
    'ulaw_mono',
    'alaw_mono',
    'wavex_pcm24_stereo',
  ]) {
    it(`gives the samples of ${name}`, () => {
      const { waveform, nChannels } = decode(readFileSync(sharedPath(`reference/inputs/decode/${name}.wav`)));
      const { data: expected } = decodeNpy(readFileSync(sharedPath(`reference/inputs/decode/${name}.npy`)), name);
      expect(waveform.length).toBe(expected.length / nChannels);
      for (let i = 0; i < waveform.length; i++) {
        let mean = 0;
        for (let c = 0; c < nChannels; c++) mean += expected[i * nChannels + c] / nChannels;
        expect(Math.abs(waveform[i] - mean)).toBeLessThan(1e-7);
      }
    });
  }
});

function decode(bytes: Uint8Array) {
  return decodeWav(bytes, 'clip.wav', HOUR);
}

function write(nChannels: number, depth: string, samples: number[] | number[][]): Uint8Array {
  const file = new wavefile.WaveFile();
  file.fromScratch(nChannels, 16000, depth, samples);
  return file.toBuffer();
}

interface Fields {
  codec?: number;
  nChannels?: number;
  sampleRate?: number;
  bits?: number;
  blockBytes?: number;
  data?: number[];
}

/** A file with a 16-byte format and 16-bit samples, whatever its header says. */
function pcm(fields: Fields): Buffer {
  return riff(format(fields), data(fields.data ?? VALUES));
}

function format({ codec = 1, nChannels = 1, sampleRate = 16000, bits = 16, blockBytes }: Fields): Buffer {
  const body = Buffer.alloc(16);
  const block = blockBytes ?? Math.floor((nChannels * bits) / 8);
  body.writeUInt16LE(codec, 0);
  body.writeUInt16LE(nChannels, 2);
  body.writeUInt32LE(sampleRate, 4);
  body.writeUInt32LE((sampleRate * block) >>> 0, 8);
  body.writeUInt16LE(block, 12);
  body.writeUInt16LE(bits, 14);
  return chunk('fmt ', body);
}

/** The same file with its format rewritten as an extensible one. */
function extensible(file: Buffer): Buffer {
  const body = Buffer.alloc(40);
  file.copy(body, 0, 20, 36);
  body.writeUInt16LE(0xfffe, 0);
  body.writeUInt16LE(22, 16);
  body.writeUInt16LE(16, 18);
  body.write('0100000000001000800000aa00389b71', 24, 'hex');
  return riff(chunk('fmt ', body), file.subarray(36));
}

function data(samples: number[]): Buffer {
  return chunk('data', Buffer.from(Int16Array.from(samples).buffer));
}

function chunk(id: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

function riff(...chunks: Buffer[]): Buffer {
  const body = Buffer.concat(chunks);
  const header = Buffer.from('RIFF\0\0\0\0WAVE', 'latin1');
  header.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([header, body]);
}

function rf64(samples: number[]): Buffer {
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(2 * samples.length), 8);
  const samplesChunk = data(samples);
  samplesChunk.writeUInt32LE(0xffffffff, 4);
  const file = riff(chunk('ds64', sizes), format({}), samplesChunk, chunk('LIST', Buffer.from('INFO')));
  file.write('RF64', 0, 'latin1');
  return file;
}

function wave64(samples: number[]): Buffer {
  const tail = Buffer.from('f3acd3118cd100c04f8edb8a', 'hex');
  const long = (id: string, body: Buffer) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(24 + body.length));
    const padding = Buffer.alloc((8 - (body.length % 8)) % 8);
    return Buffer.concat([Buffer.from(id, 'latin1'), tail, size, body, padding]);
  };
  const chunks = [long('fmt ', format({}).subarray(8)), long('data', data(samples).subarray(8))];
  const riffId = Buffer.from('726966662e91cf11a5d628db04c10000', 'hex');
  return Buffer.concat([riffId, Buffer.alloc(8), Buffer.from('wave', 'latin1'), tail, ...chunks]);
}

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

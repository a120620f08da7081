/** Writing WAV: mono, as 16-bit PCM or as 32-bit float. */
import { writeFileAtomic } from '../runtime/files.js';

/** How the samples are written. */
export const WAV_FORMATS = ['pcm16', 'float32'] as const;

/** One of `WAV_FORMATS`. */
export type WavFormat = (typeof WAV_FORMATS)[number];

const HEADER_BYTES = 44;
/** Codes of the format chunk. */
const PCM = 1;
const FLOAT = 3;

/**
 * The bytes of a WAV file; what our decoder reads of it are the samples again, exactly so in float.
 *
 * @param waveform mono; in 16 bits what lies beyond -1 to 1 is clipped
 * @param sampleRate Hz
 */
export function encodeWav(waveform: Float32Array, sampleRate: number, format: WavFormat): Uint8Array {
  const sampleBytes = format === 'pcm16' ? 2 : 4;
  const nBytes = sampleBytes * waveform.length;
  const file = Buffer.alloc(HEADER_BYTES + nBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_BYTES - 8 + nBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(format === 'pcm16' ? PCM : FLOAT, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleBytes * sampleRate, 28);
  file.writeUInt16LE(sampleBytes, 32);
  file.writeUInt16LE(8 * sampleBytes, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(nBytes, 40);
  let at = HEADER_BYTES;
  for (const sample of waveform) {
    at =
      format === 'pcm16'
        ? file.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sample * 32768))), at)
        : file.writeFloatLE(sample, at);
  }
  return file;
}

/**
 * Writes a WAV file atomically.
 *
 * @throws VoiceproofError where the place can't be written
 */
export function writeWav(path: string, waveform: Float32Array, sampleRate: number, format: WavFormat): void {
  writeFileAtomic(path, encodeWav(waveform, sampleRate, format));
}

/**
 * Waveforms through lossy codecs and back. MP3 is encoded by LAME (`wasm-media-encoders`) and decoded as files are; Opus
 * goes through `libopus-wasm`, packet by packet, without a container. Of AAC there is no kept encoder for Node; the
 * Vorbis encoder of `wasm-media-encoders` keeps 200 KB of every clip.
 *
 * All take samples of about -1 to 1 at `SAMPLE_RATE`, clip what is beyond, and return as many samples, in their place.
 */
import { SAMPLE_RATE } from '../audio.js';
import { decodeMp3 } from '../decoders/mp3.js';
import { DecoderPool } from '../decoders/pool.js';

/** kbit/s that MP3 has at 16 kHz; Opus takes them too. */
export const BIT_RATES = [8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160] as const;

/** One of `BIT_RATES`. */
export type BitRate = (typeof BIT_RATES)[number];

/** Samples by which LAME and a decoder together are late; its stream here bears no tag that would tell the decoder. */
const MP3_DELAY = 1105;
/** Samples of an Opus packet, 20 ms. */
const PACKET = 320;

const mp3Encoders = new DecoderPool(async () => (await import('wasm-media-encoders')).createMp3Encoder());

/** Through MP3 at a constant bit rate in kbit/s. */
export async function throughMp3(waveform: Float32Array, bitRate: BitRate): Promise<Float32Array> {
  const file = await mp3Encoders.use(async (encoder) => {
    encoder.configure({ sampleRate: SAMPLE_RATE, channels: 1, bitrate: bitRate });
    // Each call returns memory that the next one writes over.
    const start = encoder.encode([clipped(waveform)]).slice();
    return Buffer.concat([start, encoder.finalize()]);
  });
  const decoded = await decodeMp3(file, 'codec: mp3', Number.POSITIVE_INFINITY);
  return taken(decoded.waveform, MP3_DELAY, waveform.length);
}

/** Through Opus, tuned for speech, at a bit rate in kbit/s. */
export async function throughOpus(waveform: Float32Array, bitRate: BitRate): Promise<Float32Array> {
  const { Application, createDecoder, createEncoder } = await import('libopus-wasm');
  const format = { sampleRate: SAMPLE_RATE, channels: 1 } as const;
  // New ones for each clip: what they remember of one must not sound in the next.
  const encoder = await createEncoder({
    ...format,
    frameSize: PACKET,
    application: Application.Voip,
    bitrate: 1000 * bitRate,
  });
  const decoder = await createDecoder(format);
  try {
    const delay = encoder.getLookahead();
    const nPackets = Math.ceil((waveform.length + delay) / PACKET);
    const padded = new Float32Array(nPackets * PACKET);
    padded.set(clipped(waveform));
    const decoded = new Float32Array(nPackets * PACKET);
    for (let at = 0; at < padded.length; at += PACKET) {
      decoded.set(decoder.decodeFloat(encoder.encodeFloat(padded.subarray(at, at + PACKET))), at);
    }
    return taken(decoded, delay, waveform.length);
  } finally {
    encoder.free();
    decoder.free();
  }
}

function clipped(waveform: Float32Array): Float32Array {
  return waveform.map((sample) => Math.max(-1, Math.min(1, sample)));
}

function taken(decoded: Float32Array, from: number, nSamples: number): Float32Array {
  const result = new Float32Array(nSamples);
  result.set(decoded.subarray(from, from + nSamples));
  return result;
}

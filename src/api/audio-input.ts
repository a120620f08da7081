/** Audio as callers have it: files, bytes of files, or samples. */
import { fileURLToPath } from 'node:url';
import { decodeAudio, readAudio, takeWaveform } from '../data/audio.js';
import { openAudioBytes, openAudioStream, openSamples } from '../data/audio-stream.js';
import type { NamedAudio } from '../inference/score-file.js';
import type { Recording } from '../inference/score-recording.js';
import { AudioError } from '../runtime/errors.js';

/**
 * A clip or a recording: the path or `file:` URL of an audio file (WAV, FLAC, MP3, Ogg, or `.npy`); the bytes of one, such as a
 * `Buffer`, with a name where one helps; or mono samples with their rate.
 */
export type AudioInput =
  | string
  | URL
  | Uint8Array
  | { readonly bytes: Uint8Array; readonly name?: string | undefined }
  | {
      /** About -1 to 1. */
      readonly waveform: Float32Array;
      /** Whole number of Hz. */
      readonly sampleRate: number;
      readonly name?: string | undefined;
    };

/** What results call the input: its path, the name that it was given, or `unnamed`. */
export function nameOfInput(input: AudioInput, unnamed = 'audio'): string {
  if (typeof input === 'string') return input;
  if (input instanceof URL) return input.protocol === 'file:' ? fileURLToPath(input) : input.href;
  if (input instanceof Uint8Array) return unnamed;
  return input?.name ?? unnamed;
}

/**
 * Reads an input whole: mono, 16 kHz.
 *
 * @throws AudioError where it can't be used
 */
export async function readInput(input: AudioInput, file: string): Promise<NamedAudio> {
  const kind = kindOf(input, file);
  switch (kind.kind) {
    case 'path':
      return { file, ...(await readAudio(kind.path)) };
    case 'bytes':
      return { file, ...(await decodeAudio(kind.bytes, file)) };
    case 'samples':
      return { file, ...takeWaveform(kind.waveform, kind.sampleRate, file) };
  }
}

/** An input to be read piece by piece. What can't be used is told when it is opened. */
export function recordingOf(input: AudioInput, file: string): Recording {
  return {
    file,
    open: () => {
      const kind = kindOf(input, file);
      switch (kind.kind) {
        case 'path':
          return openAudioStream(kind.path);
        case 'bytes':
          return openAudioBytes(kind.bytes, file);
        case 'samples':
          return openSamples([kind.waveform], kind.sampleRate, file);
      }
    },
  };
}

type Kind =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'samples'; readonly waveform: Float32Array; readonly sampleRate: number };

/** @throws AudioError for what is none of the kinds; a caller of JavaScript may give anything */
function kindOf(input: AudioInput, file: string): Kind {
  if (typeof input === 'string') return { kind: 'path', path: input };
  if (input instanceof URL) {
    if (input.protocol === 'file:') return { kind: 'path', path: fileURLToPath(input) };
    throw new AudioError(`${file}: expected a file: URL, got ${input.protocol}; fetch it, and give the bytes`);
  }
  if (input instanceof Uint8Array) return { kind: 'bytes', bytes: input };
  if (typeof input === 'object' && input !== null) {
    if ('bytes' in input && input.bytes instanceof Uint8Array) return { kind: 'bytes', bytes: input.bytes };
    if ('waveform' in input && input.waveform instanceof Float32Array) return { kind: 'samples', ...input };
  }
  throw new AudioError(
    `${file}: expected a path, a file: URL, the bytes of a file, or {waveform: Float32Array, sampleRate}, got ${describe(input)}`,
  );
}

function describe(input: unknown): string {
  return typeof input === 'object' && input !== null ? (input.constructor?.name ?? 'an object') : String(input);
}

/** The files of the encoders that people use (`test/fixtures/audio/make_encoders.py`), and rows in which each follows each. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeAudio } from '../../src/data/audio.js';
import { openAudioStream } from '../../src/data/audio-stream.js';

/** What the reference decoder says of a file, averaged over channels. */
export interface Expected {
  readonly sampleRate: number;
  readonly nChannels: number;
  readonly nSamples: number;
  readonly rms: number;
  /** Positions of `samples`. */
  readonly at: readonly number[];
  readonly samples: readonly number[];
}

/** Where the files are. */
export const ENCODER_FILES = fileURLToPath(new URL('../fixtures/audio/encoders/', import.meta.url));

/** What is right of each, by its name. */
export const expectedOfEncoders = JSON.parse(readFileSync(`${ENCODER_FILES}expected.json`, 'utf8')) as Readonly<
  Record<string, Expected>
>;

/** A file at its own rate. */
export async function decodeWhole(name: string): Promise<Float32Array> {
  const { sampleRate } = expectedOfEncoders[name];
  return (await decodeAudio(readFileSync(ENCODER_FILES + name), name, { sampleRate })).waveform;
}

/** A file at 16 kHz, read piece by piece. */
export async function decodeStream(name: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of (await openAudioStream(ENCODER_FILES + name)).blocks(() => undefined)) blocks.push(block);
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

/** Every ordered pair of `items`, twins included, as neighbours in one row: a de Bruijn sequence of order 2. */
export function pairwise<Item>(items: readonly Item[]): Item[] {
  return [...items.flatMap((item, i) => [item, ...items.slice(i + 1).flatMap((other) => [item, other])]), items[0]];
}

/**
 * Decodes the files of a row one after the other.
 *
 * @returns those that gave other samples than the first time, each with the file before it
 */
export async function changedInRow(
  row: readonly string[],
  decode: (name: string) => Promise<Float32Array>,
): Promise<string[]> {
  const alone = new Map<string, Float32Array>();
  const changed: string[] = [];
  for (const [i, name] of row.entries()) {
    const samples = await decode(name);
    const before = alone.get(name);
    if (before === undefined) alone.set(name, samples);
    else if (Buffer.compare(bytesOf(samples), bytesOf(before)) !== 0) changed.push(`${name} after ${row[i - 1]}`);
  }
  return changed;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

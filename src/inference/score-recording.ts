/** Long recordings: a score for each window, one for the whole, and where which label holds. */
import { SAMPLE_RATE } from '../data/audio.js';
import { type AudioStream, openAudioStream } from '../data/audio-stream.js';
import { AudioError, ConfigError } from '../runtime/errors.js';
import { createDecider, type Decision, type DecisionOptions, type Verdict } from './decision.js';
import { type FileFailure, notFinite, orFailure } from './score-file.js';
import type { Scorer } from './scorer.js';
import {
  type AggregationOptions,
  aggregate,
  type Change,
  findChange,
  mergeSegments,
  type Segment,
  smooth,
} from './segments.js';
import { hasSpeech } from './speech.js';
import { cutWindows, type Window } from './windows.js';

/** How a recording is scored. */
export interface RecordingOptions extends DecisionOptions, AggregationOptions {
  readonly windowSeconds: number;
  /** From window to window; by default half a window. */
  readonly hopSeconds?: number | undefined;
  /** Takes how many seconds are done, for those who wait. */
  readonly onProgress?: ((seconds: number) => void) | undefined;
  /** Set to stop between windows. */
  readonly signal?: AbortSignal | undefined;
}

/** A window with its score: smoothed, where that was asked for. */
export type ScoredWindow = Segment<Verdict>;

/** A recording that was scored. */
export interface RecordingScore extends Decision {
  readonly file: string;
  /** Of the windows together. */
  readonly score: number;
  readonly durationSeconds: number;
  readonly warnings: readonly string[];
  readonly windows: readonly ScoredWindow[];
  /** Stretches of one label, from the start to the end. */
  readonly segments: readonly Segment<Verdict>[];
  /** Where the scores turn, whatever the threshold; null where they don't. */
  readonly change: Change | null;
  /** Lowest and highest sample of each tenth of a second, for pictures. */
  readonly envelope: readonly (readonly [low: number, high: number])[];
}

/** Windows that are scored at a time: more are no faster, and their feature maps take most of the memory. */
const N_AT_A_TIME = 4;
/** Samples of a place of the envelope. */
const ENVELOPE_SAMPLES = SAMPLE_RATE / 10;

/** A recording that is not opened yet, by the name that it goes by. */
export interface Recording {
  readonly file: string;
  open(): Promise<AudioStream> | AudioStream;
}

/** A window's length and the way to the next, in samples. */
export interface WindowSizes {
  readonly nWindow: number;
  readonly nHop: number;
}

/**
 * Checks how windows slide over a recording.
 *
 * @throws ConfigError where they leave something out, or are longer than the model sees
 */
export function windowSizes(
  { nSamples }: Pick<Scorer, 'nSamples'>,
  { windowSeconds, hopSeconds = windowSeconds / 2 }: Pick<RecordingOptions, 'windowSeconds' | 'hopSeconds'>,
): WindowSizes {
  const [nWindow, nHop] = [windowSeconds, hopSeconds].map((seconds) => Math.round(seconds * SAMPLE_RATE));
  if (!(windowSeconds >= 0.1))
    throw new ConfigError(`\`windowSeconds\`: expected at least 0.1 s, got ${windowSeconds}`);
  if (!(nHop >= 1 && nHop <= nWindow)) {
    throw new ConfigError(
      `\`hopSeconds\`: expected more than 0 and at most the window of ${windowSeconds} s, got ${hopSeconds}`,
    );
  }
  if (nWindow > nSamples) {
    const seen = nSamples / SAMPLE_RATE;
    throw new ConfigError(
      `\`windowSeconds\`: expected at most the ${seen} s that the model sees, got ${windowSeconds}`,
    );
  }
  return { nWindow, nHop };
}

/**
 * Decodes and scores one recording, in memory that does not grow with its length, but for a few numbers a window. Windows
 * without anything to be heard are `no_speech` and don't count in the whole, unless all of them are.
 *
 * @param recording a file, or whatever opens as one
 * @returns a failure where the input can't be used; only defects of ours are thrown
 * @throws ConfigError where the options can't be used; what `signal` was aborted with
 */
export async function scoreRecording(
  scorer: Scorer,
  recording: string | Recording,
  options: RecordingOptions,
): Promise<RecordingScore | FileFailure> {
  const { file, open } =
    typeof recording === 'string' ? { file: recording, open: () => openAudioStream(recording) } : recording;
  const { nWindow, nHop } = windowSizes(scorer, options);
  const decide = createDecider(scorer, options);
  // Told before hours of audio are read.
  aggregate([0], options);
  smooth([0], options);
  return orFailure(file, async () => {
    const warnings: string[] = [];
    const envelope = new Envelope();
    const stream = await open();
    const windows: { start: number; end: number; score: number; isSpeech: boolean }[] = [];
    let batch: Window[] = [];
    const flush = async () => {
      const scores = await scorer.scoreAll(batch.map(({ waveform }) => waveform));
      for (const [i, { start, waveform }] of batch.entries()) {
        const end = (start + waveform.length) / SAMPLE_RATE;
        windows.push({ start: start / SAMPLE_RATE, end, score: scores[i].score, isSpeech: hasSpeech(waveform) });
      }
      options.signal?.throwIfAborted();
      options.onProgress?.(windows.at(-1)?.end ?? 0);
      batch = [];
    };
    const blocks = envelope.watch(stream.blocks((line) => warnings.push(line)));
    for await (const window of cutWindows(blocks, nWindow, nHop)) {
      batch.push(window);
      if (batch.length === N_AT_A_TIME) await flush();
    }
    await flush();
    if (windows.length === 0) throw new AudioError(`${file}: expected audio, got no samples; record it again`);
    const bad = windows.find(({ score }) => !Number.isFinite(score));
    if (bad !== undefined) return { file, error: notFinite(file, bad.score) };

    const speech = windows.filter(({ isSpeech }) => isSpeech);
    const counted = speech.length === 0 ? windows : speech;
    const smoothed = smooth(
      counted.map(({ score }) => score),
      options,
    );
    const scoreOf = new Map(counted.map((window, i) => [window, smoothed[i]]));
    const labelled = windows.map((window): ScoredWindow => {
      const score = scoreOf.get(window) ?? window.score;
      return { start: window.start, end: window.end, score, label: decide(score, window.isSpeech).label };
    });
    const score = aggregate(smoothed, options);
    return {
      file,
      score,
      ...decide(score, speech.length > 0),
      durationSeconds: envelope.nSamples / SAMPLE_RATE,
      warnings,
      windows: labelled,
      segments: mergeSegments(labelled),
      change: findChange(labelled.filter(({ label }) => label !== 'no_speech')),
      envelope: envelope.places,
    };
  });
}

/** Follows how loud a recording is. */
class Envelope {
  nSamples = 0;
  readonly places: [number, number][] = [];

  /** The blocks, as they are. */
  async *watch(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    for await (const block of blocks) {
      for (const sample of block) {
        if (this.nSamples % ENVELOPE_SAMPLES === 0) this.places.push([sample, sample]);
        const place = this.places[this.places.length - 1];
        if (sample < place[0]) place[0] = sample;
        if (sample > place[1]) place[1] = sample;
        this.nSamples++;
      }
      yield block;
    }
  }
}

/** A detector to score with: three lines from the import to a score. */

import { SAMPLE_RATE } from '../data/audio.js';
import { openSamples } from '../data/audio-stream.js';
import type { ScoreCalibration } from '../experiment/calibration-file.js';
import { createDecider, type Decision, type DecisionOptions } from '../inference/decision.js';
import { bundledCheckpoint, needsEngine, openScorer } from '../inference/open-scorer.js';
import {
  type FileScore as ClipResult,
  type FileFailure as Failure,
  orFailure,
  scoreAudio,
} from '../inference/score-file.js';
import {
  type RecordingOptions,
  type RecordingScore as RecordingResult,
  type ScoredWindow,
  scoreRecording,
  windowSizes,
} from '../inference/score-recording.js';
import type { Scorer } from '../inference/scorer.js';
import { hasSpeech } from '../inference/speech.js';
import { cutWindows } from '../inference/windows.js';
import { AudioError, CheckpointError, ConfigError } from '../runtime/errors.js';
import { type AudioInput, nameOfInput, readInput, recordingOf } from './audio-input.js';
import { type EngineChoice, type JobOptions, jobLogger, startEngine } from './engine.js';

export type { FileFailure as Failure, FileScore as ClipResult } from '../inference/score-file.js';
export type { RecordingScore as RecordingResult } from '../inference/score-recording.js';

/** A window of live audio. Seconds count from the start of the stream. */
export interface WindowScore extends ScoredWindow, Decision {}

/** How clips are read, and when to stop. */
export interface ScoreOptions extends DecisionOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How live audio is scored. */
export interface StreamOptions extends ScoreOptions, Pick<RecordingOptions, 'windowSeconds' | 'hopSeconds'> {
  /** Whole number of Hz. */
  readonly sampleRate: number;
}

/** How a detector is opened. */
export interface DetectorChoice extends EngineChoice {
  /** Whether a checkpoint runs as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Scores audio. It holds the engine until it is disposed of. */
export interface Detector {
  /** What it is, for people, such as `lcnn, epoch 12`. */
  readonly description: string;
  /** Hz that audio is brought to; inputs may have any. */
  readonly sampleRate: number;
  /** Seconds that it sees of a clip at most, from its start; `scoreRecording` sees all. */
  readonly maxSeconds: number;
  /** Score at or above which a clip is called bona fide, where nothing else is asked for. */
  readonly threshold: number;
  /** What its scores mean; undefined where nobody has fitted that. */
  readonly calibration: ScoreCalibration | undefined;
  /** Names of the logits, in a checkpoint that was imported with its own. */
  readonly labels: readonly string[] | undefined;
  /**
   * Scores one clip.
   *
   * @throws AudioError where the input can't be used; ConfigError where the options can't
   */
  score(input: AudioInput, options?: ScoreOptions): Promise<ClipResult>;
  /**
   * Scores many clips, in order. One that can't be scored is a {@link Failure}, and the others go on.
   *
   * @throws ConfigError where the options can't be used
   */
  scoreAll(
    inputs: Iterable<AudioInput> | AsyncIterable<AudioInput>,
    options?: ScoreOptions,
  ): AsyncGenerator<ClipResult | Failure>;
  /**
   * Scores a recording of any length by a window that slides over it, in memory that does not grow with it.
   *
   * @throws AudioError where the input can't be used; ConfigError where the options can't
   */
  scoreRecording(input: AudioInput, options: RecordingOptions): Promise<RecordingResult>;
  /**
   * Scores audio while it comes in: each window as soon as it is whole, and at the end what is left of the last. The windows are
   * those of `scoreRecording` on the same audio, without smoothing.
   *
   * @param chunks mono samples, about -1 to 1, in pieces of any length
   * @throws AudioError where a sample is no finite number; ConfigError where the options can't be used
   */
  stream(
    chunks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
    options: StreamOptions,
  ): AsyncGenerator<WindowScore>;
  /** Gives everything back. A second call does nothing. */
  dispose(): void;
  /** As `dispose`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Seconds of live audio that are resampled at a time: windows come out so much later than they end, at most. */
const LIVE_PIECE_SECONDS = 0.1;

/**
 * Opens a detector.
 *
 * @param source a run folder, an ensemble, a cascade or an exported model. Default: the small detector that comes with the
 *   package, a demonstration, trained on a few minutes of speech
 * @throws CheckpointError where it is none of these, or damaged; ConfigError where the options can't be used; EngineError where
 *   what it runs on can't be had
 */
export async function openDetector(source?: string, options: DetectorChoice = {}): Promise<Detector> {
  const { scorer, dispose: close } = await openHeldScorer(source, options);
  let isOpen = true;
  const dispose = () => {
    isOpen = false;
    close();
  };
  const opened = (): Scorer => {
    if (isOpen) return scorer;
    throw new ConfigError(
      `${scorer.description}: expected an open detector, got one that was disposed of; open it again`,
    );
  };
  const scoreOne = (
    input: AudioInput,
    file: string,
    decide: ReturnType<typeof createDecider>,
  ): Promise<ClipResult | Failure> =>
    orFailure(file, async () => {
      const audio = await readInput(input, file);
      return scoreAudio(opened(), audio, decide);
    });
  return {
    description: scorer.description,
    sampleRate: SAMPLE_RATE,
    maxSeconds: scorer.nSamples / SAMPLE_RATE,
    threshold: scorer.threshold,
    calibration: scorer.calibration,
    labels: scorer.labels,
    async score(input, { signal, ...decision } = {}) {
      const decide = createDecider(opened(), decision);
      signal?.throwIfAborted();
      return orThrow(await scoreOne(input, nameOfInput(input), decide));
    },
    async *scoreAll(inputs, { signal, ...decision } = {}) {
      if (typeof inputs === 'string' || inputs instanceof Uint8Array) {
        throw new ConfigError(
          'scoreAll: expected a list of inputs, got a single one; put it in brackets, or use score',
        );
      }
      const decide = createDecider(opened(), decision);
      let n = 0;
      for await (const input of inputs) {
        signal?.throwIfAborted();
        n += 1;
        // Thrown, not told as a failure of each clip.
        opened();
        yield await scoreOne(input, nameOfInput(input, `audio ${n}`), decide);
      }
    },
    async scoreRecording(input, recordingOptions) {
      recordingOptions.signal?.throwIfAborted();
      return orThrow(await scoreRecording(opened(), recordingOf(input, nameOfInput(input)), recordingOptions));
    },
    async *stream(chunks, { sampleRate, windowSeconds, hopSeconds, signal, ...decision }) {
      const decide = createDecider(opened(), decision);
      const { nWindow, nHop } = windowSizes(scorer, { windowSeconds, hopSeconds });
      signal?.throwIfAborted();
      const blocks = openSamples(chunks, sampleRate, 'stream', LIVE_PIECE_SECONDS).blocks(() => {});
      for await (const { start, waveform } of cutWindows(blocks, nWindow, nHop)) {
        signal?.throwIfAborted();
        const [{ score }] = await opened().scoreAll([waveform]);
        if (!Number.isFinite(score)) {
          throw new AudioError(`stream: the model's score is ${score}; the checkpoint or the audio is damaged`);
        }
        const end = (start + waveform.length) / SAMPLE_RATE;
        yield { start: start / SAMPLE_RATE, end, score, ...decide(score, hasSpeech(waveform)) };
      }
    },
    dispose,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** A scorer with the engine that it needs. */
export interface HeldScorer {
  readonly scorer: Scorer;
  /** Whether it is the one that comes with the package. */
  readonly isBundled: boolean;
  dispose(): void;
}

/** Opens what scores, and holds the engine for it where it needs one. */
export async function openHeldScorer(
  source: string | undefined,
  options: DetectorChoice & JobOptions,
): Promise<HeldScorer> {
  const { compile = true, threads, signal } = options;
  const directory = source ?? bundledCheckpoint();
  if (directory === undefined) {
    throw new CheckpointError(
      'the small detector of the package is not here; name a checkpoint, or install the package again',
    );
  }
  signal?.throwIfAborted();
  const logger = jobLogger(options);
  const engine = needsEngine(directory) ? await startEngine({ ...options, logger }) : undefined;
  try {
    const scorer = await openScorer(directory, { compile, threads, logger });
    let isOpen = true;
    return {
      scorer,
      isBundled: source === undefined,
      dispose: () => {
        if (!isOpen) return;
        isOpen = false;
        scorer.dispose();
        engine?.close();
      },
    };
  } catch (error) {
    engine?.close();
    throw error;
  }
}

/** @throws AudioError with what was wrong with the input */
function orThrow<Result extends object>(result: Result | Failure): Result {
  if ('error' in result) throw new AudioError(result.error);
  return result;
}

/** What scores clips: a checkpoint, an exported model, an ensemble or a cascade, all behind one interface. */
import type { ScoreCalibration } from '../experiment/calibration-file.js';

/** What a model says of a clip. */
export interface ClipScore {
  /**
   * Log odds of bona fide against spoof by the model: higher means more bona fide. Of a model with cosines their
   * difference, or the one cosine: the same order, but no odds.
   */
  readonly score: number;
  /**
   * The model's own outputs: `[spoof, bona fide]`, or the one logit of bona fide; of an imported model in its own order,
   * which is that of `labels`. Of an ensemble the scores of its members.
   */
  readonly logits: readonly number[];
  /** Which model of a cascade decided. */
  readonly decidedBy?: 'light' | 'heavy';
}

/** Scores clips. */
export interface Scorer {
  /** What it is, for people, such as `lcnn, epoch 12`. */
  readonly description: string;
  /** Samples that it sees of a clip at most, from its start. */
  readonly nSamples: number;
  /** Score at or above which a clip is called bona fide, where nothing else is asked for. */
  readonly threshold: number;
  /** What its scores mean; undefined where nobody has fitted that. */
  readonly calibration: ScoreCalibration | undefined;
  /** Names of the logits, in a checkpoint that was imported with its own. */
  readonly labels?: readonly string[] | undefined;
  /**
   * Scores clips, several at a time where their lengths agree.
   *
   * @param waveforms mono, 16 kHz, at least one sample; shorter clips are repeated and longer ones cut, but where the
   *   model sees clips whole
   * @returns a score a clip, in their order; a score that is not finite means a damaged model or clip
   */
  scoreAll(waveforms: readonly Float32Array[]): Promise<ClipScore[]>;
  /** What is worth saying once all is scored, such as the time that a cascade saved. */
  summary?(): string | undefined;
  dispose(): void;
}

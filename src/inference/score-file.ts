/** Audio files to scores, one at a time, so that a bad one never stops the others. */
import { readAudio, SAMPLE_RATE } from '../data/audio.js';
import type { Label } from '../data/trial.js';
import { messageOf, VoiceproofError } from '../runtime/errors.js';
import type { Detector } from './detector.js';

/** A file that was scored. */
export interface FileScore {
  readonly file: string;
  /** Log odds of bona fide by the model; higher means more bona fide. */
  readonly score: number;
  /** By the threshold that travels with the checkpoint. */
  readonly label: Label;
  readonly durationSeconds: number;
  readonly warnings: readonly string[];
  readonly logits: readonly number[];
  /** Names of the logits, in a checkpoint that was imported with its own. */
  readonly labels?: readonly string[];
}

/** A file that could not be scored, and why. */
export interface FileFailure {
  readonly file: string;
  readonly error: string;
}

/** Decodes and scores one file. Bad input is a {@link FileFailure}; only defects of ours are thrown. */
export async function scoreFile(detector: Detector, file: string): Promise<FileScore | FileFailure> {
  try {
    const { waveform, durationSeconds, warnings } = await readAudio(file);
    const { score, logits } = detector.score(waveform);
    if (!Number.isFinite(score)) {
      return { file, error: `${file}: the model's score is ${score}; the checkpoint or the audio is damaged` };
    }
    const seen = detector.nSamples / SAMPLE_RATE;
    const cut =
      waveform.length > detector.nSamples
        ? [`only the first ${seen.toFixed(1)} s of ${durationSeconds.toFixed(1)} s were scored`]
        : [];
    return {
      file,
      score,
      label: score >= detector.metadata.threshold ? 'bonafide' : 'spoof',
      durationSeconds,
      warnings: [...warnings, ...cut],
      logits,
      ...(detector.metadata.labels === undefined ? {} : { labels: detector.metadata.labels }),
    };
  } catch (error) {
    if (error instanceof VoiceproofError) return { file, error: messageOf(error) };
    throw error;
  }
}

/** Audio files to scores, one at a time, so that a bad one never stops the others. */
import { type Audio, readAudio, SAMPLE_RATE } from '../data/audio.js';
import { messageOf, VoiceproofError } from '../runtime/errors.js';
import { createDecider, type Decision, type DecisionOptions } from './decision.js';
import type { ClipScore, Scorer } from './scorer.js';
import { hasSpeech } from './speech.js';

/** A file that was scored. */
export interface FileScore extends Decision, ClipScore {
  readonly file: string;
  readonly durationSeconds: number;
  readonly warnings: readonly string[];
  /** Names of the logits, in a checkpoint that was imported with its own. */
  readonly labels?: readonly string[];
}

/** A file that could not be scored, and why. */
export interface FileFailure {
  readonly file: string;
  readonly error: string;
}

/** A clip that was read, by the name that it goes by. */
export interface NamedAudio extends Pick<Audio, 'waveform' | 'durationSeconds' | 'warnings'> {
  readonly file: string;
}

/** Decodes and scores one file. Bad input is a {@link FileFailure}; only defects of ours are thrown. */
export async function scoreFile(
  scorer: Scorer,
  file: string,
  options: DecisionOptions = {},
): Promise<FileScore | FileFailure> {
  const decide = createDecider(scorer, options);
  return orFailure(file, async () => scoreAudio(scorer, { file, ...(await readAudio(file)) }, decide));
}

/**
 * Scores one clip.
 *
 * @param audio mono, 16 kHz
 */
export async function scoreAudio(
  scorer: Scorer,
  { file, waveform, durationSeconds, warnings }: NamedAudio,
  decide: ReturnType<typeof createDecider>,
): Promise<FileScore | FileFailure> {
  const [clip] = await scorer.scoreAll([waveform]);
  if (!Number.isFinite(clip.score)) return { file, error: notFinite(file, clip.score) };
  const seen = scorer.nSamples / SAMPLE_RATE;
  const cut =
    waveform.length > scorer.nSamples
      ? [
          `only the first ${seen.toFixed(1)} s of ${durationSeconds.toFixed(1)} s were scored; \`windowSeconds\` scores all of it`,
        ]
      : [];
  return {
    file,
    score: clip.score,
    ...decide(clip.score, hasSpeech(waveform)),
    durationSeconds,
    warnings: [...warnings, ...cut],
    ...(clip.decidedBy === undefined ? {} : { decidedBy: clip.decidedBy }),
    logits: clip.logits,
    ...(scorer.labels === undefined ? {} : { labels: scorer.labels }),
  };
}

/** What `score` makes, or the failure of the file where it is the input's fault. */
export async function orFailure<Result>(
  file: string,
  score: () => Promise<Result | FileFailure>,
): Promise<Result | FileFailure> {
  try {
    return await score();
  } catch (error) {
    if (error instanceof VoiceproofError) return { file, error: messageOf(error) };
    throw error;
  }
}

/** What is said of a score that is no number. */
export function notFinite(file: string, score: number): string {
  return `${file}: the model's score is ${score}; the checkpoint or the audio is damaged`;
}

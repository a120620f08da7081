/** Results as lines of score files. */
import { formatScores } from '../data/score-file.js';
import type { FileFailure, FileScore } from './score-file.js';
import type { ScoreInput } from './score-inputs.js';
import type { ScoreFormat } from './score-output.js';
import type { RecordingScore } from './score-recording.js';

/** What becomes of an input. */
export type ScoredInput = FileScore | RecordingScore | FileFailure;

/** What a line says beyond the score. */
export interface LineDetails {
  /** Whether the model's own outputs are in it. */
  readonly logits?: boolean | undefined;
  /** Whether the score of each window is in it. */
  readonly perWindow?: boolean | undefined;
  /** Puts warnings and errors in other words, as a command line does whose options are flags. */
  readonly wording?: ((text: string) => string) | undefined;
}

/** The line of a result; undefined for a failure in a format that has no place for it. */
export function scoreLine(
  result: ScoredInput,
  { utterance, trial }: Pick<ScoreInput, 'utterance' | 'trial'>,
  format: ScoreFormat,
  { logits = false, perWindow = false, wording = (text) => text }: LineDetails = {},
): string | undefined {
  if (format === 'asvspoof') {
    if ('error' in result) return undefined;
    const { score } = result;
    const scored = { utterance, label: trial?.label ?? ('bonafide' as const), attackId: trial?.attackId, score };
    return formatScores([scored], trial === undefined ? 'plain' : 'labelled').trimEnd();
  }
  const worded =
    'error' in result
      ? { ...result, error: wording(result.error) }
      : { ...result, warnings: result.warnings.map(wording) };
  const named = trial === undefined ? worded : { ...worded, utterance };
  const hidden = {
    envelope: undefined,
    ...(perWindow ? {} : { windows: undefined }),
    ...(logits ? {} : { logits: undefined, labels: undefined }),
  };
  return JSON.stringify({ ...named, ...hidden });
}

/** The words by which data sets call the two classes. */
import type { ProblemKind, ProblemList } from './problems.js';
import type { Label } from './trial.js';

const WORDS: ReadonlyMap<string, Label> = new Map([
  ...['bonafide', 'genuine', 'real', 'human', 'authentic', 'natural'].map((word) => [word, 'bonafide'] as const),
  ...['spoof', 'spoofed', 'fake', 'deepfake', 'synthetic', 'synthesized', 'synthesised', 'generated', 'replay'].map(
    (word) => [word, 'spoof'] as const,
  ),
]);

const UNKNOWN: ProblemKind = { one: 'unknown label', many: 'unknown labels', remedy: 'write bonafide or spoof' };

/** Sets disagree on whether 1 is bona fide or fake; guessing wrong would turn every score round without a sign. */
const NUMERIC: ProblemKind = {
  one: 'numeric label',
  many: 'numeric labels',
  remedy: '0 and 1 mean different things in different sets: write bonafide or spoof instead',
};

/** The class that `word` names, in any case and with or without hyphen, underscore or space (`Bona-Fide`). */
export function labelOf(word: string): Label | undefined {
  return WORDS.get(word) ?? WORDS.get(word.toLowerCase().replace(/[-_\s]/g, ''));
}

/** The class that `word` names; an unknown word or a number is noted in `problems`. */
export function checkedLabel(word: string, source: string, line: number, problems: ProblemList): Label | undefined {
  const label = labelOf(word);
  if (label === undefined) {
    const isNumber = word !== '' && Number.isFinite(Number(word));
    problems.add(source, isNumber ? NUMERIC : UNKNOWN, `line ${line} "${word}"`);
  }
  return label;
}

/**
 * What is wrong with protocols, folders and score files, gathered as data and then phrased as one line, so that a person
 * sees everything there is to mend at once.
 */
import { DataError } from '../runtime/errors.js';

/** A kind of problem, and what to do about it. */
export interface ProblemKind {
  /** `unknown label` */
  readonly one: string;
  /** `unknown labels` */
  readonly many: string;
  /** What to do, in a few words: `write bonafide or spoof`. */
  readonly remedy?: string;
}

/** How many examples of a kind are shown before `and N more`. */
const SHOWN = 3;

/** Gathers problems by where they lie and by kind; keeps only counts and the first few examples. */
export class ProblemList {
  readonly #found = new Map<string, Map<ProblemKind, { count: number; examples: string[] }>>();

  /**
   * Notes one problem.
   *
   * @param source the file, folder or option where it lies
   * @param example what it looks like there, with its line number where there is one: `line 3 "reel"`
   */
  add(source: string, kind: ProblemKind, example: string): void {
    let kinds = this.#found.get(source);
    if (kinds === undefined) {
      kinds = new Map();
      this.#found.set(source, kinds);
    }
    let found = kinds.get(kind);
    if (found === undefined) {
      found = { count: 0, examples: [] };
      kinds.set(kind, found);
    }
    found.count++;
    if (found.examples.length < SHOWN) found.examples.push(example);
  }

  /** Whether nothing was found wrong. */
  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** One phrase per source and kind: `train.txt: 2 unknown labels (line 3 "reel", line 9 "x"; write bonafide or spoof)`. */
  phrases(): string[] {
    const phrases: string[] = [];
    for (const [source, kinds] of this.#found) {
      for (const [kind, { count, examples }] of kinds) {
        const more = count > examples.length ? ` and ${count - examples.length} more` : '';
        const remedy = kind.remedy === undefined ? '' : `; ${kind.remedy}`;
        const name = count === 1 ? kind.one : kind.many;
        phrases.push(`${source}: ${count} ${name} (${examples.join(', ')}${more}${remedy})`);
      }
    }
    return phrases;
  }

  /** @throws DataError that names every problem, where there is any */
  throwIfAny(): void {
    if (!this.isEmpty) throw new DataError(this.phrases().join('; '));
  }
}

/** The lines whose utterance no line before has; the others are noted as `kind`, with both line numbers. */
export function withoutDuplicates<Line extends { readonly utterance: string; readonly line: number }>(
  lines: readonly Line[],
  source: string,
  kind: ProblemKind,
  problems: ProblemList,
): Line[] {
  const firstLine = new Map<string, number>();
  return lines.filter(({ utterance, line }) => {
    const first = firstLine.get(utterance);
    if (first === undefined) {
      firstLine.set(utterance, line);
      return true;
    }
    problems.add(source, kind, `${utterance} in lines ${first} and ${line}`);
    return false;
  });
}

/** The record of a run, one line an epoch, in `history.jsonl`. */
import { join } from 'node:path';
import { RUN_FILES } from '../experiment/checkpoint.js';
import type { HistoryRow } from '../report/training-charts.js';
import { writeFileAtomic } from '../runtime/files.js';

/** One epoch: what the report shows of it, and the state of the optimizer. */
export interface EpochRecord extends HistoryRow {
  /** Optimizer updates so far. */
  readonly step: number;
}

/** Writes the whole history, atomically: a resumed run drops epochs that it repeats. */
export function writeHistory(directory: string, history: readonly EpochRecord[]): void {
  writeFileAtomic(join(directory, RUN_FILES.history), history.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

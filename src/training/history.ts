/** The record of a run, one line an epoch, in `history.jsonl`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../experiment/checkpoint.js';
import type { HistoryRow } from '../report/training-charts.js';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';

/** One epoch: what the report shows of it, and the state of the optimizer. */
export interface EpochRecord extends HistoryRow {
  /** Optimizer updates so far. */
  readonly step: number;
  /** Mean loss of the attack logits over the training batches, before its weight; in a model of two tasks. */
  readonly trainAttackLoss?: number;
  /** Metrics of plugins on dev, by name; absent where there are none. */
  readonly devCustom?: Readonly<Record<string, number>>;
}

/** Writes the whole history, atomically: a resumed run drops epochs that it repeats. */
export function writeHistory(directory: string, history: readonly EpochRecord[]): void {
  writeFileAtomic(join(directory, RUN_FILES.history), history.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/**
 * The history of a run folder.
 *
 * @throws CheckpointError where there is none, or it can't be read
 */
export function readHistory(directory: string): EpochRecord[] {
  const path = join(directory, RUN_FILES.history);
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as EpochRecord);
  } catch (error) {
    throw new CheckpointError(`${path}: expected a line of JSON for each epoch: ${messageOf(error)}; train again`, {
      cause: error,
    });
  }
}

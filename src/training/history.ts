/** The record of a run, one line an epoch, in `history.jsonl`. */
import { join } from 'node:path';
import { RUN_FILES } from '../experiment/checkpoint.js';
import { writeFileAtomic } from '../runtime/files.js';

/** One epoch. Rates are fractions. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Optimizer updates so far. */
  readonly step: number;
  /** Mean of the batch losses. */
  readonly trainLoss: number;
  /** Learning rate of the last update. */
  readonly learningRate: number;
  readonly devLoss: number;
  readonly devEer: number;
  readonly devAuc: number;
  /** At the threshold 0, where both classes are equally likely by the model. */
  readonly devAccuracy: number;
  readonly seconds: number;
}

/** Writes the whole history, atomically: a resumed run drops epochs that it repeats. */
export function writeHistory(directory: string, history: readonly EpochRecord[]): void {
  writeFileAtomic(join(directory, RUN_FILES.history), history.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** What a run tells after each epoch: a line of the log, `history.jsonl`, and TensorBoard's scalars. */
import { join } from 'node:path';
import { RUN_FILES } from '../experiment/checkpoint.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import type { Logger } from '../runtime/logger.js';
import { type EpochRecord, writeHistory } from './history.js';
import type { Progress } from './run-state.js';
import { createScalarWriter } from './tensorboard.js';

/** The record of a run in the making. */
export interface RunRecord {
  /** The epochs so far. */
  history(): readonly EpochRecord[];
  /** Tells an epoch. */
  add(epoch: EpochRecord): void;
  /** Goes on from a saved state: epochs that are repeated are dropped. */
  restore(state: Progress): void;
  close(): void;
}

/** Opens the record of the run in `directory`; with `training.tensorboard` an event file too. */
export function openRunRecord(
  directory: string,
  { numTrainEpochs, tensorboard }: TrainingOptions,
  logger: Logger,
): RunRecord {
  const scalars = tensorboard ? createScalarWriter(join(directory, RUN_FILES.tensorboard)) : undefined;
  let history: readonly EpochRecord[] = [];
  return {
    history: () => history,
    add: (epoch) => {
      history = [...history, epoch];
      writeHistory(directory, history);
      logger.info(describeEpoch(epoch, numTrainEpochs));
      scalars?.write(epoch.step, scalarsOf(epoch));
    },
    restore: (state) => {
      history = state.history;
      writeHistory(directory, history);
      const where = state.batch === 0 ? '' : `, batch ${state.batch}`;
      logger.info(`resumed after epoch ${state.epoch} of ${numTrainEpochs}${where}`);
    },
    close: () => scalars?.close(),
  };
}

function scalarsOf(epoch: EpochRecord): Record<string, number> {
  return {
    'train/loss': epoch.trainLoss,
    ...(epoch.trainAttackLoss === undefined ? {} : { 'train/attack_loss': epoch.trainAttackLoss }),
    'train/learning_rate': epoch.learningRate,
    'dev/loss': epoch.devLoss,
    'dev/eer': epoch.devEer,
    'dev/auc': epoch.devAuc,
    'dev/accuracy': epoch.devAccuracy,
    ...Object.fromEntries(Object.entries(epoch.devCustom ?? {}).map(([name, value]) => [`dev/${name}`, value])),
  };
}

function describeEpoch(record: EpochRecord, nEpochs: number): string {
  const { epoch, trainLoss, trainAttackLoss, devLoss, devEer, devAuc, devAccuracy, devCustom = {}, seconds } = record;
  const width = String(nEpochs).length;
  return [
    `epoch ${String(epoch).padStart(width)}/${nEpochs}`,
    `loss ${trainLoss.toFixed(4)}`,
    ...(trainAttackLoss === undefined ? [] : [`attack loss ${trainAttackLoss.toFixed(4)}`]),
    `dev loss ${devLoss.toFixed(4)}`,
    `EER ${(100 * devEer).toFixed(2).padStart(5)} %`,
    `AUC ${devAuc.toFixed(4)}`,
    `accuracy ${(100 * devAccuracy).toFixed(1)} %`,
    ...Object.entries(devCustom).map(([name, value]) => `${name} ${value.toPrecision(4)}`),
    `${seconds.toFixed(1)} s`,
  ].join('  ');
}

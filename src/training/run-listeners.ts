/** How a run keeps its own record: a line of the log, `history.jsonl`, TensorBoard's scalars, and profiles of steps. */
import { join } from 'node:path';
import { RUN_FILES } from '../experiment/checkpoint.js';
import { writeProfile } from '../graph/profile-report.js';
import { Profiler, type ProfileSchedule } from '../graph/profiler.js';
import type { Logger } from '../runtime/logger.js';
import { type EpochRecord, writeHistory } from './history.js';
import type { OwnListener, RunListener } from './listener.js';
import { createScalarWriter, type ScalarWriter } from './tensorboard.js';

/** Writes `history.jsonl`, whole after each epoch: a resumed run drops epochs that it repeats. */
export function historyListener(): RunListener {
  let history: readonly EpochRecord[] = [];
  let folder = '';
  return {
    name: 'history',
    onStart: ({ directory, resumed, history: before }) => {
      folder = directory;
      history = before;
      if (resumed !== null) writeHistory(folder, history);
    },
    onEpoch: ({ record }) => {
      history = [...history, record];
      writeHistory(folder, history);
    },
  };
}

/** Logs a line for each epoch. */
export function logListener(logger: Logger): RunListener {
  return {
    name: 'log',
    onStart: ({ resumed, nEpochs }) => {
      if (resumed === null) return;
      const where = resumed.batch === 0 ? '' : `, batch ${resumed.batch}`;
      logger.info(`resumed after epoch ${resumed.epoch} of ${nEpochs}${where}`);
    },
    onEpoch: ({ record, nEpochs }) => logger.info(describeEpoch(record, nEpochs)),
  };
}

/** Writes the scalars of each epoch to an event file of TensorBoard. */
export function tensorboardListener(): RunListener {
  let scalars: ScalarWriter | undefined;
  return {
    name: 'tensorboard',
    onStart: ({ directory }) => {
      scalars = createScalarWriter(join(directory, RUN_FILES.tensorboard));
    },
    onEpoch: ({ record }) => scalars?.write(record.step, scalarsOf(record)),
    onEnd: () => scalars?.close(),
  };
}

/** Measures the steps of a schedule, and writes their tables into the run's folder once they are done. */
export function profileListener(schedule: ProfileSchedule, directory: string, logger: Logger): OwnListener {
  const folder = join(directory, RUN_FILES.profile);
  const profiler = new Profiler(schedule, (steps) => {
    writeProfile(folder, steps);
    logger.info(`profile of ${steps.length} steps: ${folder}`);
  });
  return { name: 'profile', around: profiler, onEnd: () => profiler.dispose() };
}

/** An epoch's figures by the names that charts know them by. */
export function scalarsOf(epoch: EpochRecord): Record<string, number> {
  return {
    'train/loss': epoch.trainLoss,
    ...(epoch.trainAttackLoss === undefined ? {} : { 'train/attack_loss': epoch.trainAttackLoss }),
    'train/learning_rate': epoch.learningRate,
    'dev/loss': epoch.devLoss,
    'dev/eer': epoch.devEer,
    'dev/auc': epoch.devAuc,
    'dev/accuracy': epoch.devAccuracy,
  };
}

function describeEpoch(record: EpochRecord, nEpochs: number): string {
  const { epoch, trainLoss, trainAttackLoss, devLoss, devEer, devAuc, devAccuracy, seconds } = record;
  const width = String(nEpochs).length;
  return [
    `epoch ${String(epoch).padStart(width)}/${nEpochs}`,
    `loss ${trainLoss.toFixed(4)}`,
    ...(trainAttackLoss === undefined ? [] : [`attack loss ${trainAttackLoss.toFixed(4)}`]),
    `dev loss ${devLoss.toFixed(4)}`,
    `EER ${(100 * devEer).toFixed(2).padStart(5)} %`,
    `AUC ${devAuc.toFixed(4)}`,
    `accuracy ${(100 * devAccuracy).toFixed(1)} %`,
    `${seconds.toFixed(1)} s`,
  ].join('  ');
}

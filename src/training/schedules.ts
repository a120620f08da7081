/** Learning rates of a run: the rate used at optimizer step `step`, 0 for the first. */
import { halfWave, schedules } from '../experiment/schedule-registry.js';
import type { TrainingOptions } from '../experiment/training-options.js';

/** Learning rate at each optimizer step. */
export type Schedule = (step: number) => number;

/**
 * @param options `learningRate`, `lrSchedulerType`, `warmupSteps` (wins where above 0) and `warmupRatio`
 * @param totalSteps optimizer steps of the whole run
 */
export function createSchedule(
  options: Pick<TrainingOptions, 'learningRate' | 'lrSchedulerType' | 'warmupSteps' | 'warmupRatio'>,
  totalSteps: number,
): Schedule {
  const { learningRate, lrSchedulerType } = options;
  const { entry, options: own } = schedules.resolve(lrSchedulerType);
  const asked = options.warmupSteps > 0 ? options.warmupSteps : Math.ceil(options.warmupRatio * totalSteps);
  const warmup = entry.isWithoutWarmup === true ? 0 : asked;
  const course = entry.create(own, { learningRate, warmup });
  return (step) => {
    if (step < warmup) return learningRate * (step / warmup);
    return learningRate * course((step - warmup) / Math.max(1, totalSteps - warmup), step);
  };
}

/**
 * A schedule that from an epoch on goes to another rate and stays there, epoch by epoch, as `torch.optim.swa_utils.SWALR`.
 *
 * @param swa the rate, and how it is gone to
 * @param nEpochsBefore epochs of the schedule's own course
 */
export function withAveragingRate(
  schedule: Schedule,
  swa: { readonly learningRate: number; readonly annealEpochs: number; readonly annealStrategy: 'cos' | 'linear' },
  nEpochsBefore: number,
  updatesPerEpoch: number,
): Schedule {
  const first = nEpochsBefore * updatesPerEpoch;
  const from = schedule(first);
  return (step) => {
    if (step < first) return schedule(step);
    const nEpochs = Math.floor((step - first) / updatesPerEpoch);
    const progress = swa.annealEpochs === 0 ? 1 : Math.min(1, nEpochs / swa.annealEpochs);
    const left = swa.annealStrategy === 'cos' ? halfWave(progress) : 1 - progress;
    return swa.learningRate * (1 - left) + from * left;
  };
}

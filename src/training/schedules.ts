/**
 * Learning-rate schedules under Hugging Face's names, equal to `transformers.get_scheduler`: the rate used at optimizer
 * step `step` (0 for the first).
 */
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
  const warmup = options.warmupSteps > 0 ? options.warmupSteps : Math.ceil(options.warmupRatio * totalSteps);
  const progress = (step: number): number => (step - warmup) / Math.max(1, totalSteps - warmup);
  const factors: Record<TrainingOptions['lrSchedulerType'], (step: number) => number> = {
    constant: () => 1,
    constant_with_warmup: () => 1,
    linear: (step) => Math.max(0, 1 - progress(step)),
    cosine: (step) => Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress(step)))),
  };
  const factor = factors[lrSchedulerType];
  const hasWarmup = lrSchedulerType !== 'constant';
  return (step) => learningRate * (hasWarmup && step < warmup ? step / Math.max(1, warmup) : factor(step));
}

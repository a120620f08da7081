/**
 * Learning-rate schedules under Hugging Face's names, equal to `transformers.get_scheduler`: the rate used at optimizer
 * step `step` (0 for the first). `cosine_with_min_lr` without a warm-up is that of AASIST's authors.
 */
import type { SchedulerOptions } from '../experiment/scheduler-options.js';
import type { TrainingOptions } from '../experiment/training-options.js';

/** Learning rate at each optimizer step. */
export type Schedule = (step: number) => number;

/** Learning rate over the full one, at a share of the steps after the warm-up. */
type Course = (progress: number, step: number) => number;

/** Where a schedule is in a run. */
interface Span {
  readonly learningRate: number;
  /** Steps of the warm-up. */
  readonly warmup: number;
}

/** For `inverse_sqrt` where neither a timescale nor a warm-up is given. */
const DEFAULT_TIMESCALE = 10_000;

/**
 * @param options `learningRate`, `lrSchedulerType`, `warmupSteps` (wins where above 0) and `warmupRatio`
 * @param totalSteps optimizer steps of the whole run
 */
export function createSchedule(
  options: Pick<TrainingOptions, 'learningRate' | 'lrSchedulerType' | 'warmupSteps' | 'warmupRatio'>,
  totalSteps: number,
): Schedule {
  const { learningRate, lrSchedulerType } = options;
  const hasWarmup = lrSchedulerType.type !== 'constant';
  const asked = options.warmupSteps > 0 ? options.warmupSteps : Math.ceil(options.warmupRatio * totalSteps);
  const warmup = hasWarmup ? asked : 0;
  const course = courseOf(lrSchedulerType, { learningRate, warmup });
  return (step) => {
    if (step < warmup) return learningRate * (step / warmup);
    return learningRate * course((step - warmup) / Math.max(1, totalSteps - warmup), step);
  };
}

function courseOf(options: SchedulerOptions, { learningRate, warmup }: Span): Course {
  switch (options.type) {
    case 'constant':
    case 'constant_with_warmup':
      return () => 1;
    case 'linear':
      return (progress) => Math.max(0, 1 - progress);
    case 'cosine':
      return (progress) => Math.max(0, wave(2 * options.numCycles * progress));
    case 'cosine_with_min_lr': {
      const least = options.minLr / learningRate;
      return (progress) => Math.max(0, wave(2 * options.numCycles * progress) * (1 - least) + least);
    }
    case 'cosine_with_restarts':
      return (progress) => (progress >= 1 ? 0 : wave((options.numCycles * progress) % 1));
    case 'polynomial': {
      const end = options.lrEnd / learningRate;
      return (progress) => (progress > 1 ? end : (1 - end) * (1 - progress) ** options.power + end);
    }
    case 'inverse_sqrt': {
      const timescale = options.timescale ?? (warmup || DEFAULT_TIMESCALE);
      return (_, step) => 1 / Math.sqrt((step + timescale - warmup) / timescale);
    }
  }
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
    const left = swa.annealStrategy === 'cos' ? wave(progress) : 1 - progress;
    return swa.learningRate * (1 - left) + from * left;
  };
}

/** From 1 to 0 over half a wave. */
function wave(halves: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * halves));
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ScheduleOptions } from '../../src/experiment/schedule-registry.js';
import { createSchedule, withAveragingRate } from '../../src/training/schedules.js';

const { schedules, swaLearningRates } = JSON.parse(
  readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'),
);

/** What the reference recorded. */
interface Recorded {
  readonly base_lr: number;
  readonly warmup?: number;
  readonly total?: number;
  readonly lr_used_at_step: readonly number[];
}

function expectEqual(
  { base_lr, warmup = 0, total = 100, lr_used_at_step }: Recorded,
  lrSchedulerType: ScheduleOptions,
) {
  const schedule = createSchedule(
    { learningRate: base_lr, lrSchedulerType, warmupSteps: warmup, warmupRatio: 0 },
    total,
  );
  // The reference of AASIST goes on past the end of the run, where its cosine would rise again.
  for (const [step, expected] of lr_used_at_step.slice(0, total).entries()) {
    expect(Math.abs(schedule(step) - expected), `step ${step}`).toBeLessThanOrEqual(1e-12 * base_lr);
  }
}

describe('createSchedule', () => {
  // Source: transformers.get_scheduler, float64 (test/fixtures/optim); the formulas are the same, so 1e-12 relative.
  it.each<[string, ScheduleOptions]>([
    ['hf_linear_warmup10_total100', { type: 'linear' }],
    ['hf_linear_warmup0_total20', { type: 'linear' }],
    ['hf_cosine_warmup5_total50', { type: 'cosine', numCycles: 0.5 }],
    ['hf_constant_warmup7', { type: 'constant_with_warmup' }],
    ['hf_cosine_hard_restarts2_warmup5_total50', { type: 'cosine_with_restarts', numCycles: 2 }],
    ['hf_cosine_with_min_lr_min', { type: 'cosine_with_min_lr', minLr: 1e-4, numCycles: 0.5 }],
    ['hf_polynomial_p2_warmup5_total40', { type: 'polynomial', power: 2, lrEnd: 1e-6 }],
    ['hf_inverse_sqrt_warmup', { type: 'inverse_sqrt', timescale: null }],
    ['hf_inverse_sqrt_no_warmup', { type: 'inverse_sqrt', timescale: null }],
  ])('equals transformers on %s', (name, lrSchedulerType) => {
    expectEqual(schedules[name], lrSchedulerType);
  });

  // Source: utils.py of clovaai/aasist, whose configuration falls from 1e-4 to 5e-6.
  it('equals the schedule of AASIST’s authors', () => {
    expectEqual(schedules.clovaai_cosine_epochs5_steps10, { type: 'cosine_with_min_lr', minLr: 5e-6, numCycles: 0.5 });
  });

  // Source: torch.optim.swa_utils.SWALR, one step an epoch; from 0.3 to 0.05 over four epochs.
  it.each(['cos', 'linear'] as const)('goes to the rate of weight averaging as torch does: %s', (annealStrategy) => {
    const swa = { learningRate: 0.05, annealEpochs: 4, annealStrategy };
    const schedule = withAveragingRate((step) => (step <= 6 ? 0.3 : 0), swa, 2, 3);
    expect([0, 5].map(schedule)).toEqual([0.3, 0.3]);
    for (const [epoch, expected] of swaLearningRates[annealStrategy].entries()) {
      for (const batch of [0, 2]) expect(schedule(6 + 3 * epoch + batch)).toBeCloseTo(expected, 12);
    }
  });

  it('takes the timescale of an inverse root that it is given', () => {
    const schedule = createSchedule(
      { learningRate: 1, lrSchedulerType: { type: 'inverse_sqrt', timescale: 3 }, warmupSteps: 0, warmupRatio: 0 },
      50,
    );
    expect(schedule(9)).toBeCloseTo(0.5, 12);
  });

  it('rounds a warm-up given as a ratio up to whole steps', () => {
    const schedule = createSchedule(
      { learningRate: 1, lrSchedulerType: { type: 'linear' }, warmupSteps: 0, warmupRatio: 0.05 },
      50,
    );
    expect([0, 1, 2, 3].map(schedule)).toEqual([0, 1 / 3, 2 / 3, 1]);
  });

  it('keeps a constant rate from the first step, whatever the warm-up', () => {
    const schedule = createSchedule(
      { learningRate: 0.1, lrSchedulerType: { type: 'constant' }, warmupSteps: 5, warmupRatio: 0 },
      50,
    );
    expect(schedule(0)).toBe(0.1);
  });
});

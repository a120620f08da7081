import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSchedule } from '../../src/training/schedules.js';

const { schedules } = JSON.parse(readFileSync(new URL('../fixtures/optim/torch.json', import.meta.url), 'utf8'));

describe('createSchedule', () => {
  // Source: transformers.get_scheduler, float64 (test/fixtures/optim); the formulas are the same, so 1e-12 relative.
  it.each([
    ['hf_linear_warmup10_total100', 'linear'],
    ['hf_linear_warmup0_total20', 'linear'],
    ['hf_cosine_warmup5_total50', 'cosine'],
    ['hf_constant_warmup7', 'constant_with_warmup'],
  ] as const)('equals transformers on %s', (name, lrSchedulerType) => {
    const { base_lr, warmup, total, lr_used_at_step } = schedules[name];
    const schedule = createSchedule(
      { learningRate: base_lr, lrSchedulerType, warmupSteps: warmup, warmupRatio: 0 },
      total ?? 100,
    );
    lr_used_at_step.forEach((expected: number, step: number) => {
      expect(Math.abs(schedule(step) - expected), `step ${step}`).toBeLessThanOrEqual(1e-12 * base_lr);
    });
  });

  it('rounds a warm-up given as a ratio up to whole steps', () => {
    const schedule = createSchedule(
      { learningRate: 1, lrSchedulerType: 'linear', warmupSteps: 0, warmupRatio: 0.05 },
      50,
    );
    expect([0, 1, 2, 3].map(schedule)).toEqual([0, 1 / 3, 2 / 3, 1]);
  });

  it('keeps a constant rate from the first step, whatever the warm-up', () => {
    const schedule = createSchedule(
      { learningRate: 0.1, lrSchedulerType: 'constant', warmupSteps: 5, warmupRatio: 0 },
      50,
    );
    expect(schedule(0)).toBe(0.1);
  });
});

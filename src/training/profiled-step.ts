/** Training steps that go through a profiler. */
import type { Profiler } from '../graph/profiler.js';
import type { TrainingStep } from './step.js';

/** The same steps, measured where it is their turn. */
export function profiledStep(step: TrainingStep, profiler: Pick<Profiler, 'step'>): TrainingStep {
  return {
    ...step,
    accumulate: (batch, seed) => profiler.step('accumulate', () => step.accumulate(batch, seed)),
    update: (batch, seed, nBatches, coefficients, own) =>
      profiler.step('update', () => step.update(batch, seed, nBatches, coefficients, own)),
  };
}

/** Training that takes up more and more weights: a step for each set of them, and counts of updates for each weight. */
import type * as tf from '@tensorflow/tfjs-core';
import type { UpdateCoefficients } from '../optimizers/update-rule.js';
import type { EpochRecord } from './history.js';
import type { TrainingStep } from './step.js';
import type { TrainingPlan } from './training-plan.js';

/** The steps of a run, one after the other; in an epoch the weights that have their turn by then are trained. */
export class Stages {
  private step: TrainingStep | undefined;
  private trainedNow = -1;

  /**
   * @param trained every weight that is ever trained
   * @param create makes the step that trains some of them
   */
  constructor(
    private readonly trained: ReadonlyMap<string, tf.Variable>,
    private readonly plan: TrainingPlan,
    private readonly create: (trained: ReadonlyMap<string, tf.Variable>) => TrainingStep,
  ) {}

  /** The step of an epoch; `isNew` where it is another than that of the epoch before. */
  stepIn(epoch: number): { readonly step: TrainingStep; readonly isNew: boolean } {
    const active = new Map([...this.trained].filter(([name]) => this.plan.firstEpochOf(name) <= epoch));
    // Weights are only ever added.
    if (this.step !== undefined && active.size === this.trainedNow) return { step: this.step, isNew: false };
    this.step?.dispose();
    // Blocks that are computed again take no gradients of weights that wait.
    for (const [name, variable] of this.trained) variable.trainable = active.has(name);
    this.trainedNow = active.size;
    this.step = this.create(active);
    return { step: this.step, isNew: true };
  }

  /** Whether weights have their turn from this epoch on, and not before. */
  beginsIn(epoch: number): boolean {
    return [...this.trained.keys()].some((name) => this.plan.firstEpochOf(name) === epoch);
  }

  dispose(): void {
    this.step?.dispose();
    for (const variable of this.trained.values()) variable.trainable = true;
  }
}

/**
 * The coefficients of an update, and those of weights that differ: by their rate, or as they are trained for fewer updates,
 * which Adam's corrections depend on.
 *
 * @param history records of the epochs before, which know how many updates there had been
 * @param coefficients by the factor on the learning rate, and the number of updates before a weight's first
 */
export function plannedCoefficients(
  names: Iterable<string>,
  plan: TrainingPlan,
  history: readonly EpochRecord[],
  coefficients: (rate: number, nBefore: number) => UpdateCoefficients,
): [all: UpdateCoefficients, own: ReadonlyMap<string, UpdateCoefficients>] {
  const all = coefficients(1, 0);
  const known = new Map<string, UpdateCoefficients>([['1 0', all]]);
  const own = new Map<string, UpdateCoefficients>();
  for (const name of names) {
    const rate = plan.rateOf(name);
    const nBefore = history[plan.firstEpochOf(name) - 2]?.step ?? 0;
    const key = `${rate} ${nBefore}`;
    const found = known.get(key) ?? coefficients(rate, nBefore);
    known.set(key, found);
    if (found !== all) own.set(name, found);
  }
  return [all, own];
}

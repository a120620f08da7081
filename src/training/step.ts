/** One training step: forward, loss, gradients and clipping, as one program or op by op, and the update. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import type { LowPrecision } from '../graph/autocast.js';
import { compile } from '../graph/compile.js';
import type { CallArguments } from '../layers/layer-options.js';
import { attackCrossEntropy } from '../losses/attack-loss.js';
import type { Loss } from '../losses/loss.js';
import { targetsOf } from '../losses/reduction.js';
import type { ModelOutputs } from '../models/outputs.js';
import type { UpdateCoefficients } from '../optimizers/update-rule.js';
import { TrainingError } from '../runtime/errors.js';
import { type InputTensors, inputTensors } from './input-tensors.js';
import type { LossScale } from './loss-scale.js';
import { clipByGlobalNorm, type Optimizer } from './optimizers.js';
import { sharpnessAware } from './sam.js';
import { costOfStep, type StepCost, sampleOf } from './step-cost.js';

/**
 * A training pass of a model. `seed` feeds the random layers: an int32 scalar where the step is compiled; `momentum` is the
 * batch's share in running statistics, the layers' own without it; `lengths` are those of the clips of a padded batch.
 */
export type ForwardPass<Result> = (
  inputs: tf.Tensor,
  seed: number | tf.Tensor,
  also?: Pick<CallArguments, 'momentum' | 'lengths'>,
) => Result;

/** What a step works on. */
export interface StepParts {
  readonly forward: ForwardPass<ModelOutputs>;
  readonly loss: Loss;
  /** Every variable of the model by name, trained or not. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** The variables to train, under the optimizer's names; all or some of the optimizer's. */
  readonly trained: ReadonlyMap<string, tf.Variable>;
  readonly optimizer: Optimizer;
  readonly options: Pick<TrainingOptions, 'gradientAccumulationSteps' | 'maxGradNorm' | 'samRho' | 'attackLossWeight'>;
  readonly isCompiled: boolean;
  /** What products are computed in where steps are compiled; float32 by default. */
  readonly precision?: LowPrecision | undefined;
  /** Scales the loss against underflow, where steps are compiled. An update that overflows is skipped. */
  readonly lossScale?: LossScale | undefined;
}

/** Losses of a batch. */
export interface StepLosses {
  readonly loss: number;
  /** Of the attack logits, before its weight; 0 in a model of one task. */
  readonly attackLoss: number;
  /** Whether the update was skipped, as the gradients overflowed. The losses may then be no numbers. */
  readonly isSkipped?: true;
}

/** Runs steps. Both kinds return the batch's losses, and throw a TrainingError before anything but statistics is changed. */
export interface TrainingStep {
  /** Adds the batch's gradients to those of the update to come. */
  accumulate(batch: Batch, seed: number): StepLosses;
  /**
   * Updates the variables by the mean of the accumulated gradients and this batch's.
   *
   * @param nBatches how many batches that is a mean of
   * @param own coefficients of variables for which they are other ones
   */
  update(
    batch: Batch,
    seed: number,
    nBatches: number,
    coefficients: UpdateCoefficients,
    own?: ReadonlyMap<string, UpdateCoefficients>,
  ): StepLosses;
  /** What a step on such batches costs; undefined op by op. */
  cost(batch: Batch): StepCost | undefined;
  dispose(): void;
}

/** Ends a step before anything is assigned. */
class Overflow extends Error {
  constructor(readonly losses: StepLosses) {
    super('the loss or a gradient overflows');
  }
}

type Examples = InputTensors & { readonly targets: tf.Tensor; readonly attacks?: tf.Tensor };
/** `scale` is that of the loss, and only there where it is scaled. */
type Inputs = Examples & { readonly seed: tf.Tensor; readonly scale?: tf.Tensor };
type UpdateInputs = Inputs & { readonly nBatches: tf.Tensor };
type Losses = { readonly loss: tf.Tensor; readonly attackLoss: tf.Tensor };
/** `norm` is that of the gradients before clipping, 0 where nothing is updated. */
type Figures = Losses & { readonly norm: tf.Tensor };
/** Gradients as outputs of a program. */
type NamedGradients = { readonly [Name in `${typeof GRADIENT}${string}`]: tf.Tensor };

/** Programs kept: padded batches have more shapes than others. */
const MAX_PROGRAMS = 32;
/** Opens their names there. */
const GRADIENT = 'gradient of ';

/** Prepares the steps of a run. */
export function createTrainingStep(parts: StepParts): TrainingStep {
  return parts.isCompiled ? compiledStep(parts) : plainStep(parts);
}

/** Each kind of step is one program for each shape of batch. */
function compiledStep(parts: StepParts): TrainingStep {
  const maths = createMaths(parts);
  let current: Batch;
  const { lossScale } = parts;
  const check = (figures: Figures) => {
    const losses = { loss: numberOf(figures.loss), attackLoss: numberOf(figures.attackLoss) };
    const norm = numberOf(figures.norm);
    if (lossScale === undefined) assertFinite(losses.loss + losses.attackLoss, norm, current);
    else if (!Number.isFinite(losses.loss + losses.attackLoss + norm))
      throw new Overflow({ ...losses, isSkipped: true });
  };
  const kept = { check, maxPrograms: MAX_PROGRAMS };
  const options = parts.precision === undefined ? kept : { ...kept, precision: parts.precision };
  let hasOverflown = false;
  /** Runs a step; one that overflows changes nothing, and its update is to be skipped. */
  const scaled = (run: () => Losses): StepLosses => {
    try {
      return lossesOf(run);
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      hasOverflown = true;
      return error.losses;
    }
  };
  const accumulate = compile(({ seed, scale, ...examples }: Inputs) => {
    const { loss, attackLoss, gradients } = maths.gradients(examples, seed, scale);
    maths.keep(gradients);
    return { loss, attackLoss, norm: tf.scalar(0) };
  }, options);
  const update = compile(({ seed, scale, nBatches, ...examples }: UpdateInputs): Figures & NamedGradients => {
    const { loss, attackLoss, gradients } = maths.gradients(examples, seed, scale);
    const clipped = maths.clipped(gradients, nBatches);
    const named = [...clipped.gradients].map(([name, gradient]) => [GRADIENT + name, gradient] as const);
    return { loss, attackLoss, norm: clipped.norm, ...Object.fromEntries(named) };
  }, options);
  const inputsOf = (batch: Batch, seed: number): Inputs => {
    current = batch;
    const inputs = { ...examplesOf(batch), seed: tf.scalar(seed, 'int32') };
    return lossScale === undefined ? inputs : { ...inputs, scale: tf.scalar(lossScale.value) };
  };
  return {
    accumulate: (batch, seed) => scaled(() => accumulate(inputsOf(batch, seed))),
    update: (batch, seed, nBatches, coefficients, own) => {
      const losses = scaled(() => {
        const results = update({ ...inputsOf(batch, seed), nBatches: tf.scalar(nBatches) });
        if (hasOverflown) return results;
        // Not part of the program, whose variables are fixed while it runs: weights are changed where they lie.
        const gradients: Gradients = new Map();
        for (const name of parts.trained.keys()) gradients.set(name, results[`${GRADIENT}${name}`]);
        parts.optimizer.apply(gradients, coefficients, own);
        return results;
      });
      if (!hasOverflown) {
        lossScale?.succeed();
        return losses;
      }
      hasOverflown = false;
      maths.forget();
      lossScale?.overflow(batch.utterances);
      return { ...losses, isSkipped: true };
    },
    cost: (batch) => {
      const sample = sampleOf(batch);
      const inputs = { ...inputsOf(sample, 0), nBatches: tf.scalar(1) };
      const program = update.programFor(inputs);
      tf.dispose(inputs);
      const gradientBytes = 4 * [...parts.trained.values()].reduce((sum, { size }) => sum + size, 0);
      return costOfStep(program, sample.shape[0], batch.shape[0], gradientBytes);
    },
    dispose: () => {
      accumulate.dispose();
      update.dispose();
      maths.dispose();
    },
  };
}

/** Op by op, on any engine. */
function plainStep(parts: StepParts): TrainingStep {
  const maths = createMaths(parts);
  const gradientsOf = (batch: Batch, seed: number): LossesAndGradients => {
    const results = maths.gradients(examplesOf(batch), seed);
    assertFinite(numberOf(results.loss) + numberOf(results.attackLoss), 0, batch);
    return results;
  };
  return {
    accumulate: (batch, seed) =>
      lossesOf(() => {
        const results = gradientsOf(batch, seed);
        maths.keep(results.gradients);
        return results;
      }),
    update: (batch, seed, nBatches, coefficients, own) =>
      lossesOf(() => {
        const results = gradientsOf(batch, seed);
        const clipped = maths.clipped(results.gradients, nBatches);
        assertFinite(0, numberOf(clipped.norm), batch);
        parts.optimizer.apply(clipped.gradients, coefficients, own);
        return results;
      }),
    cost: () => undefined,
    dispose: () => maths.dispose(),
  };
}

type Gradients = Map<string, tf.Tensor>;
type LossesAndGradients = Losses & { readonly gradients: Gradients };

/** The parts of a step, none of which reads a value. */
function createMaths({ forward, loss, trained, weights, options }: StepParts) {
  const list = [...trained.values()];
  const statistics = [...weights].flatMap(([name, variable]) => (trained.has(name) ? [] : [variable]));
  const pass = (
    { inputs, lengths, targets, attacks }: Examples,
    seed: number | tf.Tensor,
    scale: tf.Tensor | undefined,
  ): LossesAndGradients => {
    const scaled = (value: tf.Scalar): tf.Scalar => (scale === undefined ? value : tf.mul(value, scale));
    const unscaled = (value: tf.Tensor): tf.Tensor => (scale === undefined ? value : tf.div(value, scale));
    let kept: Losses | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const { logits, attackLogits } = forward(inputs, seed, lengths === undefined ? {} : { lengths });
      const main = loss(logits, targets);
      if (attackLogits === undefined || attacks === undefined) return scaled(main);
      const attackLoss = attackCrossEntropy(attackLogits, attacks as tf.Tensor1D);
      kept = { loss: tf.keep(main), attackLoss: tf.keep(attackLoss) };
      return scaled(tf.add(main, tf.mul(attackLoss, options.attackLossWeight)));
    }, list);
    const gradients: Gradients = new Map(
      [...trained].map(([name, variable]) => [name, unscaled(grads[variable.name])]),
    );
    if (kept === undefined) return { loss: unscaled(value), attackLoss: tf.scalar(0), gradients };
    const losses = { loss: tf.clone(kept.loss), attackLoss: tf.clone(kept.attackLoss) };
    tf.dispose([kept.loss, kept.attackLoss]);
    return { ...losses, gradients };
  };
  const accumulates = options.gradientAccumulationSteps > 1;
  const sums = new Map(
    [...trained].map(([name, variable]) => {
      return [name, accumulates ? tf.tidy(() => tf.variable(tf.zerosLike(variable), false)) : undefined];
    }),
  );
  return {
    gradients: (examples: Examples, seed: number | tf.Tensor, scale?: tf.Tensor): LossesAndGradients => {
      const compute = () => pass(examples, seed, scale);
      return options.samRho === 0 ? compute() : sharpnessAware(compute, trained, statistics, options.samRho);
    },
    /** Adds gradients to those kept. */
    keep: (gradients: Gradients): void => {
      for (const [name, gradient] of gradients) sums.get(name)?.assign(tf.add(sums.get(name) as tf.Variable, gradient));
    },
    /** The clipped mean with those kept, which are forgotten. */
    clipped: (gradients: Gradients, nBatches: number | tf.Tensor) => {
      const mean = new Map(
        [...gradients].map(([name, gradient]) => {
          const sum = sums.get(name);
          return [name, sum === undefined ? gradient : tf.div(tf.add(sum, gradient), nBatches)];
        }),
      );
      for (const sum of sums.values()) sum?.assign(tf.zerosLike(sum));
      return clipByGlobalNorm(mean, options.maxGradNorm);
    },
    /** Drops those kept. */
    forget: (): void => {
      for (const sum of sums.values()) if (sum !== undefined) tf.tidy(() => sum.assign(tf.zerosLike(sum)));
    },
    dispose: () => {
      for (const sum of sums.values()) sum?.dispose();
    },
  };
}

function examplesOf(batch: Batch): Examples {
  const { labels, softLabels, attacks } = batch;
  return {
    ...inputTensors(batch),
    targets: targetsOf(labels, softLabels),
    ...(attacks === undefined ? {} : { attacks: tf.tensor1d(attacks, 'int32') }),
  };
}

function lossesOf(step: () => Losses): StepLosses {
  return tf.tidy(() => {
    const { loss, attackLoss } = step();
    return { loss: numberOf(loss), attackLoss: numberOf(attackLoss) };
  });
}

function numberOf(scalar: tf.Tensor): number {
  return scalar.dataSync()[0];
}

function assertFinite(loss: number, norm: number, batch: Batch): void {
  if (Number.isFinite(loss) && Number.isFinite(norm)) return;
  const what = Number.isFinite(loss) ? `the gradient's norm is ${norm}` : `loss is ${loss}`;
  throw new TrainingError(
    `${what} for the batch ${batch.utterances.join(', ')}; check these files, lower training.learningRate or set training.maxGradNorm`,
  );
}

/** One training step: forward, loss, gradients and clipping, as one program or op by op, and the update. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import { compile } from '../graph/compile.js';
import { attackCrossEntropy } from '../losses/attack-loss.js';
import type { Loss } from '../losses/loss.js';
import { targetsOf } from '../losses/reduction.js';
import type { ModelOutputs } from '../models/outputs.js';
import { TrainingError } from '../runtime/errors.js';
import { clipByGlobalNorm, type Optimizer } from './optimizers.js';
import { sharpnessAware } from './sam.js';
import type { UpdateCoefficients } from './update-rule.js';

/** What a step works on. */
export interface StepParts {
  readonly forward: (inputs: tf.Tensor, seed: number | tf.Tensor) => ModelOutputs;
  readonly loss: Loss;
  /** Every variable of the model by name, trained or not. */
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** The variables to train, under the optimizer's names. */
  readonly trained: ReadonlyMap<string, tf.Variable>;
  readonly optimizer: Optimizer;
  readonly options: Pick<TrainingOptions, 'gradientAccumulationSteps' | 'maxGradNorm' | 'samRho' | 'attackLossWeight'>;
  readonly isCompiled: boolean;
}

/** Losses of a batch. */
export interface StepLosses {
  readonly loss: number;
  /** Of the attack logits, before its weight; 0 in a model of one task. */
  readonly attackLoss: number;
}

/** Runs steps. Both kinds return the batch's losses, and throw a TrainingError before anything but statistics is changed. */
export interface TrainingStep {
  /** Adds the batch's gradients to those of the update to come. */
  accumulate(batch: Batch, seed: number): StepLosses;
  /**
   * Updates the variables by the mean of the accumulated gradients and this batch's.
   *
   * @param nBatches how many batches that is a mean of
   */
  update(batch: Batch, seed: number, nBatches: number, coefficients: UpdateCoefficients): StepLosses;
  dispose(): void;
}

type Examples = { readonly inputs: tf.Tensor; readonly targets: tf.Tensor; readonly attacks?: tf.Tensor };
type Inputs = Examples & { readonly seed: tf.Tensor };
type UpdateInputs = Inputs & { readonly nBatches: tf.Tensor };
type Losses = { readonly loss: tf.Tensor; readonly attackLoss: tf.Tensor };
/** `norm` is that of the gradients before clipping, 0 where nothing is updated. */
type Figures = Losses & { readonly norm: tf.Tensor };
/** Gradients as outputs of a program. */
type NamedGradients = { readonly [Name in `${typeof GRADIENT}${string}`]: tf.Tensor };

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
  const check = ({ loss, attackLoss, norm }: Figures) =>
    assertFinite(numberOf(loss) + numberOf(attackLoss), numberOf(norm), current);
  const accumulate = compile(
    ({ seed, ...examples }: Inputs) => {
      const { loss, attackLoss, gradients } = maths.gradients(examples, seed);
      maths.keep(gradients);
      return { loss, attackLoss, norm: tf.scalar(0) };
    },
    { check },
  );
  const update = compile(
    ({ seed, nBatches, ...examples }: UpdateInputs): Figures & NamedGradients => {
      const { loss, attackLoss, gradients } = maths.gradients(examples, seed);
      const clipped = maths.clipped(gradients, nBatches);
      const named = [...clipped.gradients].map(([name, gradient]) => [GRADIENT + name, gradient] as const);
      return { loss, attackLoss, norm: clipped.norm, ...Object.fromEntries(named) };
    },
    { check },
  );
  const inputsOf = (batch: Batch, seed: number): Inputs => {
    current = batch;
    return { ...examplesOf(batch), seed: tf.scalar(seed, 'int32') };
  };
  return {
    accumulate: (batch, seed) => lossesOf(() => accumulate(inputsOf(batch, seed))),
    update: (batch, seed, nBatches, coefficients) =>
      lossesOf(() => {
        const results = update({ ...inputsOf(batch, seed), nBatches: tf.scalar(nBatches) });
        // Not part of the program, whose variables are fixed while it runs: weights are changed where they lie.
        const gradients: Gradients = new Map();
        for (const name of parts.trained.keys()) gradients.set(name, results[`${GRADIENT}${name}`]);
        parts.optimizer.apply(gradients, coefficients);
        return results;
      }),
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
    update: (batch, seed, nBatches, coefficients) =>
      lossesOf(() => {
        const results = gradientsOf(batch, seed);
        const clipped = maths.clipped(results.gradients, nBatches);
        assertFinite(0, numberOf(clipped.norm), batch);
        parts.optimizer.apply(clipped.gradients, coefficients);
        return results;
      }),
    dispose: () => maths.dispose(),
  };
}

type Gradients = Map<string, tf.Tensor>;
type LossesAndGradients = Losses & { readonly gradients: Gradients };

/** The parts of a step, none of which reads a value. */
function createMaths({ forward, loss, trained, weights, options }: StepParts) {
  const list = [...trained.values()];
  const statistics = [...weights].flatMap(([name, variable]) => (trained.has(name) ? [] : [variable]));
  const pass = ({ inputs, targets, attacks }: Examples, seed: number | tf.Tensor): LossesAndGradients => {
    let kept: Losses | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const { logits, attackLogits } = forward(inputs, seed);
      const main = loss(logits, targets);
      if (attackLogits === undefined || attacks === undefined) return main;
      const attackLoss = attackCrossEntropy(attackLogits, attacks as tf.Tensor1D);
      kept = { loss: tf.keep(main), attackLoss: tf.keep(attackLoss) };
      return tf.add(main, tf.mul(attackLoss, options.attackLossWeight)) as tf.Scalar;
    }, list);
    const gradients: Gradients = new Map([...trained].map(([name, variable]) => [name, grads[variable.name]]));
    if (kept === undefined) return { loss: value, attackLoss: tf.scalar(0), gradients };
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
    gradients: (examples: Examples, seed: number | tf.Tensor): LossesAndGradients => {
      const compute = () => pass(examples, seed);
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
    dispose: () => {
      for (const sum of sums.values()) sum?.dispose();
    },
  };
}

function examplesOf({ inputs, shape, labels, softLabels, attacks }: Batch): Examples {
  return {
    inputs: tf.tensor(inputs, [...shape]),
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

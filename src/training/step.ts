/** One training step: forward, loss, gradients and clipping, as one program or op by op, and the update. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.js';
import type { TrainingOptions } from '../experiment/training-options.js';
import { compile } from '../graph/compile.js';
import type { Loss } from '../losses/loss.js';
import { targetsOf } from '../losses/reduction.js';
import { TrainingError } from '../runtime/errors.js';
import { clipByGlobalNorm, type Optimizer } from './optimizers.js';
import type { UpdateCoefficients } from './update-rule.js';

/** What a step works on. */
export interface StepParts {
  readonly forward: (inputs: tf.Tensor, seed: number | tf.Tensor) => tf.Tensor;
  readonly loss: Loss;
  /** The variables to train, under the optimizer's names. */
  readonly trained: ReadonlyMap<string, tf.Variable>;
  readonly optimizer: Optimizer;
  readonly options: Pick<TrainingOptions, 'gradientAccumulationSteps' | 'maxGradNorm'>;
  readonly isCompiled: boolean;
}

/** Runs steps. Both kinds return the batch's loss, and throw a TrainingError before anything but statistics is changed. */
export interface TrainingStep {
  /** Adds the batch's gradients to those of the update to come. */
  accumulate(batch: Batch, seed: number): number;
  /**
   * Updates the variables by the mean of the accumulated gradients and this batch's.
   *
   * @param nBatches how many batches that is a mean of
   */
  update(batch: Batch, seed: number, nBatches: number, coefficients: UpdateCoefficients): number;
  dispose(): void;
}

type Examples = { readonly inputs: tf.Tensor; readonly targets: tf.Tensor };
type Inputs = Examples & { readonly seed: tf.Tensor };
type UpdateInputs = Inputs & { readonly nBatches: tf.Tensor };
/** `norm` is that of the gradients before clipping, 0 where nothing is updated. */
type Figures = { readonly loss: tf.Tensor; readonly norm: tf.Tensor };
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
  const check = ({ loss, norm }: Figures) => assertFinite(numberOf(loss), numberOf(norm), current);
  const accumulate = compile(
    ({ inputs, targets, seed }: Inputs) => {
      const { loss, gradients } = maths.gradients(inputs, targets, seed);
      maths.keep(gradients);
      return { loss, norm: tf.scalar(0) };
    },
    { check },
  );
  const update = compile(
    ({ inputs, targets, seed, nBatches }: UpdateInputs): Figures & NamedGradients => {
      const { loss, gradients } = maths.gradients(inputs, targets, seed);
      const clipped = maths.clipped(gradients, nBatches);
      const named = [...clipped.gradients].map(([name, gradient]) => [GRADIENT + name, gradient] as const);
      return { loss, norm: clipped.norm, ...Object.fromEntries(named) };
    },
    { check },
  );
  const inputsOf = (batch: Batch, seed: number): Inputs => {
    current = batch;
    return { ...examplesOf(batch), seed: tf.scalar(seed, 'int32') };
  };
  return {
    accumulate: (batch, seed) => lossOf(() => accumulate(inputsOf(batch, seed)).loss),
    update: (batch, seed, nBatches, coefficients) =>
      lossOf(() => {
        const results = update({ ...inputsOf(batch, seed), nBatches: tf.scalar(nBatches) });
        // Not part of the program, whose variables are fixed while it runs: weights are changed where they lie.
        const gradients: Gradients = new Map();
        for (const name of parts.trained.keys()) gradients.set(name, results[`${GRADIENT}${name}`]);
        parts.optimizer.apply(gradients, coefficients);
        return results.loss;
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
  const gradientsOf = (batch: Batch, seed: number): { loss: tf.Scalar; gradients: Gradients } => {
    const { inputs, targets } = examplesOf(batch);
    const { loss, gradients } = maths.gradients(inputs, targets, seed);
    assertFinite(numberOf(loss), 0, batch);
    return { loss, gradients };
  };
  return {
    accumulate: (batch, seed) =>
      lossOf(() => {
        const { loss, gradients } = gradientsOf(batch, seed);
        maths.keep(gradients);
        return loss;
      }),
    update: (batch, seed, nBatches, coefficients) =>
      lossOf(() => {
        const { loss, gradients } = gradientsOf(batch, seed);
        const clipped = maths.clipped(gradients, nBatches);
        assertFinite(0, numberOf(clipped.norm), batch);
        parts.optimizer.apply(clipped.gradients, coefficients);
        return loss;
      }),
    dispose: () => maths.dispose(),
  };
}

type Gradients = Map<string, tf.Tensor>;

/** The parts of a step, none of which reads a value. */
function createMaths({ forward, loss, trained, options }: StepParts) {
  const list = [...trained.values()];
  const accumulates = options.gradientAccumulationSteps > 1;
  const sums = new Map(
    [...trained].map(([name, variable]) => {
      return [name, accumulates ? tf.tidy(() => tf.variable(tf.zerosLike(variable), false)) : undefined];
    }),
  );
  return {
    gradients: (inputs: tf.Tensor, targets: tf.Tensor, seed: number | tf.Tensor) => {
      const { value, grads } = tf.variableGrads(() => loss(forward(inputs, seed), targets), list);
      const gradients: Gradients = new Map([...trained].map(([name, variable]) => [name, grads[variable.name]]));
      return { loss: value, gradients };
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

function examplesOf(batch: Batch): Examples {
  return { inputs: tf.tensor(batch.inputs, [...batch.shape]), targets: targetsOf(batch.labels, batch.softLabels) };
}

function lossOf(step: () => tf.Tensor): number {
  return tf.tidy(() => numberOf(step()));
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

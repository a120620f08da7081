/** Averages of the weights over the course of training, which are evaluated and saved in their place. */
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../graph/compile.js';
import { estimateStatistics, type StatisticsParts } from './batch-statistics.js';

/** An average that grows as training goes on. */
export interface WeightAverage {
  /** The averages, under the names of the weights: with the counters of the run they are the whole state. */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** From the end of this epoch on (from 1) the averages stand for the model. */
  readonly firstEpoch: number;
  /** @param step number of the update, from 1 */
  afterUpdate(step: number): void;
  /** @param epoch number of the epoch, from 1 */
  afterEpoch(epoch: number): void;
  /** Assigns the averages to the weights. */
  adopt(epoch: number): Promise<void>;
  dispose(): void;
}

/**
 * An exponential moving average of all weights, batch-norm statistics included, after each update:
 * `a = decay a + (1 - decay) w`; the first update starts it, as in `torch.optim.swa_utils.get_ema_multi_avg_fn`.
 *
 * @param isCompiled whether it is one program of the native engine
 */
export function createExponentialAverage(
  weights: ReadonlyMap<string, tf.Variable>,
  decay: number,
  isCompiled: boolean,
): WeightAverage {
  const variables = copiesOf(weights);
  const mix = ({ kept }: { kept: tf.Tensor }) => {
    const taken = tf.sub(1, kept);
    for (const [name, variable] of weights) {
      const average = variables.get(name) as tf.Variable;
      average.assign(tf.add(tf.mul(average, kept), tf.mul(variable, taken)));
    }
    return {};
  };
  const compiled = isCompiled ? compile(mix) : undefined;
  return {
    variables,
    firstEpoch: 1,
    afterUpdate: (step) => {
      tf.tidy(() => {
        (compiled ?? mix)({ kept: tf.scalar(step === 1 ? 0 : decay) });
      });
    },
    afterEpoch: () => {},
    adopt: async () => assignAll(weights, variables),
    dispose: () => {
      compiled?.dispose();
      tf.dispose([...variables.values()]);
    },
  };
}

/**
 * Stochastic weight averaging (Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI
 * 2018): the mean of the trained weights at the ends of the last epochs, as `torch.optim.swa_utils.AveragedModel`. Where
 * the averages are adopted, batch-norm statistics are estimated anew over the training set, as by `update_bn`.
 *
 * @param trained the weights that are averaged
 * @param firstEpoch from which on they are
 * @param estimation what the statistics are estimated with
 */
export function createStochasticAverage(
  trained: ReadonlyMap<string, tf.Variable>,
  firstEpoch: number,
  estimation: StatisticsParts,
): WeightAverage {
  const variables = copiesOf(trained);
  return {
    variables,
    firstEpoch,
    afterUpdate: () => {},
    afterEpoch: (epoch) => {
      const nBefore = epoch - firstEpoch;
      if (nBefore < 0) return;
      tf.tidy(() => {
        for (const [name, variable] of trained) {
          const average = variables.get(name) as tf.Variable;
          if (nBefore === 0) average.assign(variable);
          else average.assign(tf.add(average, tf.div(tf.sub(variable, average), nBefore + 1)));
        }
      });
    },
    adopt: async (epoch) => {
      assignAll(trained, variables);
      await estimateStatistics(estimation, epoch);
    },
    dispose: () => tf.dispose([...variables.values()]),
  };
}

/**
 * Runs `use` while the weights hold their averages.
 *
 * @param average none: the weights are used as they are
 */
export async function withAverages<Result>(
  average: WeightAverage | undefined,
  weights: ReadonlyMap<string, tf.Variable>,
  epoch: number,
  use: () => Promise<Result>,
): Promise<Result> {
  if (average === undefined || epoch < average.firstEpoch) return use();
  const kept = new Map([...weights].map(([name, variable]) => [name, tf.keep(tf.clone(variable))]));
  try {
    await average.adopt(epoch);
    return await use();
  } finally {
    assignAll(weights, kept);
    tf.dispose([...kept.values()]);
  }
}

function copiesOf(weights: ReadonlyMap<string, tf.Variable>): Map<string, tf.Variable> {
  const copy = (variable: tf.Variable): tf.Variable => tf.tidy(() => tf.variable(tf.clone(variable), false));
  return new Map([...weights].map(([name, variable]) => [name, copy(variable)]));
}

function assignAll(variables: ReadonlyMap<string, tf.Variable>, values: ReadonlyMap<string, tf.Tensor>): void {
  for (const [name, variable] of variables) variable.assign(values.get(name) as tf.Tensor);
}

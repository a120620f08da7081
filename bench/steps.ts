/**
 * Training steps and forward passes of LCNN as compiled programs, beside the same op by op and beside PyTorch in both of
 * its layouts. Rates are steps per second, so a ratio of 2.5 is 0.4 of the time. The bars hold where PyTorch's matmul is
 * slower than ours, as on AMD; where the two are equal, 1.5 times looser.
 */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../src/data/batch.js';
import { trainingOptions } from '../src/experiment/training-options.js';
import { compile } from '../src/graph/compile.js';
import { releaseProgram } from '../src/graph/program.js';
import { record } from '../src/graph/record.js';
import { simplifyProgram } from '../src/graph/simplify.js';
import { summarizeProgram } from '../src/graph/summarize.js';
import { createForward } from '../src/inference/forward.js';
import { targetsOf } from '../src/losses/reduction.js';
import { createLoss } from '../src/losses/registry.js';
import { namedWeights, variablesOf } from '../src/models/named-weights.js';
import { namedOutputs } from '../src/models/outputs.js';
import { buildModel } from '../src/models/registry.js';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { createRandom } from '../src/runtime/random.js';
import { createOptimizer } from '../src/training/optimizers.js';
import { createTrainingStep } from '../src/training/step.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, type TimedWork, timed } from './support/comparison.js';
import { type PythonPeer, preparePython, startPeer } from './support/python-peer.js';

const SHAPE = [16, 400, 60] as const;
const N_ROUNDS = 12;
const N_DENSE = 100;
const DENSE_WIDTH = 64;
const MATMUL_SIZE = 2048;
/** Rates to reach: the inverse of the share of the other's time. */
const BARS = {
  train: 1 / 0.4,
  trainChannelsLast: 1 / 0.6,
  trainPlain: 1 / 0.5,
  forward: 1 / 0.5,
  stack: 1 / 0.3,
  forwardChannelsLast: 1,
};

/** What the peer answers. */
interface Answer<Result> {
  readonly seconds: number;
  readonly result: Result;
}

/** LCNN's step and forward pass. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('torch', say);
  const threads = availableParallelism();
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const peers = [startPeer(python, 'steps.py'), startPeer(python, 'steps.py')];
  const ours = prepare();
  const stack = prepareStack();
  try {
    say(`${engine.source}, ${(await peers[0].ask<Answer<string>>({ action: 'describe' })).result}, ${threads} threads`);
    for (const [index, peer] of peers.entries()) {
      const request = {
        action: 'prepare',
        threads,
        shape: SHAPE,
        channelsLast: index === 1,
        matmulSize: MATMUL_SIZE,
      };
      const { result } = await peer.ask<Answer<number>>(request);
      // A race between two different models would say nothing.
      if (result !== ours.nParameters) {
        throw new VoiceproofError(`bench: LCNN: expected ${ours.nParameters} parameters in PyTorch, got ${result}`);
      }
    }
    const seconds = await timed(() => ours.train());
    say(`the first compiled step, recorded and compiled: ${seconds.toFixed(2)} s`);
    const there =
      (peer: PythonPeer, action: string): TimedWork =>
      async () =>
        (await peer.ask<Answer<number>>({ action })).seconds;
    const here =
      (work: () => void): TimedWork =>
      () =>
        timed(work);
    const row = (name: string, bar: number | null, work: () => void, peer: TimedWork): Promise<TimedComparison> => {
      say(`${name} ...`);
      return compare({ name, units: 1, rounds: N_ROUNDS, bar, ours: here(work), peer });
    };
    const [standard, last] = peers;
    const matmul = await row(
      `matmul of ${MATMUL_SIZE}, PyTorch`,
      null,
      () => tf.tidy(() => tf.slice(tf.matMul(ours.matrix, ours.matrix), 0, 1).dataSync()),
      there(standard, 'matmul'),
    );
    const train = await row('LCNN train, PyTorch', BARS.train, ours.train, there(standard, 'train'));
    const peak = matmul.ours * 2 * MATMUL_SIZE ** 3;
    const share = (100 * train.ours * ours.flops) / peak;
    say(
      `matmul peak ${(peak / 1e9).toFixed(0)} GFLOP/s; the step's ${(ours.flops / 1e9).toFixed(1)} GFLOP run at ${share.toFixed(0)} % of it`,
    );
    return [
      matmul,
      train,
      await row('LCNN train, PyTorch channels_last', BARS.trainChannelsLast, ours.train, there(last, 'train')),
      await row('LCNN train, op by op', BARS.trainPlain, ours.train, here(ours.trainPlain)),
      await row('LCNN forward, PyTorch', BARS.forward, ours.forward, there(standard, 'forward')),
      await row('LCNN forward, PyTorch channels_last', BARS.forwardChannelsLast, ours.forward, there(last, 'forward')),
      await row(`${N_DENSE} dense layers train, op by op`, BARS.stack, stack.train, here(stack.trainPlain)),
    ];
  } finally {
    for (const peer of peers) peer.close();
    ours.dispose();
    stack.dispose();
    engine.close();
  }
};

/** A deep stack of small ops: gradient descent on dense layers of one width. */
function prepareStack() {
  const kernels = Array.from({ length: N_DENSE }, (_, i) =>
    tf.tidy(() => tf.variable(tf.randomNormal([DENSE_WIDTH, DENSE_WIDTH], 0, 1 / 8, 'float32', i))),
  );
  const biases = kernels.map(() => tf.tidy(() => tf.variable(tf.zeros([DENSE_WIDTH]))));
  const variables = [...kernels, ...biases];
  const step = ({ x }: { x: tf.Tensor }) => {
    const forward = () => {
      const y = kernels.reduce<tf.Tensor>((y, kernel, i) => tf.relu(tf.add(tf.matMul(y, kernel), biases[i])), x);
      return tf.mean(tf.square(y)) as tf.Scalar;
    };
    const { value, grads } = tf.variableGrads(forward, variables);
    for (const variable of variables) variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 1e-3)));
    return { loss: value };
  };
  const compiled = compile(step);
  const x = tf.randomNormal([16, DENSE_WIDTH], 0, 1, 'float32', 0);
  const run = (fn: typeof step) => () => {
    tf.tidy(() => fn({ x }).loss.dataSync());
  };
  return {
    train: run(compiled),
    trainPlain: run(step),
    dispose: () => {
      compiled.dispose();
      tf.dispose([...variables, x]);
    },
  };
}

/** Our side: one model, its steps and its forward pass. */
function prepare() {
  const model = buildModel({ type: 'lcnn' }, SHAPE.slice(1), 0);
  const trained = new Map([...variablesOf(namedWeights(model))].filter(([, { trainable }]) => trainable));
  const options = trainingOptions.parse({ learningRate: 1e-4 });
  const optimizer = createOptimizer(trained, options);
  const random = createRandom('bench');
  const batch: Batch = {
    inputs: Float32Array.from({ length: SHAPE[0] * SHAPE[1] * SHAPE[2] }, () => random.normal()),
    shape: SHAPE,
    labels: Int32Array.from({ length: SHAPE[0] }, (_, row) => row % 2),
    utterances: [],
    indices: new Int32Array(SHAPE[0]),
  };
  const parts = {
    forward: (inputs: tf.Tensor, seed: number | tf.Tensor) =>
      namedOutputs(model.apply(inputs, { training: true, seed }) as tf.Tensor),
    loss: createLoss(options, [1, 1], { nLogits: 2, kind: 'linear' }),
    trained,
    weights: variablesOf(namedWeights(model)),
    optimizer,
    options,
  };
  const [compiled, plain] = [true, false].map((isCompiled) => createTrainingStep({ ...parts, isCompiled }));
  const forward = createForward(model, true);
  const inputs = tf.tensor(batch.inputs, [...SHAPE]);
  const matrix = tf.tidy(() => tf.neg(tf.ones([MATMUL_SIZE, MATMUL_SIZE]))) as tf.Tensor2D;
  let step = 0;
  const update = ({ update }: typeof compiled) => {
    step += 1;
    update(batch, step, 1, optimizer.coefficients(options.learningRate, step));
  };
  const program = record(
    ({ x, seed, targets }: { x: tf.Tensor; seed: tf.Tensor; targets: tf.Tensor }) => {
      const { value, grads } = tf.variableGrads(
        () => parts.loss(parts.forward(x, seed).logits, targets),
        [...trained.values()],
      );
      return { loss: value, ...grads };
    },
    { x: inputs, seed: tf.scalar(0, 'int32'), targets: targetsOf(batch.labels) },
  );
  const { parameters, flops } = summarizeProgram(simplifyProgram(program));
  releaseProgram(program);
  return {
    nParameters: parameters,
    flops,
    matrix,
    train: () => update(compiled),
    trainPlain: () => update(plain),
    forward: () => {
      tf.tidy(() => forward.run(inputs).dataSync());
    },
    dispose: () => {
      compiled.dispose();
      plain.dispose();
      forward.dispose();
      optimizer.dispose();
      model.dispose();
      tf.dispose([inputs, matrix]);
    },
  };
}

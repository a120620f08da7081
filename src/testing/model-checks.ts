/** What every architecture must do. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';
import type { ModelDefinition } from '../experiment/definitions.js';
import { compile } from '../graph/compile.js';
import type { ModelType } from '../models/model.js';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { parseOptions } from '../runtime/options.js';
import { storable, uploadTensors } from '../runtime/tensor-store.js';
import { assert, assertEqual, assertFinite, assertSameNumbers, assertThrows, type Check, runChecks } from './check.js';
import { ensureEngine } from './engine.js';
import { spreadTensor } from './gradients.js';
import { copyByJson } from './layer-checks.js';

/** One way to build an architecture. */
export interface ModelCase {
  /** All of them, by which the first case also tells that none is forgotten. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Shape of one example. */
  readonly inputShape: readonly number[];
  /** The same with free lengths, where the architecture allows them. */
  readonly freeShape: readonly (number | null)[];
  /** Number of logits. */
  readonly nLogits: 1 | 2;
  /** Whether training draws from the seed. */
  readonly isRandom: boolean;
}

const BATCH = 3;

/**
 * Checks an architecture: logits as promised, weights by the seed alone and under stable names, gradients to each, a step that
 * lowers the loss, a batch equal to its rows, free lengths, the same after JSON, stored weights taken back, the same compiled,
 * no tensors left behind.
 *
 * @throws ContractError that lists all that does not hold
 */
export async function checkModel<Schema extends z.ZodType>(
  model: ModelDefinition<Schema>,
  cases: readonly ModelCase[],
): Promise<void> {
  await ensureEngine();
  await runChecks(model.name, modelChecks(model.name, model.entry as unknown as ModelType, cases));
}

/** The checks of {@link checkModel}, for those who run them one by one, with the native engine started. */
export function modelChecks(type: string, entry: ModelType, cases: readonly ModelCase[]): Check[] {
  const create = (options: object, shape: readonly (number | null)[], seed: number) =>
    entry.build(parseOptions(entry.schema, options, type), shape, seed);
  const [first] = cases;
  return [
    {
      name: 'refuses options it does not know, and takes its defaults from its schema',
      run: () => {
        const act = () => create({ unheardOf: 1 }, first.inputShape, 1);
        assertThrows(act, /unknown option unheardOf/, 'an option unheardOf');
        const known = Object.keys(entry.schema.parse({}) as object).sort();
        assertEqual(known, Object.keys(first.options).sort(), 'options with a default');
      },
    },
    {
      name: 'is the same compiled',
      run: () => {
        const net = create(first.options, first.inputShape, 1);
        const forward = ({ x }: { x: tf.Tensor }) => ({ logits: net.apply(x, { training: false }) as tf.Tensor });
        const compiled = compile(forward);
        const x = spreadTensor([BATCH, ...first.inputShape], 1);
        const [got, wanted] = [compiled({ x }).logits.dataSync(), forward({ x }).logits.dataSync()];
        compiled.dispose();
        const error = Math.max(...Array.from(got, (value, i) => Math.abs(value - wanted[i])));
        // Fused kernels round in another order.
        assert(error < 1e-5, `expected logits within 1e-5 of those op by op, got ${error}`);
      },
    },
    ...cases.flatMap((each) =>
      caseChecks((shape, seed) => create(each.options, shape, seed), each).map(({ name, run }) => ({
        name: `with ${JSON.stringify(each.options)}: ${name}`,
        run,
      })),
    ),
  ];
}

type Build = (shape: readonly (number | null)[], seed: number) => LayersModel;

const infer = (net: LayersModel, x: tf.Tensor) => net.apply(x, { training: false }) as tf.Tensor;
const train = (net: LayersModel, x: tf.Tensor, seed: number) => net.apply(x, { training: true, seed }) as tf.Tensor;
const trainedOf = (net: LayersModel) =>
  [...namedWeights(net).values()].filter(({ trainable }) => trainable).map(({ variable }) => variable);

function caseChecks(create: Build, each: ModelCase): Check[] {
  const { inputShape, nLogits, isRandom } = each;
  const build = (seed = 1) => create(inputShape, seed);
  const input = () => spreadTensor([BATCH, ...inputShape], 1);
  const step = (net: LayersModel, x: tf.Tensor, seed: number) =>
    tf.variableGrads(() => {
      const labels = tf.mul(tf.oneHot(tf.tensor1d([0, 1, 1], 'int32'), 2), 1);
      const logits = train(net, x, seed);
      const pairs = nLogits === 2 ? logits : tf.concat([tf.neg(logits), logits], 1);
      return tf.losses.softmaxCrossEntropy(labels, pairs) as tf.Scalar;
    }, trainedOf(net));

  const givesLogits = () => {
    const net = build();
    assertEqual(infer(net, input()).shape, [BATCH, nLogits], 'shape at inference');
    assertEqual(train(net, input(), 1).shape, [BATCH, nLogits], 'shape in training');
    assertEqual(net.outputShape, [null, nLogits], 'outputShape');
  };

  const namesWeights = () => {
    const names = [...namedWeights(build()).keys()];
    assertEqual([...namedWeights(build()).keys()], names, 'names, built again');
    for (const name of names) {
      assert(/^[a-z0-9-]+\/[a-z_]+$/.test(name), `expected names like layer/kernel, got ${name}; name every layer`);
    }
  };

  const reachesWeights = () => {
    const net = build();
    const { grads } = step(net, input(), 1);
    for (const [name, { variable, trainable }] of namedWeights(net)) {
      if (!trainable) continue;
      const values = grads[variable.name].dataSync<'float32'>();
      assertFinite(values, `gradient of ${name}`);
      assert(
        values.some((value) => value !== 0),
        `gradient of ${name}: expected one that is not zero, got zeros`,
      );
    }
  };

  const learns = () => {
    const net = build();
    const { value, grads } = step(net, input(), 5);
    const length = Math.hypot(...Object.values(grads).map((gradient) => tf.norm(gradient).dataSync()[0]));
    for (const variable of trainedOf(net)) {
      variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.01 / length)));
    }
    const [before, after] = [value.dataSync()[0], step(net, input(), 5).value.dataSync()[0]];
    assert(after < before, `expected a loss below ${before}, got ${after}`);
  };

  const drawsFromCall = () => {
    const [first, same, other] = [1, 1, 2].map((seed) => train(build(), input(), seed).dataSync());
    assertSameNumbers(same, first, 'output of the same seed');
    const isOther = !first.every((value, i) => value === other[i]);
    assert(isOther === isRandom, `expected ${isRandom ? 'another' : 'the same'} output from another seed`);
  };

  const equalsItsRows = () => {
    const net = build();
    const x = input();
    const rows = tf.concat(tf.split(x, BATCH).map((row) => infer(net, row)));
    const error = tf.max(tf.abs(tf.sub(infer(net, x), rows))).dataSync()[0];
    // Convolutions sum in another order for another batch size.
    assert(error < 1e-5, `expected rows within 1e-5 of the batch, got ${error}`);
  };

  const takesFreeLengths = () => {
    const { freeShape } = each;
    const free = create(freeShape, 1);
    assertSameNumbers(infer(free, input()).dataSync(), infer(build(), input()).dataSync(), 'output');
    const longer = spreadTensor([1, ...inputShape.map((n, axis) => (freeShape[axis] === null ? n + 7 : n))], 2);
    assertEqual(infer(free, longer).shape, [1, nLogits], 'shape of a longer input’s output');
  };

  const comesBackFromJson = async () => {
    const net = build();
    const copy = await copyByJson(net);
    assertSameNumbers(infer(copy, input()).dataSync(), infer(net, input()).dataSync(), 'output at inference');
    assertSameNumbers(train(copy, input(), 3).dataSync(), train(net, input(), 3).dataSync(), 'output in training');
  };

  const leavesNothing = () => {
    const x = input();
    const start = tf.memory().numTensors;
    const net = build();
    const once = (seed: number) => {
      const { value, grads } = step(net, x, seed);
      tf.dispose([value, grads, infer(net, x)]);
    };
    once(1);
    const before = tf.memory().numTensors;
    once(2);
    once(3);
    assertEqual(tf.memory().numTensors, before, 'tensors alive after steps');
    net.dispose();
    assertEqual(tf.memory().numTensors, start, 'tensors alive after dispose');
  };

  return [
    { name: 'gives its logits, in training and at inference', run: givesLogits },
    { name: 'equal seeds give equal weights, and another seed moves every random one', run: () => seedsWeights(build) },
    { name: 'its weights are named after layers and roles, whatever was built before', run: namesWeights },
    { name: 'each trained weight gets a finite gradient that is not zero', run: reachesWeights },
    { name: 'one training step against the gradient lowers the loss', run: learns },
    { name: 'random layers draw from the call’s seed alone', run: drawsFromCall },
    { name: 'a batch equals its rows at inference', run: equalsItsRows },
    { name: 'takes free lengths with the same weights', run: takesFreeLengths },
    { name: 'comes back from JSON with equal output', run: comesBackFromJson },
    { name: 'takes its stored weights back, and no others', run: () => takesStoredWeights(build, input) },
    { name: 'leaves no tensors behind, in training, at inference, and when it is disposed of', run: leavesNothing },
  ];
}

function seedsWeights(build: (seed: number) => LayersModel): void {
  const weights = weightsOf(build(1));
  const [first, same, other] = [weights, weightsOf(build(1)), weightsOf(build(2))].map(digestsOf);
  assertEqual([...same], [...first], 'weights of the same seed');
  for (const [name, { data }] of weights) {
    const isConstant = data.every((value) => value === data[0]);
    assert(isConstant || other.get(name) !== first.get(name), `${name}: expected another one from another seed`);
  }
}

function takesStoredWeights(build: (seed: number) => LayersModel, input: () => tf.Tensor): void {
  const [from, to] = [build(1), build(2)];
  train(from, input(), 1); // moves the running statistics, too
  const weights = weightsOf(from);
  const assign = (tensors: typeof weights): void => uploadTensors('file', tensors, variablesOf(namedWeights(to)));
  assign(weights);
  assertSameNumbers(infer(to, input()).dataSync(), infer(from, input()).dataSync(), 'output with the stored weights');
  const [first] = weights.keys();
  const before = weightsOf(to);
  const without = new Map([...weights].slice(1));
  assertThrows(() => assign(without), new RegExp(`^file: .*1 missing: ${first};`), 'a weight missing');
  const beyond = new Map([...weights, ['x/y', before.get(first) as never]]);
  assertThrows(() => assign(beyond), /1 unexpected: x\/y/, 'a weight too many');
  const scalar = { dtype: 'F32' as const, shape: [1, 1], data: new Float32Array(1) };
  const reshaped = new Map([...weights, [first, scalar] as const]);
  assertThrows(() => assign(reshaped), new RegExp(`file: .*${first} \\(expected float32`), 'a weight reshaped');
  assertEqual([...digestsOf(weightsOf(to))], [...digestsOf(before)], 'weights after what was refused');
}

/** As they are now, whatever becomes of the variables. */
const weightsOf = (net: LayersModel) =>
  new Map(
    [...storable(variablesOf(namedWeights(net)))].map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data },
    ]),
  );

/** What tells tensors apart, in a line each: comparing them number by number takes seconds. */
const digestsOf = (tensors: ReturnType<typeof weightsOf>): Map<string, string> =>
  new Map(
    [...tensors].map(([name, { dtype, shape, data }]) => {
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      return [name, `${dtype} [${shape}] ${createHash('sha256').update(bytes).digest('hex')}`];
    }),
  );

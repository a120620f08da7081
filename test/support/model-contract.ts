/** What every architecture must do. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ModelType } from '../../src/models/model.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel, models } from '../../src/models/registry.js';
import { CheckpointError, ConfigError } from '../../src/runtime/errors.js';
import { storable, uploadTensors } from '../../src/runtime/tensor-store.js';
import { startTestEngine } from './engine.js';
import { spreadTensor } from './gradient-check.js';

/** One way to build an architecture. */
export interface ModelCase {
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

/** Runs the contract for the architecture that the registry has under `type`. */
export function describeModelContract(type: string, cases: readonly ModelCase[]): void {
  beforeAll(async () => {
    await startTestEngine();
  });

  test(`${type} refuses options it does not know, and takes its defaults from its schema`, () => {
    const entry: ModelType = models.get(type, 'test');
    expect(() => buildModel({ type, unheardOf: 1 }, cases[0].inputShape, 1)).toThrow(ConfigError);
    expect(() => buildModel({ type, unheardOf: 1 }, cases[0].inputShape, 1)).toThrow(/unknown option unheardOf/);
    expect(Object.keys(entry.schema.parse({}) as object).sort()).toEqual(Object.keys(cases[0].options).sort());
  });

  describe.each(cases)(`${type} with $options`, ({ options, inputShape, freeShape, nLogits, isRandom }) => {
    const build = (seed = 1, shape: readonly (number | null)[] = inputShape) =>
      buildModel({ type, ...options }, shape, seed);
    const input = (seed = 1) => spreadTensor([BATCH, ...inputShape], seed);
    const infer = (net: LayersModel, x: tf.Tensor) => net.apply(x, { training: false }) as tf.Tensor;
    const train = (net: LayersModel, x: tf.Tensor, seed: number) => net.apply(x, { training: true, seed }) as tf.Tensor;
    const trained = (net: LayersModel) =>
      [...namedWeights(net).values()].filter(({ trainable }) => trainable).map(({ variable }) => variable);
    const step = (net: LayersModel, x: tf.Tensor, seed: number) =>
      tf.variableGrads(() => {
        const labels = tf.mul(tf.oneHot(tf.tensor1d([0, 1, 1], 'int32'), 2), 1);
        const logits = train(net, x, seed);
        const pairs = nLogits === 2 ? logits : tf.concat([tf.neg(logits), logits], 1);
        return tf.losses.softmaxCrossEntropy(labels, pairs) as tf.Scalar;
      }, trained(net));

    test('gives its logits, in training and at inference', () => {
      const net = build();
      expect(infer(net, input()).shape).toEqual([BATCH, nLogits]);
      expect(train(net, input(), 1).shape).toEqual([BATCH, nLogits]);
      expect(net.outputShape).toEqual([null, nLogits]);
    });

    test('equal seeds give equal weights, and another seed moves every random one', () => {
      const weights = weightsOf(build(1));
      const [first, same, other] = [weights, weightsOf(build(1)), weightsOf(build(2))].map(digestsOf);
      expect([...same]).toEqual([...first]);
      for (const [name, { data }] of weights) {
        const isConstant = data.every((value) => value === data[0]);
        if (!isConstant) expect(other.get(name), name).not.toBe(first.get(name));
      }
    });

    test('its weights are named after layers and roles, whatever was built before', () => {
      const names = [...namedWeights(build()).keys()];
      expect([...namedWeights(build()).keys()]).toEqual(names);
      for (const name of names) expect(name).toMatch(/^[a-z0-9-]+\/[a-z_]+$/);
    });

    test('each trained weight gets a finite gradient that is not zero', () => {
      const net = build();
      const { grads } = step(net, input(), 1);
      for (const [name, { variable, trainable }] of namedWeights(net)) {
        if (!trainable) continue;
        const values = grads[variable.name].dataSync<'float32'>();
        expect(values.every(Number.isFinite), name).toBe(true);
        expect(
          values.some((value) => value !== 0),
          name,
        ).toBe(true);
      }
    });

    test('one training step against the gradient lowers the loss', () => {
      const net = build();
      const { value, grads } = step(net, input(), 5);
      const length = Math.hypot(...Object.values(grads).map((gradient) => tf.norm(gradient).dataSync()[0]));
      for (const variable of trained(net)) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.01 / length)));
      }
      expect(step(net, input(), 5).value.dataSync()[0]).toBeLessThan(value.dataSync()[0]);
    });

    test('random layers draw from the call’s seed alone', () => {
      const outputs = [1, 1, 2].map((seed) => train(build(), input(), seed).dataSync());
      expect(outputs[1]).toEqual(outputs[0]);
      if (isRandom) expect(outputs[2]).not.toEqual(outputs[0]);
      else expect(outputs[2]).toEqual(outputs[0]);
    });

    test('a batch equals its rows at inference', () => {
      const net = build();
      const x = input();
      const rows = tf.concat(tf.split(x, BATCH).map((row) => infer(net, row)));
      // Convolutions sum in another order for another batch size.
      expect(tf.max(tf.abs(tf.sub(infer(net, x), rows))).dataSync()[0]).toBeLessThan(1e-5);
    });

    test('takes free lengths with the same weights', () => {
      const free = build(1, freeShape);
      expect(infer(free, input()).dataSync()).toEqual(infer(build(), input()).dataSync());
      const longer = spreadTensor([1, ...inputShape.map((n, axis) => (freeShape[axis] === null ? n + 7 : n))], 2);
      expect(infer(free, longer).shape).toEqual([1, nLogits]);
    });

    test('comes back from JSON with equal output', async () => {
      const net = build();
      let saved: tf.io.ModelArtifacts = {};
      await net.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
      const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology));
      const copy = await loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology }));
      expect(infer(copy, input()).dataSync()).toEqual(infer(net, input()).dataSync());
      expect(train(copy, input(), 3).dataSync()).toEqual(train(net, input(), 3).dataSync());
    });

    test('takes its stored weights back, and no others', () => {
      const [from, to] = [build(1), build(2)];
      train(from, input(), 1); // moves the running statistics, too
      const weights = weightsOf(from);
      const assign = (tensors: typeof weights): void => uploadTensors('file', tensors, variablesOf(namedWeights(to)));
      assign(weights);
      expect(infer(to, input()).dataSync()).toEqual(infer(from, input()).dataSync());
      const [first] = weights.keys();
      const without = new Map([...weights].slice(1));
      const before = weightsOf(to);
      expect(() => assign(without)).toThrow(CheckpointError);
      expect(() => assign(without)).toThrow(new RegExp(`^file: .*1 missing: ${first};`));
      expect(() => assign(new Map([...weights, ['x/y', before.get(first) as never]]))).toThrow(/1 unexpected: x\/y/);
      const reshaped = new Map([
        ...weights,
        [first, { dtype: 'F32' as const, shape: [1, 1], data: new Float32Array(1) }],
      ]);
      expect(() => assign(reshaped)).toThrow(new RegExp(`file: .*${first} \\(expected float32`));
      expect([...digestsOf(weightsOf(to))]).toEqual([...digestsOf(before)]);
    });

    test('leaves no tensors behind, in training, at inference, and when it is disposed of', () => {
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
      expect(tf.memory().numTensors).toBe(before);
      net.dispose();
      expect(tf.memory().numTensors).toBe(start);
    });
  });
}

/** What every layer of ours must do, on the native engine and on plain tfjs. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, type layers, loadLayersModel, model, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from './engine.js';
import { expectGradientsMatchDifferences, spreadTensor } from './gradient-check.js';

/** One way to use a layer. */
export interface LayerCase {
  /** The options; must survive JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Shape of the input; a list of shapes where the layer takes several. */
  readonly inputShape: readonly number[] | readonly (readonly number[])[];
  /** Shape of the output for that input. */
  readonly outputShape: readonly number[];
  /** Axes whose length may be left free when the layer is built, in every input. */
  readonly freeAxes: readonly number[];
  /** Names of the weights, in order. */
  readonly weights: readonly string[];
  /** Names of trained weights that can't change the output, such as a bias before a softmax. */
  readonly neutral?: readonly string[];
}

type LayerClass = (new (options: never) => layers.Layer) & { readonly className: string };

/** The engines that layers run on: each has its own path through some of them. */
export const BACKENDS = ['tensorflow', 'cpu'] as const;

/** Runs the contract for one class, once per case and engine. */
export function describeLayerContract(Layer: LayerClass, cases: readonly LayerCase[]): void {
  const create = (options: unknown) => new Layer(options as never);

  beforeAll(async () => {
    await startTestEngine();
  });
  afterAll(async () => {
    await tf.setBackend('tensorflow');
  });

  test(`${Layer.className} refuses options it does not know`, () => {
    expect(() => create({ ...cases[0].options, unheardOf: 1 })).toThrow(ConfigError);
    expect(() => create({ ...cases[0].options, unheardOf: 1 })).toThrow(/unknown option unheardOf/);
  });

  describe.each(BACKENDS)(`${Layer.className} on %s`, (backend) => {
    beforeAll(async () => {
      await tf.setBackend(backend);
    });

    describe.each(cases)('with $options and input $inputShape', ({ options, inputShape, outputShape, ...wanted }) => {
      const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as number[][];
      /** One alone, or the list of several, as tfjs passes a layer's inputs. */
      const bare = <T>(list: readonly T[]): T | T[] => (list.length === 1 ? (list[0] as T) : [...list]);
      const inputs = () => shapes.map((shape, i) => spreadTensor(shape, 1 + i));
      const build = () => {
        const layer = create(options);
        layer.build(bare(shapes));
        layer.built = true;
        return layer;
      };
      const apply = (layer: layers.Layer, xs: readonly tf.Tensor[], training: boolean) =>
        layer.apply(bare(xs), { training, seed: 7 }) as tf.Tensor;

      test.each([true, false])('gives the shape it promises, training %s', (training) => {
        const layer = build();
        expect(layer.computeOutputShape(bare(shapes))).toEqual(outputShape);
        expect(apply(layer, inputs(), training).shape).toEqual(outputShape);
      });

      test('promises a free length where one comes in', () => {
        const symbols = shapes.map((lengths) => {
          const batchShape: Shape = lengths.map((length, axis) => (wanted.freeAxes.includes(axis) ? null : length));
          return input({ batchShape });
        });
        const layer = create(options);
        const promised = (layer.apply(bare(symbols)) as SymbolicTensor).shape;
        promised.forEach((length, axis) => {
          if (length !== null) expect(length).toBe(outputShape[axis]);
        });
        expect(promised[0]).toBeNull();
        expect(apply(layer, inputs(), false).shape).toEqual(outputShape);
      });

      test('has its weights under stable names', () => {
        const layer = create({ ...options, name: 'it' });
        layer.apply(bare(shapes.map((batchShape) => input({ batchShape }))));
        expect(layer.weights.map((weight) => weight.originalName)).toEqual(wanted.weights.map((name) => `it/${name}`));
      });

      test('comes back from JSON with equal output', async () => {
        const symbols = shapes.map((batchShape) => input({ batchShape }));
        const net = model({
          inputs: symbols,
          outputs: create({ ...options, name: 'it' }).apply(bare(symbols)) as SymbolicTensor,
        });
        let saved: tf.io.ModelArtifacts | undefined;
        await net.save(
          tf.io.withSaveHandler(async (artifacts) => {
            saved = artifacts;
            return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
          }),
        );
        const copy = await loadLayersModel(
          tf.io.fromMemory({ ...saved, modelTopology: JSON.parse(JSON.stringify(saved?.modelTopology)) }),
        );
        expect(copy.getLayer('it').getConfig()).toEqual(net.getLayer('it').getConfig());
        expect(copy.getLayer('it').getConfig()).toMatchObject(options);
        const xs = inputs();
        for (const training of [false, true]) {
          const [wantedValues, values] = [net, copy].map((each) =>
            (each.apply(bare(xs), { training, seed: 7 }) as tf.Tensor).dataSync(),
          );
          expect(values).toEqual(wantedValues);
        }
      });

      test('a batch equals its rows at inference', () => {
        const layer = build();
        const xs = inputs();
        const whole = apply(layer, xs, false);
        const [batch] = shapes[0] as number[];
        const rows = tf.concat(
          Array.from({ length: batch as number }, (_, i) =>
            apply(
              layer,
              xs.map((x) => tf.slice(x, i, 1)),
              false,
            ),
          ),
        );
        expect(tf.max(tf.abs(tf.sub(whole, rows))).dataSync()[0]).toBeLessThan(1e-6);
      });

      test.each([true, false])('its gradients equal finite differences, training %s', (training) => {
        const layer = build();
        const trained = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const before = trained.map((variable) => tf.clone(variable));
        const others = layer.nonTrainableWeights.map((weight) => weight.read() as tf.Variable);
        const start = others.map((variable) => tf.clone(variable));
        const values = before.map((value, i) => tf.add(value, tf.mul(spreadTensor(value.shape, 10 + i), 0.1)));
        const effective = layer.trainableWeights.flatMap(({ originalName }, i) =>
          wanted.neutral?.includes(originalName.split('/').at(-1) ?? '') ? [] : [i],
        );
        // A function of the weights' values: tfjs differentiates by tensors, so they stand in for the variables.
        const compute = (...tensors: tf.Tensor[]) => {
          others.forEach((variable, i) => {
            variable.assign(start[i]);
          });
          const varied = tensors.slice(shapes.length);
          const weights = values.map((value, i) => varied[effective.indexOf(i)] ?? value);
          return withWeights(layer, weights, () => apply(layer, tensors.slice(0, shapes.length), training));
        };
        expectGradientsMatchDifferences(compute, [...inputs(), ...effective.map((i) => values[i])]);
      });

      test.each([true, false])('leaves no tensors behind, training %s', (training) => {
        const layer = build();
        const xs = inputs();
        const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
        const step = () => {
          tf.dispose(apply(layer, xs, training));
          tf.dispose(tf.grads((...each) => tf.sum(apply(layer, each, training)))(xs));
          if (variables.length > 0) {
            const { value, grads } = tf.variableGrads(() => tf.sum(apply(layer, xs, training)) as tf.Scalar, variables);
            tf.dispose([value, grads]);
          }
        };
        step();
        const before = tf.memory().numTensors;
        step();
        expect(tf.memory().numTensors).toBe(before);
      });
    });
  });
}

/** Runs `compute` while the layer reads these tensors for its trained weights. */
function withWeights<T>(layer: layers.Layer, tensors: readonly tf.Tensor[], compute: () => T): T {
  const weights = layer.trainableWeights;
  const originals = weights.map((weight) => weight.read);
  weights.forEach((weight, i) => {
    weight.read = () => tensors[i];
  });
  try {
    return compute();
  } finally {
    weights.forEach((weight, i) => {
      weight.read = originals[i];
    });
  }
}

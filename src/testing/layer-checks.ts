/** What every layer must do, on the native engine and on plain tfjs. */
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  type layers,
  loadLayersModel,
  model,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { LayerClass, LayerDefinition } from '../experiment/definitions.js';
import { assert, assertEqual, assertSameNumbers, assertThrows, type Check, runChecks } from './check.js';
import { BACKENDS, ensureEngine, onBackend } from './engine.js';
import { assertGradients, spreadTensor } from './gradients.js';

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

/**
 * Checks a layer: shapes as promised, options refused that it does not know, weights under stable names, the same after JSON,
 * a batch equal to its rows, gradients equal to finite differences, no tensors left behind; on the native engine and on plain
 * tfjs, in training and at inference.
 *
 * @throws ContractError that lists all that does not hold
 */
export async function checkLayer(layer: LayerDefinition | LayerClass, cases: readonly LayerCase[]): Promise<void> {
  const Layer = 'Layer' in layer ? layer.Layer : layer;
  await ensureEngine();
  await runChecks(Layer.className, layerChecks(Layer, cases));
}

/** The checks of {@link checkLayer}, for those who run them one by one, with the native engine started. */
export function layerChecks(Layer: LayerClass, cases: readonly LayerCase[]): Check[] {
  const refuses: Check = {
    name: 'refuses options it does not know',
    run: () =>
      assertThrows(
        () => new Layer({ ...cases[0].options, unheardOf: 1 } as never),
        /unknown option unheardOf/,
        'an option unheardOf',
      ),
  };
  const others = BACKENDS.flatMap((backend) =>
    cases.flatMap((each) =>
      caseChecks(Layer, each).map(({ name, run }) => ({
        name: `on ${backend}, with ${JSON.stringify(each.options)} and input [${each.inputShape}]: ${name}`,
        run: () => onBackend(backend, run),
      })),
    ),
  );
  return [refuses, ...others];
}

function caseChecks(Layer: LayerClass, { options, inputShape, outputShape, ...wanted }: LayerCase): Check[] {
  const create = (options: unknown) => new Layer(options as never);
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

  const givesShape = (training: boolean) => {
    const layer = build();
    assertEqual(layer.computeOutputShape(bare(shapes)), outputShape, 'computeOutputShape');
    assertEqual(apply(layer, inputs(), training).shape, outputShape, 'shape of the output');
  };

  const promisesFreeLength = () => {
    const symbols = shapes.map((lengths) => {
      const batchShape: Shape = lengths.map((length, axis) => (wanted.freeAxes.includes(axis) ? null : length));
      return input({ batchShape });
    });
    const layer = create(options);
    const promised = (layer.apply(bare(symbols)) as SymbolicTensor).shape;
    promised.forEach((length, axis) => {
      if (length !== null) assertEqual(length, outputShape[axis], `length of axis ${axis}`);
    });
    assertEqual(promised[0], null, 'length of the batch axis');
    assertEqual(apply(layer, inputs(), false).shape, outputShape, 'shape of the output');
  };

  const namesWeights = () => {
    const layer = create({ ...options, name: 'it' });
    layer.apply(bare(shapes.map((batchShape) => input({ batchShape }))));
    const names = layer.weights.map((weight) => weight.originalName);
    assertEqual(
      names,
      wanted.weights.map((name) => `it/${name}`),
      'names of the weights',
    );
  };

  const comesBackFromJson = async () => {
    const symbols = shapes.map((batchShape) => input({ batchShape }));
    const outputs = create({ ...options, name: 'it' }).apply(bare(symbols)) as SymbolicTensor;
    const net = model({ inputs: symbols, outputs });
    const copy = await copyByJson(net);
    const configs = [copy, net].map((each) => each.getLayer('it').getConfig());
    assertEqual(configs[0], configs[1], 'getConfig of the copy');
    for (const [name, value] of Object.entries(options)) assertEqual(configs[0][name], value, `getConfig().${name}`);
    const xs = inputs();
    for (const training of [false, true]) {
      const [values, wantedValues] = [copy, net].map((each) =>
        (each.apply(bare(xs), { training, seed: 7 }) as tf.Tensor).dataSync(),
      );
      assertSameNumbers(values, wantedValues, `output of the copy, training ${training}`);
    }
  };

  const equalsItsRows = () => {
    const layer = build();
    const xs = inputs();
    const whole = apply(layer, xs, false);
    const rows = Array.from({ length: shapes[0][0] }, (_, i) => {
      const row = xs.map((x) => tf.slice(x, i, 1));
      return apply(layer, row, false);
    });
    const error = tf.max(tf.abs(tf.sub(whole, tf.concat(rows)))).dataSync()[0];
    assert(error < 1e-6, `expected rows within 1e-6 of the batch, got ${error}`);
  };

  const differentiates = (training: boolean) => {
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
    assertGradients(compute, [...inputs(), ...effective.map((i) => values[i])]);
  };

  const leavesNothing = (training: boolean) => {
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
    assertEqual(tf.memory().numTensors, before, 'tensors alive');
  };

  const both = (name: string, run: (training: boolean) => void): Check[] =>
    [true, false].map((training) => ({ name: `${name}, training ${training}`, run: () => run(training) }));
  return [
    ...both('gives the shape it promises', givesShape),
    { name: 'promises a free length where one comes in', run: promisesFreeLength },
    { name: 'has its weights under stable names', run: namesWeights },
    { name: 'comes back from JSON with equal output', run: comesBackFromJson },
    { name: 'a batch equals its rows at inference', run: equalsItsRows },
    ...both('its gradients equal finite differences', differentiates),
    ...both('leaves no tensors behind', leavesNothing),
  ];
}

/** A model as it is after it was written as JSON and read. */
export async function copyByJson(net: LayersModel): Promise<LayersModel> {
  let saved: tf.io.ModelArtifacts = {};
  await net.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology));
  return loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology }));
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

/**
 * Parity of training with transformers 5.23.0 in float64 (reference/wav2vec2, train.json): losses, gradients of the first
 * step, and weights after three steps of AdamW, with and without the convolutions frozen. All within 1e-3 but the keys'
 * biases, whose true gradient is 0, so that the optimizer follows rounding noise.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { type HuggingFaceModel, parseHuggingFaceConfig } from '../../src/models/wav2vec2.config.js';
import { wav2vec2 } from '../../src/models/wav2vec2.js';
import { importWav2Vec2 } from '../../src/models/wav2vec2.weights.js';
import { readSafetensors, type StoredTensor } from '../../src/runtime/safetensors.js';
import { createOptimizer } from '../../src/training/optimizers.js';
import { startTestEngine } from '../support/engine.js';
import { hasShared, sharedPath } from '../support/shared.js';

const TOLERANCE = 1e-3;
const N_STEPS = 3;

interface Case {
  readonly losses_before_each_step_and_after: readonly number[];
  readonly global_grad_norm_step1: number;
  readonly labels: readonly number[];
}

const path = (name: string, file: string) => sharedPath(`reference/wav2vec2/${name}/${file}`);
const json = (name: string, file: string) => JSON.parse(readFileSync(path(name, file), 'utf8'));
const tensorsOf = (name: string, file: string) => readSafetensors(path(name, `${file}.safetensors`)).tensors;

/** A tensor for each name of the model file: those given, and zeros for the others. */
function filled(name: string, given: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const whole = tensorsOf(name, 'model');
  return new Map(
    [...whole].map(([key, { dtype, shape, data }]) => [
      key,
      given.get(key) ?? { dtype, shape, data: new Float32Array(data.length) },
    ]),
  );
}

function build({ options }: HuggingFaceModel, tensors: ReadonlyMap<string, StoredTensor>): LayersModel {
  const net = wav2vec2.build(options, [null], 1);
  const variables = new Map([...namedWeights(net)].map(([name, { variable }]) => [name, variable]));
  const file = {
    path: 'weights',
    headers: tensors,
    metadata: {},
    read: (name: string) => tensors.get(name) as StoredTensor,
    close: () => {},
  };
  importWav2Vec2(file, options, variables, { isReversed: false });
  return net;
}

/** The model as transformers 5 sums its layers: the last one as it is, before the encoder's norm. */
function asInTransformers5(net: LayersModel, nLayers: number): LayersModel {
  const outputs = ['encoder-dropout', ...Array.from({ length: nLayers }, (_, i) => `layer${i}`)].map(
    (name) => net.getLayer(name).output as SymbolicTensor,
  );
  let x = net.getLayer('layer-sum').apply(outputs);
  for (const name of ['projector', 'pooling', 'logits']) x = net.getLayer(name).apply(x);
  return model({ inputs: net.inputs, outputs: x as SymbolicTensor });
}

describe.skipIf(!hasShared).each(['tiny-cls-base', 'tiny-cls-xlsr-weighted'])('%s', (name) => {
  beforeAll(async () => {
    await startTestEngine();
  });

  test.each([
    ['full', true],
    ['frozen_encoder', false],
  ])('trains as the reference does, %s', (kind, trainsConvolutions) => {
    const config = parseHuggingFaceConfig(json(name, 'config.json'), { do_normalize: false });
    const net = build(config, tensorsOf(name, 'model'));
    const forward = config.options.layerSum ? asInTransformers5(net, config.options.nLayers) : net;
    const wanted = json(name, 'train.json')[kind] as Case;
    const isUsed = (weight: string) =>
      (trainsConvolutions || !weight.startsWith('conv')) && !(forward !== net && weight.startsWith('encoder-norm'));
    const trained = new Map(
      [...namedWeights(net)].flatMap(([key, { variable }]) => (isUsed(key) ? [[key, variable] as const] : [])),
    );
    const optimizer = createOptimizer(trained, {
      optim: 'adamw',
      weightDecay: 0.01,
      adamBeta1: 0.9,
      adamBeta2: 0.999,
      adamEpsilon: 1e-8,
      sgdMomentum: 0,
      sgdNesterov: false,
    });
    const inputs = tensorsOf(name, 'expected');
    const { data, shape } = inputs.get('input_batch') as StoredTensor;
    const mask = inputs.get('attention_mask') as StoredTensor;
    const x = tf.tensor(data as Float32Array, [...shape]);
    const lengths = tf.sum(tf.tensor(mask.data as Int32Array, [...shape], 'int32'), 1);
    const targets = tf.oneHot(tf.tensor1d([...wanted.labels], 'int32'), 2);

    const keys = [...trained.keys()];
    const program = compile((given: { x: tf.Tensor; lengths: tf.Tensor; targets: tf.Tensor }) => {
      const lossOf = (): tf.Scalar => {
        const logits = forward.apply(given.x, { training: true, seed: 1, lengths: given.lengths }) as tf.Tensor;
        return tf.mean(tf.neg(tf.sum(tf.mul(tf.cast(given.targets, 'float32'), tf.logSoftmax(logits)), 1)));
      };
      const { value, grads } = tf.variableGrads(lossOf, [...trained.values()]);
      const gradients = Object.fromEntries(
        keys.map((key, i) => [`${i}`, grads[(trained.get(key) as tf.Variable).name]]),
      );
      return { loss: value, ...gradients } as Record<string, tf.Tensor>;
    });

    const compare = (file: string, got: (key: string) => tf.Tensor, isRelative: boolean): void => {
      const reference = namedWeights(build(config, filled(name, tensorsOf(name, file))));
      for (const key of keys) {
        if (key.endsWith('key_bias')) continue;
        const expected = reference.get(key)?.variable as tf.Tensor;
        const difference = tf.norm(tf.sub(got(key), expected)).dataSync()[0];
        const scale = isRelative ? Math.max(tf.norm(expected).dataSync()[0], 1e-6) : Math.sqrt(expected.size);
        expect(difference / scale, `${file} ${key}`).toBeLessThan(TOLERANCE);
      }
    };

    for (let step = 1; step <= N_STEPS; step++) {
      const { loss, ...gradients } = program({ x, lengths, targets });
      expect(Math.abs(loss.dataSync()[0] - wanted.losses_before_each_step_and_after[step - 1])).toBeLessThan(TOLERANCE);
      const byName = new Map(keys.map((key, i) => [key, gradients[`${i}`]]));
      if (step === 1) {
        const norm = Math.hypot(...[...byName.values()].map((each) => tf.norm(each).dataSync()[0]));
        expect(Math.abs(norm / wanted.global_grad_norm_step1 - 1)).toBeLessThan(TOLERANCE);
        compare(`train_${kind}.grads`, (key) => byName.get(key) as tf.Tensor, true);
      }
      optimizer.apply(byName, optimizer.coefficients(1e-3, step));
    }
    const { loss } = program({ x, lengths, targets });
    expect(Math.abs(loss.dataSync()[0] - wanted.losses_before_each_step_and_after[N_STEPS])).toBeLessThan(TOLERANCE);
    compare(`train_${kind}.after3`, (key) => trained.get(key) as tf.Tensor, false);
    program.dispose();
    optimizer.dispose();
  });
});

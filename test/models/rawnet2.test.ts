import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { sincFilters } from '../../src/dsp/sinc-filters.js';
import { compile } from '../../src/graph/compile.js';
import { translateWeights } from '../../src/models/foreign-weights.js';
import { countParameters, namedWeights } from '../../src/models/named-weights.js';
import { importRawNet2, rawnet2WeightRules } from '../../src/models/rawnet2.weights.js';
import { buildModel } from '../../src/models/registry.js';
import { decodeNpy } from '../../src/runtime/npy.js';
import { readSafetensors, type StoredTensor } from '../../src/runtime/safetensors.js';
import { largestError } from '../support/arrays.js';
import { startTestEngine } from '../support/engine.js';
import {
  expectGradientDigests,
  expectStatistics,
  tensorsByFormula,
  waveformsByFormula,
} from '../support/formula-fixtures.js';
import { describeModelContract } from '../support/model-contract.js';
import { hasShared, sharedPath } from '../support/shared.js';
import { stepOf, weightedLoss } from '../support/training-step.js';

const small = { nFilters: 4, kernelSize: 9, nChannels: 6, nLogits: 2 };

describeModelContract('rawnet2', [
  {
    options: {
      ...small,
      variant: 'asvspoof2021',
      maxMaskedFilters: 2,
      pooling: { type: 'gru', units: 5, nLayers: 2 },
      head: { type: 'mlp', units: 4, activation: 'none' },
    },
    inputShape: [4400],
    freeShape: [null],
    nLogits: 2,
    isRandom: true,
  },
  {
    options: {
      ...small,
      nLogits: 1,
      variant: 'eurecom',
      maxMaskedFilters: 0,
      pooling: 'attentive-statistics',
      head: 'linear',
    },
    inputShape: [4390],
    freeShape: [null],
    nLogits: 1,
    isRandom: false,
  },
]);

beforeAll(async () => {
  await startTestEngine();
});

test('has as many weights as the reference, of which the norms that change nothing are not trained', () => {
  const weights = namedWeights(buildModel({ type: 'rawnet2' }, [64600], 1));
  const dead = [1, 2, 3, 4, 5].flatMap((i) => [`block${i}-norm1/gamma`, `block${i}-norm1/beta`]);
  const nDead = dead.reduce((sum, name) => sum + (weights.get(name)?.variable.size ?? 0), 0);
  expect(dead.every((name) => weights.get(name)?.trainable === false)).toBe(true);
  expect(countParameters(weights) + nDead).toBe(17_621_410);
});

test('input that is no waveform, or too short, is refused', () => {
  for (const shape of [[400, 60], [3210]]) {
    expect(() => buildModel({ type: 'rawnet2' }, shape, 1)).toThrow(
      /rawnet2: expected a waveform \[samples\] of at least 3211, got \[/,
    );
  }
});

const fixture = JSON.parse(readFileSync(new URL('../fixtures/models/rawnet2.json', import.meta.url), 'utf8'));

describe.each(['asvspoof2021', 'eurecom'])('%s with weights by formula, against torch in float64', (variant) => {
  const { tensors, logits, embedding, training } = fixture.variants[variant];
  const build = () => {
    const net = buildModel({ type: 'rawnet2', variant, ...fixture.options }, [null], 1);
    importRawNet2(net, tensorsByFormula(tensors), 'formulas');
    return net;
  };

  test('gives the same logits and embedding', () => {
    const net = build();
    const embedded = net.getLayer('hidden').input as SymbolicTensor;
    const outputs = model({ inputs: net.inputs, outputs: [...net.outputs, embedded] }).apply(
      waveformsByFormula(fixture.inputShape),
    ) as tf.Tensor[];
    expect(largestError(outputs[0].dataSync(), logits)).toBeLessThan(1e-5);
    expect(largestError(outputs[1].dataSync(), embedding)).toBeLessThan(1e-5);
  });

  test.each(['eager', 'compiled'])('gives the same loss, gradients and running statistics in training, %s', (mode) => {
    const net = build();
    const { labels, classWeights } = fixture;
    const isCompiled = mode === 'compiled';
    const step = stepOf(net, (logits) => weightedLoss(logits, labels, classWeights), { isCompiled });
    const got = step(waveformsByFormula(fixture.inputShape));
    expect(Math.abs(got.loss / training.loss - 1)).toBeLessThan(1e-5);
    const rules = rawnet2WeightRules(true);
    // Ours runs in float32, and the smallest gradients are 1e-4 long.
    expectGradientDigests(net, got.gradients, training.gradients, rules, { relative: 1e-3, absolute: 1e-6 });
    expectStatistics(net, training.statistics, rules);
  });

  test('weights are each used once, or it is an error', () => {
    const all = tensorsByFormula(tensors);
    const net = build();
    const without = new Map([...all].filter(([name]) => name !== 'gru.bias_hh_l1'));
    expect(() => importRawNet2(net, without, 'file')).toThrow(/file: gru\.bias_hh_l1: missing/);
    const [some] = all.values();
    expect(() => importRawNet2(net, new Map([...all, ['fc3.weight', some]]), 'file')).toThrow(
      /file: fc3\.weight: the model has no place/,
    );
    const counted = new Map([...all, ['first_bn.num_batches_tracked', some]]);
    expect(() => translateWeights(counted, rawnet2WeightRules(true), () => false, 'file')).toThrow(
      /num_batches_tracked: the model/,
    );
  });
});

describe.skipIf(!hasShared)('with the weights of the reference', () => {
  const cases = hasShared ? JSON.parse(readFileSync(sharedPath('reference/rawnet2/expected.json'), 'utf8')).cases : {};
  const npy = (path: string) => {
    const { shape, data } = decodeNpy(readFileSync(sharedPath(`reference/${path}`)), path);
    return tf.tensor(data as Float32Array, [...shape]);
  };
  const load = (name: string, tensors: ReadonlyMap<string, StoredTensor>): LayersModel => {
    const { first_conv: kernel, filts, gru_node: units, nb_gru_layer: nLayers, nb_fc_node } = cases[name].config;
    const net = buildModel(
      {
        type: 'rawnet2',
        variant: name.startsWith('eurecom') ? 'eurecom' : 'asvspoof2021',
        nFilters: filts[0],
        kernelSize: kernel + 1,
        nChannels: filts[2][1],
        pooling: { type: 'gru', units, nLayers },
        head: { type: 'mlp', units: nb_fc_node, activation: 'none' },
      },
      [null],
      1,
    );
    importRawNet2(net, tensors, name);
    return net;
  };
  const stored = (name: string) => readSafetensors(sharedPath(`reference/rawnet2/${name}.safetensors`)).tensors;
  const input = () => tf.slice(npy('inputs/batch4_64600.npy'), 0, 2);
  const largestDifference = (a: tf.Tensor, b: tf.Tensor | number[]) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0];

  describe.each(['asvspoof2021-small', 'eurecom-small'])('%s', (name) => {
    test('the filters are within 1e-6', () => {
      const wanted = npy(`rawnet2/${name}.sinc_filters.npy`);
      const [nFilters, kernelSize] = wanted.shape as number[];
      const scale = name.startsWith('eurecom') ? 'mel-below-top' : 'mel';
      const filters = sincFilters({ nFilters, kernelSize, sampleRate: 16000, scale });
      const ours = tf.transpose(tf.tensor2d(filters, [kernelSize, nFilters]));
      expect(largestDifference(ours, wanted)).toBeLessThan(1e-6);
    });

    test('every stage is within 1e-4', () => {
      const net = load(name, stored(name));
      const recorded = stored(`${name}.checkpoints`);
      const stages: Record<string, string> = {
        'abs_maxpool[:, :, :600]': 'pool',
        before_gru_bn: 'block5-scaling',
        gru_out: 'pooling-gru3',
        fc1: 'hidden',
        fc2_logits: 'logits',
      };
      // The reference took a block's output before its scaling.
      for (let i = 0; i < 6; i++) stages[`block${i}[:, :, :300]`] = `block${i}-pool`;
      const outputs = Object.values(stages).map((layer) => net.getLayer(layer).output as SymbolicTensor);
      const probe = model({ inputs: net.inputs, outputs });
      const run = ({ x }: { x: tf.Tensor }) =>
        Object.fromEntries((probe.apply(x) as tf.Tensor[]).map((y, i) => [`y${i}`, y]));
      const compiled = compile(run);
      const results = compiled({ x: input() });
      Object.keys(stages).forEach((stage, i) => {
        const { shape, data } = recorded.get(stage) as StoredTensor;
        const wanted = tf.tensor(data as Float32Array, [...shape]);
        const maps = results[`y${i}`];
        const ours = maps.rank === 4 ? tf.transpose(tf.squeeze(maps, [2]), [0, 2, 1]) : maps;
        const got = tf.slice(ours, [0, 0], [shape[0], shape[1]]);
        const cut = shape.length === 3 && maps.rank === 4 ? tf.slice(got, [0, 0, 0], [...shape]) : got;
        expect(largestDifference(cut, wanted), stage).toBeLessThan(1e-4);
      });
      compiled.dispose();
    });

    test('the loss of a training step is within 1e-4, and its gradients within 3e-3 of their lengths', () => {
      const net = load(name, stored(name));
      const { labels, value: wantedLoss, grads } = cases[name].train_bn_case;
      const weights = namedWeights(net);
      const step = stepOf(net, (logits) => weightedLoss(logits, labels, [0.1, 0.9]), { isCompiled: true });
      const { loss, gradients } = step(input());
      expect(Math.abs(loss - wantedLoss)).toBeLessThan(1e-4);
      const rules = rawnet2WeightRules(weights.has('block2-shortcut/kernel'));
      let nCompared = 0;
      for (const { from, to, axes } of rules) {
        if (!(from in grads)) continue;
        const digest = grads[from];
        if (digest === null) {
          expect(weights.get(to)?.trainable, from).toBe(false);
          continue;
        }
        const gradient = tf.tensor(gradients.get(to) as Float32Array, weights.get(to)?.variable.shape);
        // Back to the reference's layout.
        const values = tf
          .transpose(gradient, axes === undefined ? [0] : axes.map((_, axis) => axes.indexOf(axis as never)))
          .dataSync<'float32'>();
        expect(values.length, from).toBe(digest.n);
        nCompared += 1;
        // Both ran in float32; a convolution's bias before a norm has no gradient but rounding.
        const scale = Math.max(digest.l2, 1e-3);
        expect(Math.abs(Math.hypot(...values) - digest.l2) / scale, from).toBeLessThan(3e-3);
        for (const [index, wanted] of Object.entries<number>(digest.at)) {
          expect(Math.abs(values[Number(index)] - wanted) / scale, `${from} at ${index}`).toBeLessThan(3e-3);
        }
      }
      expect(nCompared).toBe(gradients.size);
    });
  });

  test('clovaai-small, the same network from another repository, is within 1e-4', () => {
    const name = 'clovaai-small';
    const logits = load(name, stored(name)).apply(input()) as tf.Tensor;
    expect(largestDifference(logits, cases[name].fc2_logits)).toBeLessThan(1e-4);
  });

  test('the full model with weights by formula is within 1e-3, eager and compiled', () => {
    const name = 'asvspoof2021-full';
    const { tensors, output } = cases[name];
    const weights = new Map<string, StoredTensor>(stored(`${name}.bn_buffers`));
    for (const { name: tensor, shape, seed, lo, hi } of tensors) {
      const data = new Float32Array(tf.util.sizeFromShape(shape));
      for (let i = 0; i < data.length; i++) data[i] = lo + (hi - lo) * (scramble(i, seed) / 2 ** 32);
      weights.set(tensor, { dtype: 'F32', shape, data });
    }
    const net = load(name, weights);
    const run = ({ x }: { x: tf.Tensor }) => ({ logs: tf.logSoftmax(net.apply(x) as tf.Tensor) });
    const compiled = compile(run);
    for (const { logs } of [run({ x: input() }), compiled({ x: input() })]) {
      expect(largestDifference(logs, output)).toBeLessThan(1e-3);
    }
    compiled.dispose();
  });
});

/** The hash of the reference's formula. */
function scramble(index: number, seed: number): number {
  let h = (Math.imul(index, 0x9e3779b9) + seed) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

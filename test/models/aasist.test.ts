import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { aasistWeightRules, importAasist, recogniseAasist } from '../../src/models/aasist.weights.js';
import { translateWeights } from '../../src/models/foreign-weights.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { readSafetensors, type StoredTensor } from '../../src/runtime/safetensors.js';
import { largestError, readReference } from '../support/arrays.js';
import { startTestEngine } from '../support/engine.js';
import {
  expectGradientDigests,
  expectStatistics,
  tensorsByFormula,
  waveformsByFormula,
} from '../support/formula-fixtures.js';
import { spreadTensor } from '../support/gradient-check.js';
import { describeModelContract } from '../support/model-contract.js';
import { hasShared, sharedPath } from '../support/shared.js';
import { stepOf, weightedLoss } from '../support/training-step.js';

const NO_DROPOUT = { graphDropout: 0, poolDropout: 0, branchDropout: 0, dropout: 0 };
/** Two temporal nodes. */
const SHORT = 128 + 2 * 2187;

describeModelContract('aasist-l', [
  {
    options: {
      graphDropout: 0.2,
      poolDropout: 0.3,
      branchDropout: 0.2,
      dropout: 0.5,
      maxMaskedFilters: 0,
    },
    inputShape: [SHORT],
    freeShape: [null],
    nLogits: 2,
    isRandom: true,
  },
]);

beforeAll(async () => {
  await startTestEngine();
});

type Values = ReadonlyMap<string, Float32Array>;

/** The weights that rules take from the reference, under our names and in our layout; those that `tensors` has. */
const translated = (tensors: ReadonlyMap<string, StoredTensor>, where: string): Values => {
  const rules = aasistWeightRules.filter(({ from }) => tensors.has(from));
  const all = translateWeights(tensors, rules, (name) => name.endsWith('.num_batches_tracked'), where);
  return new Map([...all].map(([name, { data }]) => [name, data as Float32Array]));
};

/** Length of the difference over the wanted length; 0 where both are 0. */
function relativeError(got: Float32Array, wanted: Float32Array): number {
  const difference = Math.hypot(...got.map((value, i) => value - (wanted[i] as number)));
  return difference === 0 ? 0 : difference / Math.hypot(...wanted);
}

test.each([
  ['aasist', 297_354, 512],
  ['aasist-l', 85_034, 272],
])('%s has as many trained weights as the reference, but for its dead ones', (type, nTrained, nDead) => {
  const weights = [...namedWeights(buildModel({ type }, [null], 1))];
  const count = (list: typeof weights) => list.reduce((sum, [, { variable }]) => sum + variable.size, 0);
  expect(count(weights.filter(([, { trainable }]) => trainable))).toBe(nTrained);
  // The first batch norm of each residual block but the first, which the reference computes and throws away.
  const dead = weights.filter(([name, { trainable }]) => !trainable && /\/(gamma|beta)$/.test(name));
  expect(dead.map(([name]) => name)).toEqual(
    [2, 3, 4, 5, 6].flatMap((i) => [`block${i}-norm1/gamma`, `block${i}-norm1/beta`]),
  );
  expect(count(dead)).toBe(nDead);
});

test('a waveform that is none, or too short for one temporal node, is refused', () => {
  for (const shape of [[2314], [400, 60]]) {
    expect(() => buildModel({ type: 'aasist' }, shape, 1)).toThrow(
      /aasist: expected a waveform \[samples\] of at least 2315, got \[/,
    );
  }
  expect(buildModel({ type: 'aasist' }, [2315], 1).outputShape).toEqual([null, 2]);
});

test('frequency masking changes a training step, by its seed, and nothing at inference', () => {
  const x = spreadTensor([1, SHORT], 1);
  const net = buildModel({ type: 'aasist-l', ...NO_DROPOUT, maxMaskedFilters: 70 }, [SHORT], 1);
  const plain = buildModel({ type: 'aasist-l', ...NO_DROPOUT }, [SHORT], 1);
  const values = (each: LayersModel, args: object) => (each.apply(x, args) as tf.Tensor).dataSync();
  expect(values(net, {})).toEqual(values(plain, {}));
  expect(values(net, { training: true, seed: 1 })).not.toEqual(values(net, { training: true, seed: 2 }));
});

test('each published tensor has one place, and each of ours one source', () => {
  expect(new Set(aasistWeightRules.map(({ from }) => from)).size).toBe(aasistWeightRules.length);
  for (const type of ['aasist', 'aasist-l']) {
    const names = [...namedWeights(buildModel({ type }, [null], 1)).keys()];
    expect(aasistWeightRules.map(({ to }) => to).sort()).toEqual(names.sort());
  }
});

test('weights that are missing, left over or of another model are refused', () => {
  const positions = (shape: number[]) => new Map([['pos_S', { shape }]]);
  expect(recogniseAasist(positions([1, 23, 64]), 'file')).toBe('aasist');
  expect(recogniseAasist(positions([1, 23, 24]), 'file')).toBe('aasist-l');
  expect(() => recogniseAasist(positions([1, 23, 8]), 'file')).toThrow(/^file: .*got \[1, 23, 8\]/);
  expect(() => recogniseAasist(new Map(), 'file')).toThrow(/^file: .*got none; is it of another architecture/);
  const net = buildModel({ type: 'aasist-l' }, [null], 1);
  const tensor = { dtype: 'F32' as const, shape: [1], data: new Float32Array(1) };
  expect(() => importAasist(net, new Map([['first_bn.weight', tensor]]), 'file')).toThrow(
    /file: first_bn.bias: missing/,
  );
  expect(() => importAasist(net, new Map([['other', tensor]]), 'file')).toThrow(
    /file: other: the model has no place for it/,
  );
});

describe('weights by formula, against the reference in float64', () => {
  const fixture = JSON.parse(readFileSync(new URL('../fixtures/models/aasist.json', import.meta.url), 'utf8'));
  const tensors = tensorsByFormula(fixture.tensors);
  const input = () => waveformsByFormula(fixture.inputShape);
  const build = () => {
    const net = buildModel({ type: 'aasist-l', ...NO_DROPOUT }, [null], 1);
    importAasist(net, tensors, 'formulas');
    return net;
  };

  test('gives the same logits and embedding', () => {
    const net = build();
    const embedding = net.getLayer('embedding').output as SymbolicTensor;
    const [got, embedded] = model({ inputs: net.inputs, outputs: [...net.outputs, embedding] }).apply(
      input(),
    ) as tf.Tensor[];
    expect(largestError((got as tf.Tensor).dataSync(), fixture.logits)).toBeLessThan(1e-4);
    expect(largestError((embedded as tf.Tensor).dataSync(), fixture.embedding)).toBeLessThan(1e-4);
  });

  test.each(['eager', 'compiled'])('gives the same loss, gradients and running statistics in training, %s', (mode) => {
    const net = build();
    const { labels, classWeights, loss, gradients, statistics } = fixture.training;
    const isCompiled = mode === 'compiled';
    const got = stepOf(net, (logits) => weightedLoss(logits, labels, classWeights), { isCompiled })(input());
    expect(Math.abs(got.loss / loss - 1)).toBeLessThan(1e-4);
    // The float32 reference is off by up to 2e-4 of the length; some lengths are below 1e-4.
    const tolerance = { relative: 1e-3, absolute: 1e-6 };
    expectGradientDigests(net, got.gradients, gradients, aasistWeightRules, tolerance);
    expectStatistics(net, statistics, aasistWeightRules);
  });
});

const load = (name: string, options: object = {}): LayersModel => {
  const { tensors } = readSafetensors(sharedPath(`reference/aasist/${name}.safetensors`));
  const net = buildModel({ type: recogniseAasist(tensors, name), ...options }, [null], 1);
  importAasist(net, tensors, name);
  return net;
};

const clips = (): tf.Tensor => {
  const { data, shape } = readReference('inputs/batch4_64600.npy');
  return tf.tensor(data as Float32Array, [...shape]);
};

/** Where each stage of the reference is found here. Its maps are [channels, bins, frames]. */
const STAGES: Readonly<Record<string, string>> = {
  'sinc_conv[:,:, :2000]': 'sinc',
  'abs_maxpool[..., :600]': 'pool0',
  'first_bn[..., :600]': 'norm0',
  'selu0[..., :600]': 'selu0',
  'encoder.0[..., :200]': 'block1-pool',
  'encoder.1[..., :200]': 'block2-pool',
  'encoder.2': 'block3-pool',
  'encoder.3': 'block4-pool',
  'encoder.4': 'block5-pool',
  'encoder.5': 'block6-pool',
  e_S: 'spectral-positions',
  e_T: 'temporal-nodes',
  GAT_layer_S: 'spectral-selu',
  GAT_layer_T: 'temporal-selu',
  pool_S: 'spectral-pool',
  pool_T: 'temporal-pool',
  ...Object.fromEntries(
    [1, 2].flatMap((branch) => [
      [`pool_hT${branch}`, `branch${branch}-temporal-pool`],
      [`pool_hS${branch}`, `branch${branch}-spectral-pool`],
      ...[1, 2].flatMap((graph) => [
        [`HtrgGAT_layer_ST${branch}${graph}.T`, `branch${branch}-graph${graph}-split`],
        [`HtrgGAT_layer_ST${branch}${graph}.S`, `branch${branch}-graph${graph}-split`],
        [`HtrgGAT_layer_ST${branch}${graph}.master`, `branch${branch}-graph${graph}-master`],
      ]),
    ]),
  ),
  last_hidden: 'embedding',
  logits: 'logits',
};

/** The output of a stage: one of two where the layer splits nodes. */
function stageOutput(net: LayersModel, stage: string): SymbolicTensor {
  const { output } = net.getLayer(STAGES[stage] as string);
  return Array.isArray(output) ? (output[stage.endsWith('.S') ? 1 : 0] as SymbolicTensor) : output;
}

/** Our values in the reference's order of axes, cut as it cut them. */
function asRecorded(stage: string, ours: tf.Tensor, shape: readonly number[]): Float32Array {
  return tf.tidy(() => {
    // The encoder's maps have their bins first, as the reference's do.
    const maps = stage.startsWith('encoder') ? [0, 3, 1, 2] : [0, 3, 2, 1];
    const axes = shape.length === 4 ? maps : ours.rank === 3 && ours.shape[2] === 70 ? [0, 2, 1] : undefined;
    const moved = axes === undefined ? ours : tf.transpose(ours, axes);
    return tf
      .slice(
        moved,
        moved.shape.map(() => 0),
        [...shape],
      )
      .dataSync<'float32'>()
      .slice();
  });
}

// float32 here and there: 1e-5 at the logits, which may be 10.
describe.skipIf(!hasShared).each(['AASIST', 'AASIST-L', 'AASIST-asvspoof5'])('published %s', (name) => {
  const stages = name === 'AASIST-asvspoof5' ? ['last_hidden', 'logits'] : Object.keys(STAGES);
  const recorded = name === 'AASIST-asvspoof5' ? undefined : `reference/aasist/${name}.checkpoints.safetensors`;

  // The same layers in all three: each is run in one mode.
  const isCompiled = name !== 'AASIST-L';

  test(`gives the reference’s logits and every stage within 1e-4, ${isCompiled ? 'compiled' : 'eager'}`, () => {
    const net = load(name);
    const outputs = stages.map((stage) => stageOutput(net, stage));
    const staged = model({ inputs: net.inputs, outputs });
    const run = ({ x }: { x: tf.Tensor }) =>
      Object.fromEntries((staged.apply(x) as tf.Tensor[]).map((each, i) => [stages[i] as string, each]));
    // From the row on whose stages were recorded.
    const nRows = isCompiled ? 2 : 1;
    const results = (isCompiled ? compile(run) : run)({ x: tf.slice(clips(), 1, nRows) });
    const row = (stage: string) => tf.slice(results[stage] as tf.Tensor, 0, 1);
    for (const [stage, file] of [
      ['logits', 'logits'],
      ['last_hidden', 'last_hidden'],
    ] as const) {
      const wanted = readReference(`aasist/${name}.${file}.npy`).data as Float32Array;
      const rowLength = wanted.length / 4;
      const got = (results[stage] as tf.Tensor).dataSync();
      expect(largestError(got, wanted.slice(rowLength, (1 + nRows) * rowLength)), stage).toBeLessThan(1e-4);
    }
    if (recorded === undefined) return;
    const { tensors } = readSafetensors(sharedPath(recorded));
    expect([...tensors.keys()].sort()).toEqual([...stages].sort());
    for (const [stage, { shape, data }] of tensors) {
      expect(largestError(asRecorded(stage, row(stage), shape), data as Float32Array), stage).toBeLessThan(1e-4);
    }
  });
});

// With fixed statistics one step will do: what the weights move by is the test's own Adam in both.
describe.skipIf(!hasShared).each([
  ['train_bn_train', true, 4],
  ['train_bn_eval', false, 1],
] as const)('training case %s', (name, isTraining, nSteps) => {
  const record = () => JSON.parse(readFileSync(sharedPath(`reference/aasist/${name}.json`), 'utf8'));
  const stored = (part: string) =>
    translated(readSafetensors(sharedPath(`reference/aasist/${name}.${part}.safetensors`)).tensors, name);
  const isNoise = (recording: ReturnType<typeof record>, name: string) => {
    const { from } = aasistWeightRules.find(({ to }) => to === name) as { from: string };
    return recording.params[from]?.grad_is_numerical_noise === true;
  };
  const batch = () => tf.slice(clips(), 1, 2);
  const loss = (recording: ReturnType<typeof record>) => (logits: tf.Tensor) =>
    weightedLoss(logits, recording.labels, [0.1, 0.9]);

  test(`has the reference’s gradients, and losses and weights before each of ${nSteps} steps of Adam`, () => {
    const recording = record();
    const net = load('AASIST-L', NO_DROPOUT);
    const named = namedWeights(net);
    const step = stepOf(net, loss(recording), { isTraining, isCompiled: true });
    const { lr, weight_decay: decay, eps, betas } = recording.optimizer;
    const moments = new Map<string, { m: Float64Array; v: Float64Array }>();
    // The reference ran the model a fourth time for the last loss, which moved its running statistics once more.
    let firstGradients: Values = new Map();
    const losses = [1, 2, 3, 4].slice(0, nSteps).map((t) => {
      const { loss: value, gradients } = step(batch());
      if (t === 1) firstGradients = gradients;
      if (t === nSteps) return value;
      for (const [name, gradient] of gradients) {
        const { variable } = named.get(name) as { variable: tf.Variable };
        const weights = variable.dataSync<'float32'>();
        const zeros = () => new Float64Array(gradient.length);
        const { m, v } = moments.get(name) ?? { m: zeros(), v: zeros() };
        moments.set(name, { m, v });
        const moved = weights.map((weight, i) => {
          const g = (gradient[i] as number) + decay * weight;
          m[i] = betas[0] * (m[i] as number) + (1 - betas[0]) * g;
          v[i] = betas[1] * (v[i] as number) + (1 - betas[1]) * g * g;
          const root = Math.sqrt((v[i] as number) / (1 - betas[1] ** t));
          return weight - (lr * (m[i] as number)) / (1 - betas[0] ** t) / (root + eps);
        });
        variable.assign(tf.tensor(moved, variable.shape));
      }
      return value;
    });
    losses.forEach((got, i) => {
      const wanted = recording.loss_before_each_step_and_after_step3[i];
      expect(Math.abs(got / wanted - 1), `step ${i + 1}`).toBeLessThan(1e-3);
    });
    const wantedGradients = stored('grads_step1');
    expect([...wantedGradients.keys()].sort()).toEqual([...firstGradients.keys()].sort());
    for (const [weight, gradient] of wantedGradients) {
      if (isNoise(recording, weight)) continue;
      expect(relativeError(firstGradients.get(weight) as Float32Array, gradient), weight).toBeLessThan(5e-3);
    }
    if (nSteps === 1) return;
    for (const [weight, wanted] of stored('state_after3')) {
      // Where the gradient is rounding noise Adam turns its sign into a full step.
      if (isNoise(recording, weight)) continue;
      const { variable } = named.get(weight) as { variable: tf.Variable };
      const got = variable.dataSync<'float32'>();
      expect(relativeError(got, wanted), weight).toBeLessThan(1e-3);
    }
  });
});

/**
 * Parity with transformers: tiny random models of each kind (transformers 5.23.0, and 4.57.1 where the two differ), every
 * hidden state within 1e-4; transformers' own float32 departs from float64 by 5e-6.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { embedder } from '../../src/models/hidden-states.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { parseHuggingFaceConfig } from '../../src/models/wav2vec2.config.js';
import { wav2vec2 } from '../../src/models/wav2vec2.js';
import { importWav2Vec2 } from '../../src/models/wav2vec2.weights.js';
import { openSafetensors, readSafetensors, type StoredTensor } from '../../src/runtime/safetensors.js';
import { openTorchCheckpoint } from '../../src/runtime/torch-checkpoint.js';
import { startTestEngine } from '../support/engine.js';
import { hasShared, sharedPath } from '../support/shared.js';

const TOLERANCE = 1e-4;
const N_SAMPLES = 16_000;

const folder = (name: string) => sharedPath(`reference/wav2vec2/${name}`);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

/** The model of a folder, with the weights of another where one is named. */
async function load(
  name: string,
  weights = `${name}/model.safetensors`,
  preprocessor = json(`${folder(name)}/preprocessor_config.json`),
): Promise<LayersModel> {
  const { options } = parseHuggingFaceConfig(json(`${folder(name)}/config.json`), preprocessor);
  const net = wav2vec2.build(options, [null], 1);
  const path = folder(weights);
  const file = path.endsWith('.bin') ? await openTorchCheckpoint(path) : openSafetensors(path);
  importWav2Vec2(file, options, variablesOf(namedWeights(net)), { isReversed: false });
  file.close();
  return net;
}

/** Expected numbers, those of transformers 4 where it has its own. */
function expectations(name: string): Map<string, StoredTensor> {
  const tensors = new Map(readSafetensors(`${folder(name)}/expected.safetensors`).tensors);
  if (name.includes('xlsr')) {
    for (const [key, tensor] of readSafetensors(`${folder(name)}/expected_v4.safetensors`).tensors) {
      tensors.set(key, tensor);
    }
  }
  return tensors;
}

/** The two raw clips as a batch padded with zeros. */
function paddedBatch(expected: ReadonlyMap<string, StoredTensor>): { x: tf.Tensor2D; lengths: tf.Tensor1D } {
  const clips = ['raw_a', 'raw_b'].map((name) => expected.get(name)?.data as Float32Array);
  const x = new Float32Array(2 * N_SAMPLES);
  clips.forEach((clip, i) => {
    x.set(clip, i * N_SAMPLES);
  });
  return { x: tf.tensor2d(x, [2, N_SAMPLES]), lengths: tf.tensor1d([N_SAMPLES, clips[1].length], 'int32') };
}

function expectClose(got: tf.Tensor, wanted: StoredTensor | undefined, what: string): void {
  expect(got.shape, what).toEqual(wanted?.shape);
  const difference = tf.max(tf.abs(tf.sub(got, tf.tensor(wanted?.data as Float32Array, got.shape)))).dataSync()[0];
  expect(difference, what).toBeLessThan(TOLERANCE);
}

const folders = ['tiny-base', 'tiny-xlsr', 'tiny-hubert', 'tiny-wavlm', 'tiny-cls-base', 'tiny-cls-xlsr-weighted'];

describe.skipIf(!hasShared).each(folders)('%s', (name) => {
  let net: LayersModel;
  let states: LayersModel;
  let expected: Map<string, StoredTensor>;

  beforeAll(async () => {
    await startTestEngine();
    net = await load(name);
    states = embedder(net);
    expected = expectations(name);
  });

  const expectStates = (run: string, outputs: readonly tf.Tensor[]): void => {
    outputs.forEach((output, i) => {
      expectClose(output, expected.get(`${run}.hidden_states.${i}`), `${run}.hidden_states.${i}`);
    });
    expect(expected.has(`${run}.hidden_states.${outputs.length}`)).toBe(false);
    const last = expected.get(`${run}.last_hidden_state`);
    if (last !== undefined) expectClose(outputs[outputs.length - 1], last, `${run}.last_hidden_state`);
  };

  test('gives every hidden state of a clip', () => {
    const x = tf.tensor2d(expected.get('raw_a')?.data as Float32Array, [1, N_SAMPLES]);
    expectStates('single', states.apply(x) as tf.Tensor[]);
  });

  test('gives every hidden state of a padded batch', () => {
    const { x, lengths } = paddedBatch(expected);
    expectStates('batch_mask', states.apply(x, { lengths }) as tf.Tensor[]);
  });

  test('gives every hidden state of a batch whose padding is not told', async () => {
    const takesNormalised = embedder(await load(name, undefined, { do_normalize: false }));
    const x = tf.tensor2d(expected.get('input_batch')?.data as Float32Array, [2, N_SAMPLES]);
    expectStates('batch_nomask', takesNormalised.apply(x) as tf.Tensor[]);
  });

  test('gives the same compiled', () => {
    const { x, lengths } = paddedBatch(expected);
    const compiled = compile((inputs: { x: tf.Tensor; lengths: tf.Tensor }) => {
      const outputs = states.apply(inputs.x, { lengths: inputs.lengths }) as tf.Tensor[];
      return Object.fromEntries(outputs.map((output, i) => [`${i}`, output]));
    });
    expectStates('batch_mask', Object.values(compiled({ x, lengths })));
    compiled.dispose();
  });

  test.skipIf(!name.includes('cls'))('gives the logits', () => {
    const { x, lengths } = paddedBatch(expected);
    expectClose(net.apply(x, { lengths }) as tf.Tensor, expected.get('batch_mask.logits'), 'batch_mask.logits');
    const clip = tf.slice(x, [0, 0], [1, N_SAMPLES]);
    expectClose(net.apply(clip) as tf.Tensor, expected.get('single.logits'), 'single.logits');
  });
});

describe.skipIf(!hasShared)('the weights of tiny-base', () => {
  const { folders: digests } = hasShared
    ? (json(folder('expected.json')) as { folders: Record<string, { digest_last: { at: Record<string, number> } }> })
    : { folders: {} };

  beforeAll(async () => {
    await startTestEngine();
  });

  const lastState = async (weights: string): Promise<tf.Tensor> => {
    const states = embedder(await load('tiny-base', weights));
    const x = expectations('tiny-base').get('raw_a')?.data as Float32Array;
    return (states.apply(tf.tensor2d(x, [1, N_SAMPLES])) as tf.Tensor[])[3];
  };

  test.each(
    ['base', 'base-oldnames', 'base-newnames', 'base-prefixed'].flatMap((kind) =>
      ['model.safetensors', 'pytorch_model.bin'].map((file) => `tiny-${kind}/${file}`),
    ),
  )('are read from %s', async (weights) => {
    expectClose(await lastState(weights), expectations('tiny-base').get('single.last_hidden_state'), weights);
  });

  test('are read from the old kind of pickle', async () => {
    const last = await lastState('tiny-base-legacy-pickle/pytorch_model.bin');
    expectClose(last, expectations('tiny-base').get('single.last_hidden_state'), 'legacy');
  });

  test.each(['tiny-base-fp16', 'tiny-base-bf16'])('are read from %s', async (name) => {
    const values = (await lastState(`${name}/model.safetensors`)).dataSync();
    for (const [at, wanted] of Object.entries(digests[`wav2vec2/${name}`].digest_last.at)) {
      expect(Math.abs(values[Number(at)] - wanted), at).toBeLessThan(TOLERANCE);
    }
  });
});

/** Parity with the authors' own model.py on a small encoder, see `test/fixtures/models/make_ssl_aasist.py`. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { encoderDepths } from '../../src/models/encoder-depths.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { type SslAasistOptions, sslAasist } from '../../src/models/ssl-aasist.js';
import { importSslAasist, recogniseSslAasist } from '../../src/models/ssl-aasist.weights.js';
import { CheckpointError } from '../../src/runtime/errors.js';
import type { StoredTensor } from '../../src/runtime/safetensors.js';
import { startTestEngine } from '../support/engine.js';
import { type TensorFormula, tensorsByFormula, waveformsByFormula } from '../support/formula-fixtures.js';

const fixture = JSON.parse(readFileSync(new URL('../fixtures/models/ssl-aasist.json', import.meta.url), 'utf8')) as {
  readonly inputShape: readonly number[];
  readonly backEndParametersOnXlsR: number;
  readonly tensors: Readonly<Record<string, TensorFormula>>;
  readonly logits: readonly (readonly number[])[];
};

/** Weights of the first blocks' norms, whose result the reference throws away. */
const DEAD_WEIGHTS = 2 * (32 + 32 + 64 + 64 + 64);

const plain = tensorsByFormula(fixture.tensors);
const fileOf = (headers: ReadonlyMap<string, StoredTensor>) => ({
  path: 'model.pth',
  headers,
  read: (name: string) => headers.get(name) as StoredTensor,
});
const changed = (change: (tensors: Map<string, StoredTensor>) => void) => {
  const tensors = new Map(plain);
  change(tensors);
  return fileOf(tensors);
};

let options: SslAasistOptions;
beforeAll(async () => {
  await startTestEngine();
  options = recogniseSslAasist(fileOf(plain));
});

/** A model with the weights of a file. */
function load(file: ReturnType<typeof fileOf>) {
  const model = sslAasist.build(options, [fixture.inputShape[1]], 1);
  importSslAasist(file, options, variablesOf(namedWeights(model)));
  return model;
}

describe('weights of SSL_Anti-spoofing', () => {
  it('tell the sizes of their model', () => {
    expect(options).toMatchObject({ hiddenSize: 32, nLayers: 2, nHeads: 16, intermediateSize: 24, nFeatures: 128 });
    expect(options).toMatchObject({ normalizeInput: false, normFirst: true, convolutionNorm: 'layer' });
    expect(options).toMatchObject({ convolutionBias: true, positionKernelSize: 8, positionGroups: 16 });
  });

  it('give the logits of the authors’ code', () => {
    const model = load(fileOf(plain));
    const logits = tf.tidy(() => (model.apply(waveformsByFormula(fixture.inputShape)) as tf.Tensor).dataSync());
    // Float32 against float64.
    for (const [i, wanted] of fixture.logits.flat().entries()) expect(Math.abs(logits[i] - wanted)).toBeLessThan(1e-5);
    model.dispose();
  });

  it('come as well from several GPUs, with what pretraining left and counters of batches', () => {
    const [count, left] = [{ dtype: 'I64', shape: [], data: new BigInt64Array(1) } as const, plain.get('pos_S')];
    const file = changed((tensors) => {
      tensors.clear();
      for (const [name, tensor] of plain) tensors.set(`module.${name}`, tensor);
      tensors.set('module.first_bn.num_batches_tracked', count);
      for (const name of ['mask_emb', 'quantizer.vars', 'project_q.weight', 'final_proj.bias']) {
        tensors.set(`module.ssl_model.model.${name}`, left as StoredTensor);
      }
    });
    expect(recogniseSslAasist(file)).toEqual(options);
    load(file).dispose();
  });

  it('are refused with what is missing, unexpected or of another shape', () => {
    const [attention, position] = ['attention.3.weight', 'pos_S'].map((name) => plain.get(name) as StoredTensor);
    const file = changed((tensors) => {
      tensors.delete('first_bn1.running_var');
      tensors.delete('ssl_model.model.encoder.layers.1.fc2.bias');
      tensors.set('ssl_model.model.encoder.layers.1.fc3.bias', position);
      tensors.set('pos_S', attention);
    });
    expect(() => load(file)).toThrow(CheckpointError);
    expect(() => load(file)).toThrow(
      /^model.pth: .*2 missing: first_bn1.running_var, ssl_model.*fc2.bias; 1 unexpected: ssl_model.*fc3.bias; 1 of another shape or type: pos_S \(expected floats \[1,42,64\], got F32 \[64,128,1,1\]\)/,
    );
    const other = fileOf(new Map([['fc.weight', attention]]));
    expect(() => recogniseSslAasist(other)).toThrow(
      /model.pth: expected the weights of SSL_Anti-spoofing, whose LL.weight has 2 axes, got none/,
    );
  });
});

it('has as many weights behind the encoder as the authors’ model', () => {
  const model = sslAasist.build(options, [null], 1);
  const depths = encoderDepths(model);
  const behind = [...namedWeights(model)].filter(
    ([name, { trainable }]) => trainable && (depths?.depthOf(name.split('/')[0]) ?? 0) > (depths?.nLayers ?? 0),
  );
  const count = behind.reduce((sum, [, { variable }]) => sum + variable.size, 0);
  // Of XLS-R the frames have 1024 values, of this encoder 32.
  const onXlsR = count + (1024 - options.hiddenSize) * options.nFeatures;
  expect(onXlsR).toBe(fixture.backEndParametersOnXlsR - DEAD_WEIGHTS);
  model.dispose();
});

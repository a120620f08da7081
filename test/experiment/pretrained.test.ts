import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeModel } from '../../src/experiment/checkpoint.js';
import { parseExperiment, readExperiment } from '../../src/experiment/config.js';
import { startFromCheckpoint } from '../../src/experiment/pretrained.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';

let directory: string;

beforeAll(async () => {
  await startTestEngine();
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pretrained-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const weightsOf = (nLogits: 1 | 2, seed: number): Map<string, tf.Variable> =>
  variablesOf(namedWeights(buildModel({ type: 'lcnn-small', nLogits }, [16, 16], seed)));
const save = (weights: Map<string, tf.Variable>): void =>
  writeModel(directory, weights, { threshold: 0, epoch: 1, inputShape: [16, 16] });
const STRICT = { ignoreMismatchedSizes: false };
const LENIENT = { ignoreMismatchedSizes: true };
const values = (weights: Map<string, tf.Variable>) =>
  new Map([...weights].map(([name, variable]) => [name, [...variable.dataSync()]]));

test('a run starts from the weights of the checkpoint', () => {
  const [from, to] = [weightsOf(2, 1), weightsOf(2, 2)];
  save(from);
  expect(startFromCheckpoint(directory, to, STRICT)).toBe(`starting from ${directory}`);
  expect(values(to)).toEqual(values(from));
  expect(startFromCheckpoint(directory, to, LENIENT)).toBe(`starting from ${directory}; fresh: none`);
});

test('another head is an error, or starts fresh where that is asked for', () => {
  const [from, to] = [weightsOf(1, 1), weightsOf(2, 2)];
  save(from);
  const [before, source] = [values(to), values(from)];
  expect(() => startFromCheckpoint(directory, to, STRICT)).toThrow(/weights of another model: 2 of another shape/);
  expect(values(to)).toEqual(before);
  expect(startFromCheckpoint(directory, to, LENIENT)).toMatch(
    /; fresh: 2 of \d+ weights \(logits\/kernel, logits\/bias\)$/,
  );
  for (const [name, got] of values(to)) {
    expect(got, name).toEqual((name.startsWith('logits/') ? before : source).get(name));
  }
});

test('what is no checkpoint, or of a model without anything in common, is refused', () => {
  expect(() => startFromCheckpoint(join(directory, 'none'), weightsOf(2, 1), STRICT)).toThrow(
    /^pretrained: .*none: expected a checkpoint to start from, got nothing there; .*voiceproof pretrained aasist-l/,
  );
  expect(() => startFromCheckpoint(directory, weightsOf(2, 1), STRICT)).toThrow(/got no model\.safetensors there/);
  save(weightsOf(2, 1));
  const other = new Map([['other/kernel', tf.variable(tf.zeros([1]))]]);
  expect(() => startFromCheckpoint(directory, other, LENIENT)).toThrow(/none of its weights fits the model/);
});

test('the keys travel in the config', async () => {
  const feature = { type: 'log-mel' };
  const model = { type: 'lcnn-small' };
  const plain = parseExperiment({ feature, model }, 'x');
  expect(plain).toMatchObject({ pretrained: null, ignoreMismatchedSizes: false });
  const own = parseExperiment({ feature, model, pretrained: 'a/b', ignoreMismatchedSizes: true }, 'x');
  expect(parseExperiment(own, 'x')).toEqual(own);
  expect(() => parseExperiment({ feature, model, ignoreMismatchedSizes: true }, 'x')).toThrow(/x: .*needs pretrained/);
  expect((await readExperiment('aasist-l-finetune')).config.pretrained).toBe('checkpoints/aasist-l-official');
});

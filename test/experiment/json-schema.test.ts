import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { experimentJsonSchema } from '../../src/experiment/json-schema.js';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';

const EXPERIMENTS = join(PROJECT_ROOT, 'experiments');
const schema = experimentJsonSchema();
// Strict but for the constants that stand beside their types.
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(schema);

test('the build wrote it', () => {
  const written = JSON.parse(readFileSync(join(PROJECT_ROOT, 'dist/schema/experiment.json'), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(schema)));
});

test.each(readdirSync(EXPERIMENTS))('experiments/%s passes it', (file) => {
  const experiment = JSON.parse(readFileSync(join(EXPERIMENTS, file), 'utf8'));
  expect(validate(experiment), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
});

const MINIMAL = { feature: { type: 'lfcc' }, model: { type: 'lcnn' } };

test.each([
  ['names alone', { feature: 'lfcc', model: 'lcnn', augment: ['gain'], training: { loss: 'focal', optim: 'sgd' } }],
  ['a schema of its own', { $schema: '../x.json', ...MINIMAL }],
  ['what a plugin defines', { ...MINIMAL, plugins: ['./mine.ts'], model: { type: 'mine', units: 3 } }],
  ['its options, where it takes them by name', { ...MINIMAL, plugins: ['./mine.ts'], training: { optim: 'mine' } }],
])('passes %s', (_, experiment) => {
  expect(validate(experiment), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
});

test.each([
  ['no model', { feature: 'lfcc' }],
  ['an unknown model', { ...MINIMAL, model: 'lcn' }],
  ['an unknown option of a model', { ...MINIMAL, model: { type: 'lcnn', dropuot: 0.1 } }],
  ['a value out of its range', { ...MINIMAL, model: { type: 'lcnn', dropout: 1.5 } }],
  ['an unknown section', { ...MINIMAL, trainig: {} }],
  ['an unknown option of the training', { ...MINIMAL, training: { learningrate: 1 } }],
  ['a word for a number', { ...MINIMAL, training: { numTrainEpochs: 'ten' } }],
  ['an option of another pooling', { ...MINIMAL, model: { type: 'lcnn', pooling: { type: 'mean', units: 3 } } }],
  ['an unknown augmentation', { ...MINIMAL, augment: [{ type: 'nois' }] }],
  [
    'a wrong option of ours beside a plugin',
    { ...MINIMAL, plugins: ['./mine.ts'], model: { type: 'lcnn', dropuot: 1 } },
  ],
])('refuses %s', (_, experiment) => {
  expect(validate(experiment)).toBe(false);
});

import { beforeAll, expect, test } from 'vitest';
import { buildModel, models } from '../../src/models/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

test('every entry has described options and says what it takes', () => {
  for (const entry of Object.values(models.ours)) {
    expect(['features', 'waveform']).toContain(entry.input);
    for (const field of Object.values(entry.schema.shape)) expect(field.description).toMatch(/.\.$/);
  }
});

test('an unknown type is refused with the nearest known one', () => {
  expect(() => buildModel({ type: 'lcn' }, [400, 60], 1)).toThrow(ConfigError);
  expect(() => buildModel({ type: 'lcn' }, [400, 60], 1)).toThrow('model: unknown "lcn" (did you mean "lcnn"?)');
});

test('all wrong options are reported at once', () => {
  const build = () => buildModel({ type: 'lcnn', dropout: 1.5, nLogits: 3, witdh: 1 }, [400, 60], 1);
  expect(build).toThrow(/dropout: .*1\.5.*nLogits: .*witdh \(did you mean "width"\?\)/);
});

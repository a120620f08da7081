import { expect, test } from 'vitest';
import { createFeature, features } from '../../src/features/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';

test('every feature has a version and defaults for all options', () => {
  for (const [type, { version, schema }] of features.entries()) {
    expect(version).toBeGreaterThanOrEqual(1);
    expect(() => schema.parse({}), type).not.toThrow();
    expect(createFeature({ type }, 16000).nBins).toBeGreaterThan(0);
  }
});

test('an unknown type is refused with the nearest known one', () => {
  expect(() => createFeature({ type: 'logmel' }, 16000)).toThrow(
    new ConfigError('feature: unknown "logmel" (did you mean "log-mel"?)'),
  );
});

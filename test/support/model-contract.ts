/** The contract of architectures as tests, for those of the registry. */
import { beforeAll, describe, expect, test } from 'vitest';
import { buildModel, models } from '../../src/models/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { type ModelCase, modelChecks } from '../../src/testing/model-checks.js';
import { startTestEngine } from './engine.js';

export type { ModelCase } from '../../src/testing/model-checks.js';

/** Runs the contract for the architecture that the registry has under `type`. */
export function describeModelContract(type: string, cases: readonly ModelCase[]): void {
  describe(type, () => {
    beforeAll(async () => {
      await startTestEngine();
    });

    test('refuses in our way', () => {
      expect(() => buildModel({ type, unheardOf: 1 }, cases[0].inputShape, 1)).toThrow(ConfigError);
    });

    for (const { name, run } of modelChecks(type, models.get(type, 'test'), cases)) test(name, run);
  });
}

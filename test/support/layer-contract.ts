/** The contract of layers as tests. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { LayerClass } from '../../src/experiment/definitions.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { type LayerCase, layerChecks } from '../../src/testing/layer-checks.js';
import { startTestEngine } from './engine.js';

export { BACKENDS } from '../../src/testing/engine.js';
export type { LayerCase } from '../../src/testing/layer-checks.js';

/** Runs the contract for one class, once per case and engine. */
export function describeLayerContract(Layer: LayerClass, cases: readonly LayerCase[]): void {
  describe(Layer.className, () => {
    beforeAll(async () => {
      await startTestEngine();
    });

    test('refuses in our way', () => {
      expect(() => new Layer({ ...cases[0].options, unheardOf: 1 } as never)).toThrow(ConfigError);
    });

    for (const { name, run } of layerChecks(Layer, cases)) test(name, run);
  });
}

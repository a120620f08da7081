/** Metrics of plugins, beside ours. */
import { type MeasuredSet, metrics } from '../metrics/registry.js';
import { type Metrics, scoresByClass } from '../metrics/summary.js';
import { DataError } from '../runtime/errors.js';
import type { TypedOptions } from '../runtime/options.js';

/** What is measured, without what can be told from its trials. */
export type ScoredSetFigures = Omit<MeasuredSet, 'bonafide' | 'spoof'>;

/**
 * The values of some metrics by name.
 *
 * @throws DataError where one of them gives no finite number
 */
export function measureCustom(chosen: readonly TypedOptions[], set: ScoredSetFigures): Record<string, number> {
  const measured = { ...set, ...scoresByClass(set.trials) };
  return Object.fromEntries(
    chosen.map((each) => {
      const { type, entry, options } = metrics.resolve(each);
      const value = entry.compute(measured, options);
      if (!Number.isFinite(value)) {
        throw new DataError(`metric ${type}: expected a finite number, got ${value}; mend its compute`);
      }
      return [type, value];
    }),
  );
}

/** Metrics with those of plugins under `custom`, where there are any. */
export function withCustom(figures: Metrics, chosen: readonly TypedOptions[], set: ScoredSetFigures): Metrics {
  return chosen.length === 0 ? figures : { ...figures, custom: measureCustom(chosen, set) };
}

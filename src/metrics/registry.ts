/** What a set of scored trials may be measured by, and a run choose its best epoch by. */
import { z } from 'zod';
import { Registry } from '../runtime/registry.js';
import { computeEer } from './eer.js';
import { computeRocAuc } from './roc-auc.js';
import type { ScoredTrial } from './summary.js';

/** A set as a detector scored it. */
export interface MeasuredSet {
  /** The trials in their order. */
  readonly trials: readonly ScoredTrial[];
  /** Scores of the bona fide trials. */
  readonly bonafide: Float64Array;
  /** Scores of the spoof trials. */
  readonly spoof: Float64Array;
  /** Mean loss over the clips; NaN where none was computed. */
  readonly loss: number;
  /** Score above which a clip counts as bona fide. */
  readonly decision: number;
}

/** An entry of the registry of metrics. */
export interface MetricType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults and ranges. */
  readonly schema: Schema;
  /** Which values are better. */
  readonly better: 'lower' | 'higher';
  /** One finite number. */
  compute(set: MeasuredSet, options: z.output<Schema>): number;
}

const plain = z.strictObject({});

const ours: Readonly<Record<'eer' | 'loss' | 'auc' | 'accuracy', MetricType<typeof plain>>> = {
  eer: { schema: plain, better: 'lower', compute: ({ bonafide, spoof }) => computeEer(bonafide, spoof).eer },
  loss: { schema: plain, better: 'lower', compute: ({ loss }) => loss },
  auc: { schema: plain, better: 'higher', compute: ({ bonafide, spoof }) => computeRocAuc(bonafide, spoof) },
  accuracy: {
    schema: plain,
    better: 'higher',
    compute: ({ trials, decision }) =>
      trials.filter(({ label, score }) => score > decision === (label === 'bonafide')).length / trials.length,
  },
};

/** Every metric by the name that `training.metricForBestModel` gives it. */
export const metrics = new Registry<MetricType, typeof ours, 'metric'>('metric', ours, 'name');

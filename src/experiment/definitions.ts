/**
 * What users add without a fork: each `define` function takes a name and the members that an entry of ours has, and gives a
 * definition, which a plugin module exports.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';
import type { AugmentationType, Stage } from '../data/augment/augmentation.js';
import type { DataSourceType } from '../data/source.js';
import type { FeatureType } from '../features/feature.js';
import type { LossType } from '../losses/loss.js';
import type { MetricType } from '../metrics/registry.js';
import type { ModelType } from '../models/model.js';
import type { OptimizerType } from '../optimizers/update-rule.js';
import { ConfigError } from '../runtime/errors.js';
import { type ChoosableDefinition, type Definition, define, defineChoosable } from '../runtime/plugin-modules.js';
import type { ScheduleType } from './schedule-registry.js';

/** A name, and beside it the members of an entry. */
export type Named<Entry> = { readonly name: string } & Entry;

/** What {@link defineModel} gives. */
export type ModelDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'model',
  ModelType<Schema>,
  z.input<Schema>
>;
/** What {@link defineFeature} gives. */
export type FeatureDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'feature',
  FeatureType<Schema>,
  z.input<Schema>
>;
/** What {@link defineAugmentation} gives. */
export type AugmentationDefinition<
  Schema extends z.ZodType = z.ZodType,
  At extends Stage = Stage,
> = ChoosableDefinition<'augmentation', AugmentationType<Schema, At>, z.input<Schema>>;
/** What {@link defineLoss} gives. */
export type LossDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'loss',
  LossType<Schema>,
  z.input<Schema>
>;
/** What {@link defineMetric} gives. */
export type MetricDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'metric',
  MetricType<Schema>,
  z.input<Schema>
>;
/** What {@link defineOptimizer} gives. */
export type OptimizerDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'optimizer',
  OptimizerType<Schema>,
  z.input<Schema>
>;
/** What {@link defineSchedule} gives. */
export type ScheduleDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'schedule',
  ScheduleType<Schema>,
  z.input<Schema>
>;
/** What {@link defineDataSource} gives. */
export type DataSourceDefinition<Schema extends z.ZodType = z.ZodType> = ChoosableDefinition<
  'data source',
  DataSourceType<Schema>,
  z.input<Schema>
>;
/** A layer's class, as tfjs registers it. */
export type LayerClass = (new (options: never) => layers.Layer) & { readonly className: string };
/** What {@link defineLayer} gives. */
export type LayerDefinition<Layer extends LayerClass = LayerClass> = Definition<'layer', Layer> & {
  /** The class itself. */
  readonly Layer: Layer;
};

/**
 * An architecture of one's own, for `model` of experiments.
 *
 * @throws ConfigError where the name is none that configs can hold
 */
export function defineModel<Schema extends z.ZodType>(model: Named<ModelType<Schema>>): ModelDefinition<Schema> {
  return defineChoosable('model', model.name, model);
}

/** A feature of one's own, for `feature` of experiments. Throws as {@link defineModel}. */
export function defineFeature<Schema extends z.ZodType>(
  feature: Named<FeatureType<Schema>>,
): FeatureDefinition<Schema> {
  return defineChoosable('feature', feature.name, feature);
}

/** An augmentation of one's own, for entries of `augment`; its schema includes `probability`. Throws as {@link defineModel}. */
export function defineAugmentation<Schema extends z.ZodType, At extends Stage>(
  augmentation: Named<AugmentationType<Schema, At>>,
): AugmentationDefinition<Schema, At> {
  return defineChoosable('augmentation', augmentation.name, augmentation);
}

/** A loss of one's own, for `training.loss`. Throws as {@link defineModel}. */
export function defineLoss<Schema extends z.ZodType>(loss: Named<LossType<Schema>>): LossDefinition<Schema> {
  return defineChoosable('loss', loss.name, loss);
}

/**
 * A metric of one's own, for `training.metricForBestModel`. Every metric of a run's plugins is reported, under `custom`, with
 * its default options unless it is the one chosen. Throws as {@link defineModel}.
 */
export function defineMetric<Schema extends z.ZodType>(metric: Named<MetricType<Schema>>): MetricDefinition<Schema> {
  return defineChoosable('metric', metric.name, metric);
}

/** An optimizer of one's own, for `training.optim`. Throws as {@link defineModel}. */
export function defineOptimizer<Schema extends z.ZodType>(
  optimizer: Named<OptimizerType<Schema>>,
): OptimizerDefinition<Schema> {
  return defineChoosable('optimizer', optimizer.name, optimizer);
}

/** A schedule of one's own, for `training.lrSchedulerType`. Throws as {@link defineModel}. */
export function defineSchedule<Schema extends z.ZodType>(
  schedule: Named<ScheduleType<Schema>>,
): ScheduleDefinition<Schema> {
  return defineChoosable('schedule', schedule.name, schedule);
}

/** A source of clips of one's own, for `data.source`. Throws as {@link defineModel}. */
export function defineDataSource<Schema extends z.ZodType>(
  source: Named<DataSourceType<Schema>>,
): DataSourceDefinition<Schema> {
  return defineChoosable('data source', source.name, source);
}

/**
 * A tfjs layer of one's own, registered by its `className`, so that models which hold it can be saved and loaded.
 *
 * @throws ConfigError where there is another layer of that name, tfjs's or ours
 */
export function defineLayer<Layer extends LayerClass>(Layer: Layer): LayerDefinition<Layer> {
  registerLayer(Layer);
  return { ...define('layer', Layer.className, Layer), Layer };
}

function registerLayer(Layer: LayerClass): void {
  const { className } = Layer;
  if (typeof className !== 'string' || className === '') {
    throw new ConfigError(`layer: expected a class with a static className, got ${Layer.name}; give it one`);
  }
  const known = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (known === undefined) {
    tf.serialization.registerClass(Layer as unknown as tf.serialization.SerializableConstructor<layers.Layer>);
  } else if (known[0] !== (Layer as unknown)) {
    // Silently replaced, it would change the models that use the other.
    throw new ConfigError(`layer ${className}: there is another of that name already; give yours another className`);
  }
}

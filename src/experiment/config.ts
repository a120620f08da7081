/**
 * What an experiment is: a short JSON file that states only what departs from the defaults, resolved to a full config
 * that travels with the checkpoint.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { SAMPLE_RATE } from '../data/audio.js';
import { parseAugmentations } from '../data/augment/registry.js';
import { type CorpusOptions, corpusOptions } from '../data/corpus-options.js';
import { features } from '../features/registry.js';
import type { ModelType, PaddingKind } from '../models/model.js';
import { models } from '../models/registry.js';
import { ConfigError, messageOf } from '../runtime/errors.js';
import { lookUp, parseOptions, parseSections, parseTyped, suggestion, type TypedOptions } from '../runtime/options.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';
import { type TrainingOptions, trainingOptions } from './training-options.js';

/** A resolved experiment: every option has a value. */
export interface ExperimentConfig {
  readonly description: string;
  /** Names every random draw of the run. */
  readonly seed: number;
  /** Length that clips are repeated or cropped to, with `training.groupByLength` only cropped; null where each keeps its own. */
  readonly durationSeconds: number | null;
  readonly data: CorpusOptions;
  /** Null where the model takes the waveform. */
  readonly feature: TypedOptions | null;
  readonly augment: readonly TypedOptions[];
  readonly model: TypedOptions;
  /** Checkpoint folder whose weights the run starts from, relative to the working directory; null: fresh weights. */
  readonly pretrained: string | null;
  /** Whether weights that the checkpoint lacks, or has in another shape, start fresh instead of being an error. */
  readonly ignoreMismatchedSizes: boolean;
  readonly training: TrainingOptions;
}

/** Longest that a clip is seen in one piece: attention grows with its square. */
export const MOST_SECONDS = 60;

const experimentOptions = z.strictObject({
  description: z.string().default(''),
  seed: z.int().min(0).default(42),
  durationSeconds: z.number().min(0.1).max(MOST_SECONDS).nullable().default(4),
  data: z.unknown().default({}),
  feature: z.unknown().default(null),
  augment: z.unknown().default([]),
  model: z.unknown(),
  pretrained: z.string().min(1).nullable().default(null),
  ignoreMismatchedSizes: z.boolean().default(false),
  training: z.unknown().default({}),
});

const EXPERIMENTS = join(PROJECT_ROOT, 'experiments');

/**
 * Parses an experiment.
 *
 * @param where the file, named in errors
 * @throws ConfigError that lists every problem by path
 */
export function parseExperiment(value: unknown, where: string): ExperimentConfig {
  const top = parseOptions(experimentOptions, value, where);
  const sections = parseSections(where, {
    data: () => parseOptions(corpusOptions, top.data, where, ['data']),
    feature: () => (top.feature === null ? null : parseTyped(features, top.feature, where, ['feature'])),
    augment: () => parseAugmentations(top.augment, where, ['augment']),
    model: () => parseTyped(models, top.model, where, ['model']),
    training: () => parseOptions(trainingOptions, top.training, where, ['training']),
  });
  const { input } = lookUp(models, sections.model.type, `${where}: model.type`);
  if ((input === 'waveform') !== (sections.feature === null)) {
    throw new ConfigError(
      input === 'waveform'
        ? `${where}: feature: ${sections.model.type} takes the waveform; set feature to null`
        : `${where}: feature: ${sections.model.type} takes a feature matrix; name one of ${Object.keys(features).join(', ')}`,
    );
  }
  const { description, seed, durationSeconds, pretrained, ignoreMismatchedSizes } = top;
  if (ignoreMismatchedSizes && pretrained === null) {
    throw new ConfigError(`${where}: ignoreMismatchedSizes: needs pretrained, the checkpoint to start from; set both`);
  }
  const config = { description, seed, durationSeconds, pretrained, ignoreMismatchedSizes, ...sections };
  if (config.training.groupByLength && paddingKind(config) === undefined) {
    const { type } = config.model;
    throw new ConfigError(
      `${where}: training.groupByLength: ${type} with these options can't tell clips from their padding; ${type === 'wav2vec2' ? 'set model.pooling to "mean"' : 'choose wav2vec2'}, or set it to false`,
    );
  }
  return config;
}

/** Samples that every clip is brought to; undefined where each keeps its own length. */
export function clipLength(config: ExperimentConfig): number | undefined {
  const keepsOwn = config.training.groupByLength || config.durationSeconds === null;
  return keepsOwn ? undefined : longestClip(config);
}

/** Samples that the model sees of a clip at most. */
export function longestClip({ durationSeconds }: ExperimentConfig): number {
  return Math.round((durationSeconds ?? MOST_SECONDS) * SAMPLE_RATE);
}

/** What padding is to the model of an experiment whose batches are padded; undefined where they are not, or can't be. */
export function paddingKind({ model, training }: ExperimentConfig): PaddingKind | undefined {
  if (!training.groupByLength) return undefined;
  const { type, ...options } = model;
  const entry = lookUp<ModelType>(models, type, 'model');
  return entry.padding?.(parseOptions(entry.schema, options, type));
}

/** Names of the experiments that come with the project. */
export function listExperiments(): string[] {
  return readdirSync(EXPERIMENTS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();
}

/**
 * Reads an experiment by name, or by the path of a JSON file, and applies overrides.
 *
 * @param nameOrPath `lcnn`, or `my/experiment.json`
 * @param overrides nested options that win over the file's; objects are merged, everything else replaced
 * @returns the name, for the run folder, and the resolved config
 * @throws ConfigError where there is no such experiment (with the nearest name), or it has problems
 */
export function readExperiment(
  nameOrPath: string,
  overrides: Readonly<Record<string, unknown>>,
): { name: string; config: ExperimentConfig } {
  const isPath = nameOrPath.endsWith('.json');
  const path = isPath ? nameOrPath : join(EXPERIMENTS, `${nameOrPath}.json`);
  if (!existsSync(path)) {
    throw new ConfigError(
      isPath
        ? `${path}: expected an experiment, got no such file`
        : `unknown experiment "${nameOrPath}"${suggestion(nameOrPath, listExperiments())}; or give the path of a .json file`,
    );
  }
  const where = isPath ? path : `experiments/${nameOrPath}.json`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${where}: expected JSON: ${messageOf(error)}`, { cause: error });
  }
  return { name: basename(path, '.json'), config: parseExperiment(mergeOptions(value, overrides), where) };
}

/** Paths at which two configs differ, such as `training.learningRate`. */
export function differences(a: unknown, b: unknown, path = ''): string[] {
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differences(a[key], b[key], path === '' ? key : `${path}.${key}`));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}

/** Options with others laid over them: objects are merged, everything else is replaced. */
export function mergeOptions(base: unknown, over: unknown): unknown {
  if (!isObject(base) || !isObject(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = key in base ? mergeOptions(base[key], value) : value;
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What an experiment is: a short JSON file that states only what departs from the defaults, resolved to a full config
 * that travels with the checkpoint.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { SAMPLE_RATE } from '../data/audio.js';
import type { CorpusOptions } from '../data/corpus-options.js';
import { features } from '../features/registry.js';
import type { PaddingKind } from '../models/model.js';
import { models } from '../models/registry.js';
import { ConfigError, messageOf } from '../runtime/errors.js';
import { importModule } from '../runtime/module-files.js';
import { parseOptions, suggestion, type TypedOptions } from '../runtime/options.js';
import type { PluginRecord } from '../runtime/plugin-modules.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';
import { type ExperimentInput, experimentOptions, MOST_SECONDS, pluginsOption } from './experiment-schema.js';
import { checkPluginsNamed, loadPlugins } from './plugins.js';
import type { TrainingOptions } from './training-options.js';

export { MOST_SECONDS } from './experiment-schema.js';

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
  /** Modules whose definitions it uses; absent where it needs none. */
  readonly plugins?: readonly PluginRecord[];
}

const EXPERIMENTS = join(PROJECT_ROOT, 'experiments');

/**
 * Parses an experiment.
 *
 * @param where the file, named in errors
 * @param plugins those that it names, which `loadPlugins` has loaded; in place of its own `plugins`
 * @throws ConfigError that lists every problem by path
 */
export function parseExperiment(
  value: unknown,
  where: string,
  plugins: readonly PluginRecord[] = [],
): ExperimentConfig {
  const { description, seed, durationSeconds, pretrained, ignoreMismatchedSizes, ...rest } = parseOptions(
    experimentOptions,
    value,
    where,
  );
  if (rest.plugins !== undefined && plugins.length === 0) {
    throw new ConfigError(`${where}: plugins: must be loaded before; read it with readExperiment`);
  }
  const { data, feature, augment, model, training } = rest;
  const { input } = models.get(model.type, `${where}: model.type`);
  if ((input === 'waveform') !== (feature === null)) {
    throw new ConfigError(
      input === 'waveform'
        ? `${where}: feature: ${model.type} takes the waveform; set feature to null`
        : `${where}: feature: ${model.type} takes a feature matrix; name one of ${features.names().join(', ')}`,
    );
  }
  if (ignoreMismatchedSizes && pretrained === null) {
    throw new ConfigError(`${where}: ignoreMismatchedSizes: needs pretrained, the checkpoint to start from; set both`);
  }
  const config: ExperimentConfig = {
    description,
    seed,
    durationSeconds,
    pretrained,
    ignoreMismatchedSizes,
    data,
    feature,
    augment,
    model,
    training,
    ...(plugins.length === 0 ? {} : { plugins }),
  };
  checkPluginsNamed(config, where);
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
  const { entry, options } = models.resolve(model);
  return entry.padding?.(options);
}

/** Names of the experiments that come with the project. */
export function listExperiments(): string[] {
  return readdirSync(EXPERIMENTS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();
}

/** An experiment that was read: its name, for the run folder, and its resolved config. */
export interface NamedExperiment {
  readonly name: string;
  readonly config: ExperimentConfig;
}

/** Files that hold an experiment: data, or a module whose default export it is. */
const EXPERIMENT_FILE = /\.(json|m?ts|m?js)$/;

/**
 * Reads an experiment, applies overrides, and loads the plugins that it names.
 *
 * @param experiment name such as `lcnn`, the path of a `.json` file or of a module (`.ts`, `.js`, `.mjs`) whose default export
 *   it is, or the experiment itself, whose plugins are then named relative to the working directory
 * @param overrides nested options that win over the file's; objects are merged, everything else replaced
 * @throws ConfigError where there is no such experiment (with the nearest name), or it has problems
 */
export async function readExperiment(
  experiment: string | ExperimentInput,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<NamedExperiment> {
  if (typeof experiment !== 'string') {
    return {
      name: 'experiment',
      config: await resolveExperiment(mergeOptions(experiment, overrides), 'experiment', '.'),
    };
  }
  const isPath = EXPERIMENT_FILE.test(experiment);
  const path = isPath ? experiment : join(EXPERIMENTS, `${experiment}.json`);
  if (!existsSync(path)) {
    throw new ConfigError(
      isPath
        ? `${path}: expected an experiment, got no such file`
        : `unknown experiment "${experiment}"${suggestion(experiment, listExperiments())}; or give the path of a .json or .ts file`,
    );
  }
  const where = isPath ? path : `experiments/${experiment}.json`;
  const value = path.endsWith('.json') ? readJson(path, where) : await importExperiment(path);
  const config = await resolveExperiment(mergeOptions(value, overrides), where, dirname(path));
  return { name: basename(path, extname(path)), config };
}

function readJson(path: string, where: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${where}: expected JSON: ${messageOf(error)}`, { cause: error });
  }
}

async function importExperiment(path: string): Promise<unknown> {
  const exports = await importModule(resolve(path));
  if (isObject(exports.default)) return exports.default;
  throw new ConfigError(
    `${path}: expected an experiment as the default export, got ${'default' in exports ? typeof exports.default : 'none'}; write export default defineExperiment({ ... })`,
  );
}

async function resolveExperiment(value: unknown, where: string, base: string): Promise<ExperimentConfig> {
  const named = isObject(value) ? value.plugins : undefined;
  const plugins =
    named === undefined ? [] : await loadPlugins(parseOptions(pluginsOption, named, where, ['plugins']), base);
  return parseExperiment(value, where, plugins);
}

/**
 * An experiment written in TypeScript: the compiler completes its options, and tells what is wrong where it is wrong.
 *
 * @returns the experiment as it is
 */
export function defineExperiment(experiment: ExperimentInput): ExperimentInput {
  return experiment;
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

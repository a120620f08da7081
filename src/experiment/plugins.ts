/** The plugins of experiments: loaded, added to the registries, and found again by those who open a run. */
import { isAbsolute, relative, resolve } from 'node:path';
import { augmentations } from '../data/augment/registry.js';
import { addDataParts } from '../data/plugins.js';
import { dataSources } from '../data/source.js';
import { features } from '../features/registry.js';
import type { LossType } from '../losses/loss.js';
import { losses } from '../losses/registry.js';
import { type MetricType, metrics } from '../metrics/registry.js';
import type { ModelType } from '../models/model.js';
import { models } from '../models/registry.js';
import { optimizers } from '../optimizers/registry.js';
import type { OptimizerType } from '../optimizers/update-rule.js';
import { ConfigError } from '../runtime/errors.js';
import { findModule, isModulePath } from '../runtime/module-files.js';
import type { TypedOptions } from '../runtime/options.js';
import { kindOf, type LoadedPlugin, loadPluginModule, type PluginRecord } from '../runtime/plugin-modules.js';
import { asTyped, type Registry, type RegistryEntry } from '../runtime/registry.js';
import type { ExperimentConfig } from './config.js';
import { type ScheduleType, schedules } from './schedule-registry.js';

/**
 * Loads plugins, and adds what they define to what experiments can name. Loading one again changes nothing.
 *
 * @param modules paths of modules, absolute or relative to `base`, or packages
 * @param base folder of the experiment; default: the working directory
 * @returns what a config records of them
 * @throws ConfigError where a module can't be found or loaded, exports no definition, or takes a name that is taken
 */
export async function loadPlugins(modules: readonly string[], base = '.'): Promise<PluginRecord[]> {
  const records: PluginRecord[] = [];
  for (const each of modules) {
    const plugin = await loadPluginModule(each, base);
    addDataParts(plugin);
    addParts(plugin);
    loaded.set(plugin.module, plugin);
    if (!records.some(({ module }) => module === plugin.module)) {
      records.push({ module: plugin.module, sha256: plugin.sha256 });
    }
  }
  return records;
}

/** By what configs record of them. */
const loaded = new Map<string, LoadedPlugin>();

function addParts(plugin: LoadedPlugin): void {
  for (const definition of plugin.definitions) {
    const { name, entry } = definition;
    // What a kind's `define` function took. A layer's class is registered by its own.
    switch (kindOf(definition)) {
      case 'model':
        models.add(name, entry as ModelType, plugin);
        break;
      case 'loss':
        losses.add(name, entry as LossType, plugin);
        break;
      case 'metric':
        metrics.add(name, entry as MetricType, plugin);
        break;
      case 'optimizer':
        optimizers.add(name, entry as OptimizerType, plugin);
        break;
      case 'schedule':
        schedules.add(name, entry as ScheduleType, plugin);
        break;
    }
  }
}

/** Files of the plugins that a config names, which its data threads load. */
export function pluginPaths({ plugins = [] }: Pick<ExperimentConfig, 'plugins'>): string[] {
  return plugins.flatMap(({ module }) => loaded.get(module)?.path ?? []);
}

/** Metrics that a run reports beside ours: the one that it chooses by, with its options, and all others of its plugins. */
export function pluginMetrics({
  plugins = [],
  training,
}: Pick<ExperimentConfig, 'plugins' | 'training'>): TypedOptions[] {
  const chosen = asTyped(training.metricForBestModel);
  const named = plugins.flatMap(({ module }) =>
    (loaded.get(module)?.definitions ?? []).flatMap((each) => (kindOf(each) === 'metric' ? [each.name] : [])),
  );
  return named.map((type) => (type === chosen.type ? chosen : { type }));
}

/** The records as a run folder holds them: paths relative to it, so that both can be moved together. */
export function relativeTo(directory: string, plugins: readonly PluginRecord[]): PluginRecord[] {
  return plugins.map(({ module, sha256 }) => ({
    module: isAbsolute(module) ? asRelative(relative(resolve(directory), module)) : module,
    sha256,
  }));
}

/** A config as a run folder holds it, which names no path of this machine. */
export function asRecorded(directory: string, config: ExperimentConfig): ExperimentConfig {
  const { plugins } = config;
  return plugins === undefined ? config : { ...config, plugins: relativeTo(directory, plugins) };
}

function asRelative(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  return slashed.startsWith('.') ? slashed : `./${slashed}`;
}

/**
 * Loads the plugins that a run folder or an export records.
 *
 * @returns the records with absolute paths and the hashes recorded, and a line for each that has changed since
 * @throws ConfigError as {@link loadPlugins}
 */
export async function loadRecorded(
  directory: string,
  recorded: readonly PluginRecord[],
): Promise<{ plugins: PluginRecord[]; changes: string[] }> {
  const plugins: PluginRecord[] = [];
  const changes: string[] = [];
  for (const { module, sha256 } of recorded) {
    const [now] = await loadPlugins([module], directory);
    plugins.push({ module: isModulePath(module) ? await findModule(module, directory) : module, sha256 });
    if (now.sha256 !== sha256) changes.push(`${now.module}: this plugin has changed since ${directory} was made`);
  }
  return { plugins, changes };
}

/**
 * Makes sure that an experiment names the plugins whose parts it uses: another may have loaded them, and whoever opens the run
 * would not know of them.
 *
 * @throws ConfigError that names the first part
 */
export function checkPluginsNamed(config: ExperimentConfig, where: string): void {
  const named = new Set((config.plugins ?? []).map(({ module }) => module));
  const check = (registry: Registry<RegistryEntry>, choice: string | TypedOptions, path: string): void => {
    const { type } = asTyped(choice);
    const source = registry.sourceOf(type);
    if (source === undefined || named.has(source.module)) return;
    throw new ConfigError(`${where}: ${path}: "${type}" is of the plugin ${source.module}; name that in plugins too`);
  };
  const any = (registry: unknown) => registry as Registry<RegistryEntry>;
  const { model, feature, augment, training, data } = config;
  check(any(models), model, 'model');
  if (feature !== null) {
    check(any(features), feature, 'feature');
    const parts = feature.type === 'joined' ? (feature.parts as readonly TypedOptions[]) : [];
    for (const part of parts) check(any(features), part, 'feature.parts');
  }
  for (const [i, each] of augment.entries()) check(any(augmentations), each, `augment.${i}`);
  check(any(losses), training.loss, 'training.loss');
  check(any(optimizers), training.optim, 'training.optim');
  check(any(schedules), training.lrSchedulerType, 'training.lrSchedulerType');
  check(any(metrics), training.metricForBestModel, 'training.metricForBestModel');
  if (data.source !== undefined) check(any(dataSources), data.source, 'data.source');
}

/** What plugins add to the data's side, of which the data threads need to know too. */

import type { FeatureType } from '../features/feature.js';
import { addFeature } from '../features/registry.js';
import { type Definition, kindOf, type LoadedPlugin, loadPluginModule } from '../runtime/plugin-modules.js';
import type { AugmentationType } from './augment/augmentation.js';
import { augmentations } from './augment/registry.js';
import { type DataSourceType, dataSources } from './source.js';

/**
 * Adds what a plugin defines of the data's side; of the rest nothing.
 *
 * @throws ConfigError where there is another of a name
 */
export function addDataParts(plugin: LoadedPlugin): void {
  for (const definition of plugin.definitions) addDataPart(definition, plugin);
}

function addDataPart(definition: Definition, plugin: LoadedPlugin): void {
  const { name, entry } = definition;
  // What a kind's `define` function took.
  switch (kindOf(definition)) {
    case 'feature':
      addFeature(name, entry as FeatureType, plugin);
      break;
    case 'augmentation':
      augmentations.add(name, entry as AugmentationType, plugin);
      break;
    case 'data source':
      dataSources.add(name, entry as DataSourceType, plugin);
      break;
  }
}

/**
 * Loads plugins in a data thread.
 *
 * @param paths of their files
 * @throws ConfigError as `loadPluginModule`
 */
export async function loadDataPlugins(paths: readonly string[]): Promise<void> {
  for (const path of paths) addDataParts(await loadPluginModule(path, '.'));
}

/** Plugins: modules that export definitions of what a user adds, such as a model or a feature. */
import { ConfigError } from './errors.js';
import { findModule, hashModule, importModule, isModulePath } from './module-files.js';
import { suggestion } from './options.js';
import type { PluginChoice } from './registry.js';

/** Marks definitions, whichever copy of this file made them. */
const KIND = Symbol.for('voiceproof.definition');

/** Kinds of things that a plugin may define. */
export const DEFINITION_KINDS = [
  'model',
  'layer',
  'feature',
  'augmentation',
  'loss',
  'metric',
  'optimizer',
  'schedule',
  'data source',
] as const;

/** What a definition defines. */
export type DefinitionKind = (typeof DEFINITION_KINDS)[number];

/** What `defineModel` and the like give: an entry of a registry, with its name. */
export interface Definition<Kind extends DefinitionKind = DefinitionKind, Entry = unknown> {
  readonly [KIND]: Kind;
  readonly name: string;
  readonly entry: Entry;
}

/** A definition that experiments choose, as `{ type, ...options }` or by {@link with}. */
export interface ChoosableDefinition<Kind extends DefinitionKind, Entry, Options> extends Definition<Kind, Entry> {
  /** The choice of this with options, for an experiment that is written in TypeScript. */
  with(options?: Options): PluginChoice<Kind>;
}

/** A plugin as an experiment's config holds it. */
export interface PluginRecord {
  /** Absolute path of the module, or the package that exports it. */
  readonly module: string;
  /** SHA-256 of the module and of what it imports by relative paths. */
  readonly sha256: string;
}

/** A plugin that is there. */
export interface LoadedPlugin extends PluginRecord {
  /** Absolute path of its file. */
  readonly path: string;
  readonly definitions: readonly Definition[];
}

/** Letters, digits and dashes, as ours: it is written in configs and shown in tables. */
const NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** @throws ConfigError where the name is none that configs can hold */
export function define<Kind extends DefinitionKind, Entry>(
  kind: Kind,
  name: string,
  entry: Entry,
): Definition<Kind, Entry> {
  // Layers go by the names of their classes.
  if (kind !== 'layer' && !NAME.test(name)) {
    throw new ConfigError(
      `${kind} "${name}": expected a name of small letters, digits and dashes, such as "my-${kind.replace(' ', '-')}"`,
    );
  }
  return { [KIND]: kind, name, entry };
}

/** As {@link define}, for what experiments choose by `{ type, ...options }`. */
export function defineChoosable<Kind extends DefinitionKind, Entry, Options>(
  kind: Kind,
  name: string,
  entry: Entry,
): ChoosableDefinition<Kind, Entry, Options> {
  const definition = define(kind, name, entry);
  return { ...definition, with: (options) => ({ type: name, ...options }) as unknown as PluginChoice<Kind> };
}

/** Whether a value is what `defineModel` and the like give. */
export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && KIND in value;
}

/** What a definition defines. */
export function kindOf(definition: Definition): DefinitionKind {
  return definition[KIND];
}

/** By the path of the file: Node loads a module once. */
const loaded = new Map<string, Promise<LoadedPlugin>>();

/**
 * Loads the module of a plugin; one that is there already is not loaded again.
 *
 * @param base folder that a relative path starts from
 * @throws ConfigError where it can't be found or loaded, or exports no definition
 */
export async function loadPluginModule(module: string, base: string): Promise<LoadedPlugin> {
  const path = await findModule(module, base);
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const loading = load(isModulePath(module) ? path : module, path);
  loaded.set(path, loading);
  try {
    return await loading;
  } catch (error) {
    loaded.delete(path);
    throw error;
  }
}

async function load(module: string, path: string): Promise<LoadedPlugin> {
  // Before it is loaded: what runs is then never newer than what is told.
  const sha256 = hashModule(path);
  const exports = await importModule(path);
  const values = Object.values(exports).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]));
  const definitions = [...new Set(values.filter(isDefinition))];
  if (definitions.length === 0) {
    const names = Object.keys(exports);
    throw new ConfigError(
      `${path}: expected a plugin, a module that exports what defineModel, defineFeature and the like give, got ` +
        `${names.length === 0 ? 'no exports' : `exports of other kinds: ${names.join(', ')}`}`,
    );
  }
  const unknown = definitions.find((definition) => !DEFINITION_KINDS.includes(kindOf(definition)));
  if (unknown !== undefined) {
    const kind = kindOf(unknown);
    throw new ConfigError(`${path}: ${unknown.name}: unknown kind "${kind}"${suggestion(kind, DEFINITION_KINDS)}`);
  }
  return { module, sha256, path, definitions };
}

/** Sources of clips beside files and folders: what plugins add for `data.source`. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { DataError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { TypedOptions } from '../runtime/options.js';
import { type PluginChoice, Registry } from '../runtime/registry.js';
import { SPLIT_NAMES, type Splits } from './split.js';
import { LABELS, type Trial } from './trial.js';

/** What a source finds. */
export interface SourcedClips {
  /** What to call the corpus; default: the source's name. */
  readonly name?: string;
  readonly train: readonly Trial[];
  /** Clips that choose the best epoch. */
  readonly dev: readonly Trial[];
  /** Clips for the evaluation at the end; default none. */
  readonly eval?: readonly Trial[];
  /** Paths of noise recordings for augmentations that name none of their own; default: those of the corpus options. */
  readonly noise?: readonly string[];
}

/** The same, checked, with absolute paths. */
export interface SourcedSplits extends Splits {
  readonly name: string;
  readonly noise: readonly string[] | undefined;
}

/** What a source works amid. */
export interface SourceContext {
  /** What relative paths start from. */
  readonly baseDirectory: string;
  /** Where what was fetched or unpacked may be kept; undefined: nowhere. */
  readonly cacheDirectory: string | undefined;
  readonly logger: Logger;
}

/** An entry of the registry of sources. */
export interface DataSourceType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults and ranges. */
  readonly schema: Schema;
  /** Finds the clips. Paths may be relative; the files must be there, in a format that `readAudio` reads. */
  load(options: z.output<Schema>, context: SourceContext): SourcedClips | Promise<SourcedClips>;
}

/** Every source by the `type` that configs name it by: those of plugins. */
export const dataSources = new Registry<DataSourceType, Record<never, DataSourceType>, 'data source'>(
  'data source',
  {},
);

/** The option `data.source`. */
export const sourceOption = (dataSources.option() as unknown as z.ZodType<TypedOptions, PluginChoice<'data source'>>)
  .optional()
  .describe('Clips from a plugin: a name, or { type, ...options }.');

const trialSchema = z.looseObject({
  utterance: z.string().min(1),
  path: z.string().min(1),
  label: z.enum(LABELS),
  speaker: z.string().optional(),
  attackId: z.string().optional(),
});

/**
 * What a source gives, checked.
 *
 * @throws ConfigError for an unknown source or options; DataError where what it gives can't be used
 */
export async function loadSource(choice: TypedOptions, context: SourceContext): Promise<SourcedSplits> {
  const { type, entry, options } = dataSources.resolve(choice, 'data.source', 'data.source');
  const found = await entry.load(options, context);
  const at = (path: string) => (isAbsolute(path) ? path : resolve(context.baseDirectory, path));
  const parts = { train: found.train, dev: found.dev, eval: found.eval ?? [] };
  for (const split of SPLIT_NAMES) {
    const checked = z.array(trialSchema).safeParse(parts[split]);
    if (!checked.success) {
      const [{ path, message }] = checked.error.issues;
      throw new DataError(`data.source: ${type}: ${[split, ...path].join('.')}: ${message}; mend what it gives`);
    }
    parts[split] = parts[split].map((trial) => ({ ...trial, path: at(trial.path) }));
    const missing = parts[split].filter(({ path }) => !existsSync(path));
    if (missing.length > 0) {
      const [{ path }] = missing;
      throw new DataError(`data.source: ${type}: ${missing.length} missing audio files in ${split}, such as ${path}`);
    }
  }
  return { name: found.name ?? type, ...parts, noise: found.noise?.map(at) };
}

/**
 * What options choose from by name: models, features, augmentations, losses and the like. A registry holds our entries and
 * those that plugins add, and is the one that reads "a name, or { type, ...options }".
 */
import { z } from 'zod';
import { ConfigError } from './errors.js';
import { notAmong, type Problem, parseOptions, problemsError, problemsOf, show, type TypedOptions } from './options.js';

/** What every entry has. */
export interface RegistryEntry {
  /** Its options with their defaults and ranges. */
  readonly schema: z.ZodType;
}

/** Entries by the name that options give them. */
export type Entries<Entry extends RegistryEntry = RegistryEntry> = Readonly<Record<string, Entry>>;

/** What zod makes of no options at all would forbid the `type` beside them. */
type Fields<Options> = string extends keyof Options ? unknown : Options;

/** `{ type, ...options }` of any of the entries, every option with its value. */
export type OneOf<Ours extends Entries> = {
  [Type in keyof Ours & string]: { readonly type: Type } & Fields<z.output<Ours[Type]['schema']>>;
}[keyof Ours & string];

/** How an entry may be chosen: its name, or its name with options; or what a plugin's definition gives. */
export type Choice<Ours extends Entries, Kind extends string = string> =
  | (keyof Ours & string)
  | {
      [Type in keyof Ours & string]: { readonly type: Type } & Fields<z.input<Ours[Type]['schema']>>;
    }[keyof Ours & string]
  | PluginChoice<Kind>;

/** What the `with` of a plugin's definition gives; the compiler takes no object literal for one. */
export interface PluginChoice<Kind extends string = string> {
  readonly type: string;
  readonly [chosenBy]: Kind;
}

declare const chosenBy: unique symbol;

/**
 * How a choice is written in a resolved config: with its `type` first or last (as each kind has been from the first version
 * on, so that configs stay the same to the byte), or by its bare name where it has no options.
 */
export type WrittenForm = 'type-first' | 'type-last' | 'name';

/** A choice with all its options, told apart. */
export interface Resolved<Entry> {
  readonly type: string;
  readonly entry: Entry;
  /** As the entry's schema gives them. */
  readonly options: never;
}

/** A plugin, as what it adds remembers it. */
export interface PluginSource {
  /** What experiments name it by, such as an absolute path. */
  readonly module: string;
}

/** See the top of the file. */
export class Registry<
  Entry extends RegistryEntry,
  Ours extends Entries<Entry> = Entries<Entry>,
  Kind extends string = string,
> {
  private readonly added = new Map<string, { readonly entry: Entry; readonly source: PluginSource }>();

  /**
   * @param kind what an entry is, in a word for people, such as `model`
   * @param ours entries that are always there
   */
  constructor(
    readonly kind: Kind,
    readonly ours: Ours,
    private readonly form: WrittenForm = 'type-first',
  ) {}

  /** Names of all entries, ours first. */
  names(): string[] {
    return [...Object.keys(this.ours), ...this.added.keys()];
  }

  /** All entries with their names. */
  entries(): [name: string, entry: Entry][] {
    return this.names().map((name) => [name, this.get(name, this.kind)]);
  }

  /** @throws ConfigError for an unknown name, with the nearest one */
  get(name: unknown, where: string): Entry {
    const entry = this.find(name);
    if (entry === undefined) throw new ConfigError(notAmong(name, this.names(), where));
    return entry;
  }

  /** The plugin that added `name`; undefined for ours. */
  sourceOf(name: string): PluginSource | undefined {
    return this.added.get(name)?.source;
  }

  /**
   * Adds the entry of a plugin. Adding the same again changes nothing.
   *
   * @throws ConfigError where there is another entry of that name
   */
  add(name: string, entry: Entry, source: PluginSource): void {
    const other = this.added.get(name);
    if (other?.entry === entry) return;
    if (other !== undefined || Object.hasOwn(this.ours, name)) {
      const whose = other === undefined ? 'Voiceproof has' : `${other.source.module} has added`;
      throw new ConfigError(`${source.module}: ${whose} a ${this.kind} "${name}" already; give yours another name`);
    }
    this.added.set(name, { entry, source });
  }

  /**
   * Parses a name, or `{ type, ...options }`.
   *
   * @param where what is being read; opens the message
   * @param path where in that thing the choice stands
   * @returns it with all options
   * @throws ConfigError that lists all problems: an unknown type or option (with the nearest one), wrong values
   */
  parse(value: unknown, where: string, path: readonly string[] = []): TypedOptions {
    const read = this.read(value);
    if ('problems' in read) throw problemsError(read.problems, where, path);
    return read.options;
  }

  /**
   * The entry that a choice names, with its options parsed.
   *
   * @param where opens the message about the type; options' problems open with `optionsWhere`, by default the type
   * @throws ConfigError as {@link parse}
   */
  resolve(
    { type, ...options }: TypedOptions,
    where: string = this.kind,
    optionsWhere: string = type,
    path: readonly string[] = [],
  ): Resolved<Entry> {
    const entry = this.get(type, where);
    return { type, entry, options: parseOptions(entry.schema, options, optionsWhere, path) as never };
  }

  /** A schema of a choice, for use within other options. */
  option(): z.ZodType<OneOf<Ours>, Choice<Ours, Kind>> {
    return z.pipe(z.unknown(), this.reading()) as unknown as z.ZodType<OneOf<Ours>, Choice<Ours, Kind>>;
  }

  /** As {@link option}, where an absent value stands for `fallback`. */
  optionOr(fallback: keyof Ours & string): z.ZodPrefault<z.ZodType<OneOf<Ours>, Choice<Ours, Kind>>> {
    return this.option().prefault(fallback as never);
  }

  /** As {@link optionOr}, for choices that a config writes by their bare name where they have no options. */
  nameOptionOr(
    fallback: keyof Ours & string,
  ): z.ZodPrefault<z.ZodType<(keyof Ours & string) | TypedOptions, Choice<Ours, Kind>>> {
    return this.optionOr(fallback) as never;
  }

  private reading(): z.ZodTransform {
    const reading = z.transform((value, context) => {
      const read = this.read(value);
      if (!('problems' in read)) return this.form === 'name' ? bareWhereEmpty(read.options) : read.options;
      for (const { path, say } of read.problems) {
        context.issues.push({ code: 'custom', path: [...path], params: { say }, message: say(''), input: value });
      }
      return z.NEVER;
    });
    registryOf.set(reading, this as unknown as Registry<RegistryEntry>);
    return reading;
  }

  private find(name: unknown): Entry | undefined {
    if (typeof name !== 'string') return undefined;
    return Object.hasOwn(this.ours, name) ? this.ours[name] : this.added.get(name)?.entry;
  }

  private read(given: unknown): { readonly options: TypedOptions } | { readonly problems: readonly Problem[] } {
    const value = typeof given === 'string' ? { type: given } : given;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { problems: [{ path: [], say: (at) => `${at}: expected {"type": ...}, got ${show(value)}` }] };
    }
    const { type, ...rest } = value as Record<string, unknown>;
    const entry = this.find(type);
    if (entry === undefined) {
      return { problems: [{ path: ['type'], say: (at) => notAmong(type, this.names(), at) }] };
    }
    const result = entry.schema.safeParse(rest, { reportInput: true });
    if (!result.success) return { problems: problemsOf(entry.schema, result.error) };
    const name = String(type);
    const options = result.data as object;
    return { options: this.form === 'type-last' ? { ...options, type: name } : { type: name, ...options } };
  }
}

/** The registries behind the schemas that {@link Registry.option} gave. */
const registryOf = new WeakMap<object, Registry<RegistryEntry>>();

/** The registry that a schema chooses from; undefined for schemas of other things. */
export function registryBehind(schema: unknown): Registry<RegistryEntry> | undefined {
  const { def } = schema as { readonly def?: { readonly type?: string; readonly out?: object } };
  return def?.type === 'pipe' && def.out !== undefined ? registryOf.get(def.out) : undefined;
}

/** A choice that a config may hold by its bare name, as an object. */
export function asTyped(choice: string | TypedOptions): TypedOptions {
  return typeof choice === 'string' ? { type: choice } : choice;
}

function bareWhereEmpty(options: TypedOptions): string | TypedOptions {
  return Object.keys(options).length === 1 ? options.type : options;
}

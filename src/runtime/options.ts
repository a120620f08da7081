/**
 * Options come from JSON files and command lines, so they are checked at the door: the owner of an option writes its
 * schema with zod (`z.strictObject`, a default and `describe` on each field), and this file turns what zod finds wrong
 * into one `ConfigError` that lists every problem by path.
 */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { ConfigError } from './errors.js';

/**
 * Parses `value` by `schema`.
 *
 * @param where what is being read, such as `experiments/lcnn.json`, or `feature`; opens the message
 * @param path where in that thing `value` stands, such as `['feature']`; prefixed to the path of every problem
 * @throws ConfigError that lists all problems: unknown keys (with the nearest known one), wrong types, ranges
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
  path: readonly string[] = [],
): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => phrase(issue, path, schema));
  throw new ConfigError(`${where}: ${problems.join('; ')}`);
}

/** Options that name an entry of a registry: `{ "type": "lfcc", ... }`. */
export interface TypedOptions {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * Parses `{ type, ...options }`, where `type` names an entry of `registry` and the entry's schema the rest.
 *
 * @throws ConfigError as {@link parseOptions}, and for an unknown type with the nearest known one
 */
export function parseTyped(
  registry: Readonly<Record<string, { readonly schema: z.ZodType }>>,
  value: unknown,
  where: string,
  path: readonly string[] = [],
): TypedOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError(`${where}: ${path.join('.')}: expected {"type": ...}, got ${show(value)}`);
  }
  const { type, ...rest } = value as Record<string, unknown>;
  const entry = lookUp(registry, type, `${where}: ${[...path, 'type'].join('.')}`);
  return { type: String(type), ...(parseOptions(entry.schema, rest, where, path) as object) };
}

/**
 * Runs the parsers of several sections and reports the problems of all of them at once.
 *
 * @throws ConfigError with every problem, one line
 */
export function parseSections<Sections extends Record<string, () => unknown>>(
  where: string,
  sections: Sections,
): { [Name in keyof Sections]: ReturnType<Sections[Name]> } {
  const problems: string[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, parse] of Object.entries(sections)) {
    try {
      parsed[name] = parse();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message.startsWith(`${where}: `) ? error.message.slice(where.length + 2) : error.message);
    }
  }
  if (problems.length > 0) throw new ConfigError(`${where}: ${problems.join('; ')}`);
  return parsed as { [Name in keyof Sections]: ReturnType<Sections[Name]> };
}

/** The candidate nearest to `word` by edit distance, or undefined where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`, or a list of what there is where nothing is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  return near === undefined ? `; known: ${candidates.join(', ')}` : ` (did you mean "${near}"?)`;
}

/** The entry of a registry called `name`, or a `ConfigError` that lists the nearest or all names. */
export function lookUp<Entry>(registry: Readonly<Record<string, Entry>>, name: unknown, where: string): Entry {
  const names = Object.keys(registry);
  if (typeof name !== 'string') {
    throw new ConfigError(`${where}: expected one of ${names.join(', ')}, got ${show(name)}`);
  }
  if (!Object.hasOwn(registry, name)) {
    throw new ConfigError(`${where}: unknown "${name}"${suggestion(name, names)}`);
  }
  return registry[name];
}

function phrase(issue: z.core.$ZodIssue, prefix: readonly string[], schema: z.ZodType): string[] {
  const at = [...prefix, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path, issue.input);
    return issue.keys.map((key) => `unknown option ${[...at, key].join('.')}${suggestion(key, known)}`);
  }
  const name = at.length === 0 ? 'value' : at.join('.');
  if (issue.code === 'invalid_union' && 'options' in issue) {
    const given = (issue.input as Record<string, unknown> | undefined)?.[String(issue.path.at(-1))];
    const known = (issue.options as unknown[]).map(String);
    if (typeof given !== 'string') return [`${name}: expected one of ${known.join(', ')}, got ${show(given)}`];
    return [`${name}: unknown "${given}"${suggestion(given, known)}`];
  }
  const got = 'input' in issue && issue.code !== 'custom' ? `, got ${show(issue.input)}` : '';
  const message = issue.message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
  return [`${name}: ${message}${got}`];
}

/** The keys that the object schema at `path` knows; empty where the path leads through something else. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): string[] {
  let current: unknown = unwrap(schema);
  for (const step of path) {
    const shape = shapeOf(current, input);
    if (shape === undefined) return [];
    current = unwrap(shape[String(step)]);
  }
  return Object.keys(shapeOf(current, input) ?? {});
}

/** The fields of an object schema; of several alternatives, those of the one that `input` names. */
function shapeOf(schema: unknown, input: unknown): Record<string, unknown> | undefined {
  const def = (schema as { def?: ObjectOrUnion } | undefined)?.def;
  if (def?.discriminator === undefined) {
    // Of a word or an object, such as "none" or {"type": ...}, the object has fields.
    return (
      def?.shape ?? def?.options?.map((option) => shapeOf(unwrap(option), input)).find((shape) => shape !== undefined)
    );
  }
  const { discriminator, options = [] } = def;
  const name = (input as Record<string, unknown> | undefined)?.[discriminator];
  const shapes = options.map((option) => shapeOf(option, input));
  return shapes.find((shape) => (shape?.[discriminator] as { value?: unknown } | undefined)?.value === name);
}

/** The parts of zod's definitions that tell what keys there are. */
interface ObjectOrUnion {
  readonly shape?: Record<string, unknown>;
  readonly discriminator?: string;
  readonly options?: readonly unknown[];
}

/** The schema below defaults, optionals and preprocessing. */
function unwrap(schema: unknown): unknown {
  let current = schema as { def?: { innerType?: unknown; out?: unknown } } | undefined;
  for (;;) {
    const inner = current?.def?.innerType ?? current?.def?.out;
    if (inner === undefined) return current;
    current = inner as typeof current;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

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
  throw problemsError(problemsOf(schema, result.error), where, path);
}

/** Something wrong with an option. */
export interface Problem {
  /** Where in the value it is. */
  readonly path: readonly PropertyKey[];
  /** @param at the whole path, as the reader knows it; empty for the value itself */
  say(at: string): string;
}

/** Everything that `schema` found wrong, to be told once it is known where the value stands. */
export function problemsOf(schema: z.ZodType, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => phrase(issue, schema));
}

/** One error that tells all problems of a value that stands at `path`. */
export function problemsError(problems: readonly Problem[], where: string, path: readonly string[]): ConfigError {
  const lines = problems.map(({ path: within, say }) => say([...path, ...within.map(String)].join('.')));
  return new ConfigError(`${where}: ${lines.join('; ')}`);
}

/** Options that name an entry of a registry: `{ "type": "lfcc", ... }`. */
export interface TypedOptions {
  readonly type: string;
  readonly [option: string]: unknown;
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

/** The entry called `name`, or a `ConfigError` that lists the nearest or all names. */
export function lookUp<Entry>(entries: Readonly<Record<string, Entry>>, name: unknown, where: string): Entry {
  if (typeof name !== 'string' || !Object.hasOwn(entries, name)) {
    throw new ConfigError(notAmong(name, Object.keys(entries), where));
  }
  return entries[name];
}

function phrase(issue: z.core.$ZodIssue, schema: z.ZodType): Problem[] {
  const { path } = issue;
  // What a schema within this one found and can tell itself.
  if (issue.code === 'custom' && typeof issue.params?.say === 'function') {
    return [{ path, say: issue.params.say as Problem['say'] }];
  }
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path, issue.input);
    return issue.keys.map((key) => ({
      path: [...path, key],
      say: (at) => `unknown option ${at}${suggestion(key, known)}`,
    }));
  }
  if (issue.code === 'invalid_union' && 'options' in issue) {
    const given = (issue.input as Record<string, unknown> | undefined)?.[String(path.at(-1))];
    const known = (issue.options as unknown[]).map(String);
    return [{ path, say: (at) => notAmong(given, known, named(at)) }];
  }
  const got = 'input' in issue && issue.code !== 'custom' ? `, got ${show(issue.input)}` : '';
  const message = issue.message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
  return [{ path, say: (at) => `${named(at)}: ${message}${got}` }];
}

function named(at: string): string {
  return at === '' ? 'value' : at;
}

/** That `given` is none of the names there are. */
export function notAmong(given: unknown, known: readonly string[], at: string): string {
  return typeof given === 'string'
    ? `${at}: unknown "${given}"${suggestion(given, known)}`
    : `${at}: expected one of ${known.join(', ')}, got ${show(given)}`;
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

/** A value as a message shows it. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

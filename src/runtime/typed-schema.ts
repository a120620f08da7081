/** Options that choose an entry of a registry within the options of something else. */
import { z } from 'zod';

/** Entries of a registry as far as their options go. */
type Schemas = Readonly<Record<string, { readonly schema: z.ZodObject }>>;

/** What zod makes of no options at all would forbid the `type` beside them. */
type OptionsOf<Schema extends z.ZodObject> = keyof Schema['shape'] extends never ? unknown : z.output<Schema>;

/** `{ type, ...options }` of any entry of a registry. */
export type OneOf<Registry extends Schemas> = {
  [Type in keyof Registry & string]: { readonly type: Type } & OptionsOf<Registry[Type]['schema']>;
}[keyof Registry & string];

/**
 * A schema of `{ type, ...options }` for use within another one, where `type` names an entry of `registry` and the entry's
 * schema the rest. A bare name stands for the entry with its defaults.
 *
 * @param fallback name that an absent value stands for
 */
export function typedSchema<Registry extends Schemas>(
  registry: Registry,
  fallback: keyof Registry & string,
): z.ZodType<OneOf<Registry>, unknown> {
  const entries = Object.entries(registry).map(([type, { schema }]) => schema.extend({ type: z.literal(type) }));
  const [first, ...others] = entries;
  const union = z.discriminatedUnion('type', [first, ...others]);
  const named = z.preprocess((value) => (typeof value === 'string' ? { type: value } : value), union);
  return named.prefault(fallback) as unknown as z.ZodType<OneOf<Registry>, unknown>;
}

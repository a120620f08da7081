/** The JSON Schema of experiments, by which editors complete and check them. The build writes it. */
import { z } from 'zod';
import { type Registry, type RegistryEntry, registryBehind } from '../runtime/registry.js';
import { experimentOptions } from './experiment-schema.js';

/** A JSON Schema, as far as it is put together here. */
type JsonSchema = Record<string, unknown>;

/**
 * What an experiment's file may say. Where it names plugins, types that are not ours are allowed too: what they take, the
 * parser knows when it has loaded them.
 */
export function experimentJsonSchema(): JsonSchema {
  const { $schema, ...plain } = schemaOf(experimentOptions, false);
  const { $schema: _, ...open } = schemaOf(experimentOptions, true);
  return {
    $schema,
    title: 'An experiment of Voiceproof',
    type: 'object',
    if: { required: ['plugins'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: open,
    else: plain,
  };
}

/** @param isOpen whether names that are not ours are allowed */
function schemaOf(schema: z.ZodType, isOpen: boolean): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    // Refinements and what parsers alone know.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const registry = registryBehind(zodSchema);
      if (registry !== undefined) Object.assign(jsonSchema, choiceOf(registry, isOpen));
      // JSON has no infinity.
      if (jsonSchema.minimum === Number.NEGATIVE_INFINITY) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.POSITIVE_INFINITY) delete jsonSchema.maximum;
    },
  }) as JsonSchema;
}

function choiceOf(registry: Registry<RegistryEntry>, isOpen: boolean): JsonSchema {
  const names = Object.keys(registry.ours);
  const entries = names.map((name) => entryOf(name, registry.ours[name], isOpen));
  const bare = names.length === 0 ? [] : [{ enum: names, description: `A ${registry.kind} with its defaults.` }];
  const others = { type: 'string', ...(names.length === 0 ? {} : { not: { enum: names } }) };
  const open = [others, { type: 'object', properties: { type: others }, required: ['type'] }];
  return { anyOf: [...bare, ...entries, ...(isOpen || names.length === 0 ? open : [])] };
}

function entryOf(name: string, { schema }: RegistryEntry, isOpen: boolean): JsonSchema {
  const { $schema: _, ...own } = schemaOf(schema, isOpen);
  const { properties = {}, required = [] } = own as { properties?: JsonSchema; required?: string[] };
  return { ...own, properties: { type: { const: name }, ...properties }, required: ['type', ...required] };
}

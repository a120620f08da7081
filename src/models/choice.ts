/** Options that choose one of several parts. */
import { z } from 'zod';

/**
 * A schema for `{ "type": "...", ...options }`, for which the bare type may stand where the options are to keep their
 * defaults: `"mean"` for `{ "type": "mean" }`.
 */
export function choice<Choices extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  ...choices: Choices
) {
  const named = (value: unknown): unknown => (typeof value === 'string' ? { type: value } : value);
  return z.preprocess(named, z.discriminatedUnion('type', choices));
}

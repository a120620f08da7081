/** What the products of a training step are computed in. */
import type { TrainingOptions } from '../experiment/training-options.js';
import type { LowPrecision } from '../graph/autocast.js';
import { ConfigError } from '../runtime/errors.js';

/**
 * The type that the options ask for; undefined is float32.
 *
 * @throws ConfigError where steps run op by op, which are float32 throughout
 */
export function precisionOf(
  { bf16, fp16 }: Pick<TrainingOptions, 'bf16' | 'fp16'>,
  isCompiled: boolean,
): LowPrecision | undefined {
  if (!bf16 && !fp16) return undefined;
  if (!isCompiled) {
    const name = bf16 ? 'bf16' : 'fp16';
    throw new ConfigError(
      `training.${name}: needs compiled steps of the native engine; run without \`compile: false\` and with \`engine: native\`, or set it to false`,
    );
  }
  return bf16 ? 'bfloat16' : 'float16';
}

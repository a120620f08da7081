/**
 * Mixup: each example of a batch blended with another, and their labels with them.
 *
 * Paper: Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
 */
import { z } from 'zod';
import { type Random, shuffled } from '../../runtime/random.js';
import { type AugmentationType, type LabelledExamples, probability } from './augmentation.js';

const schema = z.strictObject({
  probability,
  alpha: z
    .number()
    .min(0.01)
    .max(100)
    .default(0.2)
    .describe('Shares are drawn from Beta(alpha, alpha): near 0 or 1 where it is small, near one half where large.'),
});

/** The registry entry; see the top of the file. */
export const mixup: AugmentationType<typeof schema, 'batch'> = {
  stage: 'batch',
  schema,
  create: ({ probability, alpha }) => ({
    probability,
    apply(examples, random) {
      const partners = shuffled([...Array(examples.shape[0]).keys()], random);
      return blended(
        examples,
        partners,
        partners.map(() => drawShare(alpha, random)),
      );
    },
  }),
};

/**
 * Row `i` of the result is `shares[i]` of row `i` and the rest of row `partners[i]`, in inputs and labels.
 *
 * @param partners a row for each row
 * @param shares 0 to 1
 */
export function blended(
  { inputs, shape, labels }: LabelledExamples,
  partners: readonly number[],
  shares: readonly number[],
): LabelledExamples {
  const blend = (values: Float32Array) => {
    const size = values.length / shape[0];
    const result = new Float32Array(values.length);
    for (const [row, partner] of partners.entries()) {
      const share = shares[row];
      for (let i = 0; i < size; i++) {
        result[row * size + i] = share * values[row * size + i] + (1 - share) * values[partner * size + i];
      }
    }
    return result;
  };
  return { inputs: blend(inputs), shape, labels: blend(labels) };
}

/** From Beta(alpha, alpha): one of two Gamma draws over their sum, in logarithms, which small shapes need. */
function drawShare(alpha: number, random: Random): number {
  return 1 / (1 + Math.exp(drawLogGamma(alpha, random) - drawLogGamma(alpha, random)));
}

/**
 * The logarithm of a Gamma draw of scale 1. Marsaglia and Tsang, "A simple method for generating gamma variables", ACM
 * TOMS 26, 2000; shapes below 1 by their rule from the next larger.
 */
function drawLogGamma(shape: number, random: Random): number {
  const d = shape + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0 || Math.log(1 - random.uniform()) >= 0.5 * x * x + d * (1 - v + Math.log(v))) continue;
    return Math.log(d * v) + Math.log(1 - random.uniform()) / shape;
  }
}

/**
 * The `training` section of an experiment. Names are those of Hugging Face's `TrainingArguments` in camelCase, plus
 * Lightning's `fastDevRun` and `overfitBatches`.
 */
import { z } from 'zod';

const fraction = z.number().min(0).max(1);

/** Schema of the `training` section; each field says its unit, and here alone its default. */
export const trainingOptions = z.strictObject({
  numTrainEpochs: z.int().min(1).default(30).describe('passes over the training set'),
  perDeviceTrainBatchSize: z.int().min(1).default(16).describe('clips a training step'),
  perDeviceEvalBatchSize: z.int().min(1).default(32).describe('clips a batch in evaluation'),
  gradientAccumulationSteps: z.int().min(1).default(1).describe('batches whose gradients are averaged to one update'),
  loss: z.enum(['cross-entropy', 'binary-cross-entropy']).default('cross-entropy'),
  classWeights: z
    .union([z.literal('balanced'), z.tuple([z.number().positive(), z.number().positive()])])
    .nullable()
    .default(null)
    .describe('weights of [spoof, bona fide] in the loss; "balanced": inverse class frequency'),
  optim: z.enum(['adam', 'adamw']).default('adam'),
  learningRate: z.number().positive().default(1e-3),
  weightDecay: z.number().min(0).default(0).describe('L2-coupled in adam, decoupled in adamw'),
  adamBeta1: fraction.default(0.9),
  adamBeta2: fraction.default(0.999),
  adamEpsilon: z.number().positive().default(1e-8),
  lrSchedulerType: z.enum(['constant', 'constant_with_warmup', 'linear', 'cosine']).default('linear'),
  warmupRatio: fraction.default(0).describe('share of all steps'),
  warmupSteps: z.int().min(0).default(0).describe('wins over warmupRatio where above 0'),
  maxGradNorm: z.number().min(0).default(0).describe('clip the global gradient norm to this; 0: no clipping'),
  metricForBestModel: z.enum(['eer', 'loss', 'auc', 'accuracy']).default('eer').describe('measured on dev'),
  loadBestModelAtEnd: z.boolean().default(true).describe('evaluate the best epoch rather than the last'),
  earlyStoppingPatience: z.int().min(1).nullable().default(null).describe('epochs without a better model; null: off'),
  earlyStoppingThreshold: z.number().min(0).default(0).describe('how much better counts as better'),
  saveSteps: z.int().min(1).nullable().default(null).describe('also save every so many steps; null: at epoch ends'),
  saveTotalLimit: z.int().min(1).default(2).describe('resume checkpoints kept'),
  dataloaderNumWorkers: z.int().min(0).nullable().default(null).describe('worker threads; null: chosen by the cores'),
  tensorboard: z.boolean().default(true).describe('write TensorBoard scalars'),
  fastDevRun: z.int().min(0).default(0).describe('run so many batches of each set for one epoch, to try a config'),
  overfitBatches: z.int().min(0).default(0).describe('train and measure on the same so many batches'),
});

/** Parsed training options. */
export type TrainingOptions = z.output<typeof trainingOptions>;

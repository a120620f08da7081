/**
 * The `training` section of an experiment. Names are those of Hugging Face's `TrainingArguments` in camelCase, plus
 * Lightning's `fastDevRun` and `overfitBatches`.
 */
import { z } from 'zod';
import { losses } from '../losses/registry.js';
import { metrics } from '../metrics/registry.js';
import { optimizers } from '../optimizers/registry.js';
import { schedules } from './schedule-registry.js';

const fraction = z.number().min(0).max(1);
const decay = z.number().min(0).lt(1);

/** Schema of the `training` section; each field says what it is, and here alone its default. */
export const trainingOptions = z
  .strictObject({
    numTrainEpochs: z.int().min(1).default(30).describe('Passes over the training set.'),
    perDeviceTrainBatchSize: z.int().min(1).default(16).describe('Clips a training step.'),
    perDeviceEvalBatchSize: z.int().min(1).default(32).describe('Clips a batch in evaluation.'),
    gradientAccumulationSteps: z
      .int()
      .min(1)
      .default(1)
      .describe('Batches whose gradients are averaged to one update.'),
    groupByLength: z
      .boolean()
      .default(false)
      .describe(
        'Train on batches of clips of like length, padded with zeros rather than repeated; durationSeconds is the longest seen.',
      ),
    padToMultipleOf: z
      .int()
      .min(1)
      .default(8000)
      .describe('Samples of which the length of a padded batch is a multiple: each length takes a program of its own.'),
    loss: losses.optionOr('cross-entropy').describe('Name of a loss, or { type, ...options }.'),
    classWeights: z
      .union([z.literal('balanced'), z.tuple([z.number().positive(), z.number().positive()])])
      .nullable()
      .default(null)
      .describe('Weights of [spoof, bona fide] in the loss; "balanced": inverse class frequency.'),
    optim: optimizers
      .nameOptionOr('adam')
      .describe('adam, adamw or sgd, as in PyTorch; or that of a plugin, a name or { type, ...options }.'),
    learningRate: z.number().positive().default(1e-3).describe('Per update, after the warm-up.'),
    weightDecay: z.number().min(0).default(0).describe('L2-coupled in adam and sgd, decoupled in adamw.'),
    adamBeta1: decay.default(0.9).describe('Share of the first moment that is kept from update to update.'),
    adamBeta2: decay.default(0.999).describe('Share of the second moment that is kept from update to update.'),
    adamEpsilon: z.number().positive().default(1e-8).describe('Added to the root of the second moment.'),
    sgdMomentum: decay.default(0).describe('Share of the last change that is kept; 0: none.'),
    sgdNesterov: z.boolean().default(false).describe('Whether momentum looks ahead; needs sgdMomentum.'),
    lrSchedulerType: schedules
      .optionOr('linear')
      .describe('Course of the learning rate, a name or { type, ...options }; constant has no warm-up.'),
    warmupRatio: fraction.default(0).describe('Share of all steps.'),
    warmupSteps: z.int().min(0).default(0).describe('Wins over warmupRatio where above 0.'),
    layerwiseLrDecay: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe('Share of the learning rate that each layer of the encoder keeps of that of the one above; 1: all.'),
    freezeEncoder: z
      .boolean()
      .default(false)
      .describe(
        'Train the head alone, on the encoder as at inference; without augmentation each clip is embedded once, cropped at its start, and kept.',
      ),
    freezeFeatureEncoder: z.boolean().default(false).describe('Leave the encoder’s convolutions as they are.'),
    gradualUnfreezing: z
      .strictObject({
        fromEpoch: z.int().min(2).default(2).describe('Epoch in which the uppermost layers are trained, too.'),
        layersPerEpoch: z.int().min(1).default(1).describe('Layers that each epoch adds, downwards.'),
      })
      .nullable()
      .default(null)
      .describe('Train the head alone at first, and then ever more layers of the encoder (ULMFiT); null: off.'),
    samRho: z
      .number()
      .min(0)
      .default(0)
      .describe('Sharpness-aware minimisation: distance at which gradients are taken, such as 0.05; 0: off.'),
    swa: z
      .strictObject({
        startRatio: z
          .number()
          .min(0)
          .lt(1)
          .default(0.75)
          .describe('Share of the epochs before the first averaged one.'),
        learningRate: z.number().positive().nullable().default(null).describe('From the start on; null: as scheduled.'),
        annealEpochs: z.int().min(0).default(10).describe('Epochs over which the rate goes there.'),
        annealStrategy: z.enum(['cos', 'linear']).default('cos').describe('How it goes there.'),
      })
      .nullable()
      .default(null)
      .describe('Stochastic weight averaging of epoch ends, evaluated in place of the last weights; null: off.'),
    emaDecay: decay
      .nullable()
      .default(null)
      .describe(
        'Share of the moving average of the weights that each update keeps, evaluated in their place; null: off.',
      ),
    attackLossWeight: z
      .number()
      .positive()
      .default(0.3)
      .describe('Weight of the attack loss beside the loss, for models that also tell attacks.'),
    bf16: z.boolean().default(false).describe('Compute matrix products and convolutions in bfloat16.'),
    fp16: z.boolean().default(false).describe('Compute them in float16, with dynamic loss scaling.'),
    gradientCheckpointing: z
      .boolean()
      .default(false)
      .describe('Compute intermediate results again in the backward pass, for less memory; same numbers.'),
    maxStepGigabytes: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe('Refuse a step whose intermediate results take more; null: warn where less is free.'),
    maxGradNorm: z.number().min(0).default(0).describe('Clip the global gradient norm to this; 0: no clipping.'),
    metricForBestModel: metrics
      .nameOptionOr('eer')
      .describe('Measured on dev: eer, loss, auc or accuracy; or that of a plugin, a name or { type, ...options }.'),
    loadBestModelAtEnd: z.boolean().default(true).describe('Evaluate the best epoch rather than the last.'),
    earlyStoppingPatience: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe('Epochs without a better model; null: off.'),
    earlyStoppingThreshold: z.number().min(0).default(0).describe('How much better counts as better.'),
    saveSteps: z.int().min(1).nullable().default(null).describe('Also save every so many steps; null: at epoch ends.'),
    saveTotalLimit: z.int().min(1).default(2).describe('Resume checkpoints kept.'),
    dataloaderNumWorkers: z
      .int()
      .min(0)
      .nullable()
      .default(null)
      .describe('Worker threads; null: chosen by the cores.'),
    tensorboard: z.boolean().default(true).describe('Write TensorBoard scalars.'),
    fastDevRun: z
      .int()
      .min(0)
      .default(0)
      .describe('Run so many batches of each set for one epoch, to try a config; 0: off.'),
    overfitBatches: z.int().min(0).default(0).describe('Train and measure on the same so many batches; 0: off.'),
  })
  .refine(({ swa, emaDecay }) => swa === null || emaDecay === null, {
    path: ['emaDecay'],
    message: 'excludes training.swa; set one of them to null',
  })
  .refine(({ freezeEncoder, gradualUnfreezing }) => !freezeEncoder || gradualUnfreezing === null, {
    path: ['gradualUnfreezing'],
    message: 'excludes training.freezeEncoder; set one of them to its default',
  })
  .refine(({ bf16, fp16 }) => !bf16 || !fp16, {
    path: ['fp16'],
    message: 'excludes training.bf16; set one of them to false',
  });

/** Parsed training options. */
export type TrainingOptions = z.output<typeof trainingOptions>;

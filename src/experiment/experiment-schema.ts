/** What an experiment may say, for those who write it: types for TypeScript, and a JSON Schema for editors. */
import { z } from 'zod';
import { augmentations } from '../data/augment/registry.js';
import { type CorpusOptions, corpusOptions } from '../data/corpus-options.js';
import { features } from '../features/registry.js';
import { models } from '../models/registry.js';
import type { TypedOptions } from '../runtime/options.js';
import { type TrainingOptions, trainingOptions } from './training-options.js';

/** Longest that a clip is seen in one piece: attention grows with its square. */
export const MOST_SECONDS = 60;

/** Names of plugin modules, as an experiment gives them. */
export const pluginsOption = z
  .array(z.string().min(1))
  .describe('Modules that define what is not ours: paths relative to this file, or packages.');

/** An experiment as its author writes it: what is not said keeps its default. */
export interface ExperimentInput {
  /** JSON Schema of the file, for editors. */
  readonly $schema?: string | undefined;
  /** What it is, in a line. */
  readonly description?: string | undefined;
  /** Names every random draw of the run. Default 42. */
  readonly seed?: number | undefined;
  /**
   * Length that clips are repeated or cropped to, with `training.groupByLength` only cropped; null: each keeps its own.
   * Default 4.
   */
  readonly durationSeconds?: number | null | undefined;
  /** Modules that define what is not ours: paths relative to the experiment's file, or packages. */
  readonly plugins?: readonly string[] | undefined;
  /** The clips. Default: the bundled corpus. */
  readonly data?: z.input<typeof corpusOptions> | undefined;
  /** What the model sees of a clip: a name, or `{ type, ...options }`; null, the default: the waveform. */
  readonly feature?: FeatureChoice | null | undefined;
  /** In the order in which they are applied. Default: none. */
  readonly augment?: readonly AugmentationChoice[] | undefined;
  /** The architecture: a name, or `{ type, ...options }`. */
  readonly model: ModelChoice;
  /** Checkpoint folder whose weights the run starts from, relative to the working directory; null, the default: fresh weights. */
  readonly pretrained?: string | null | undefined;
  /** Whether weights that the checkpoint lacks, or has in another shape, start fresh. Default false. */
  readonly ignoreMismatchedSizes?: boolean | undefined;
  /** How it is trained. */
  readonly training?: z.input<typeof trainingOptions> | undefined;
}

/** A model, as an experiment chooses it. */
export type ModelChoice = z.input<ReturnType<(typeof models)['option']>>;
/** A feature, as an experiment chooses it. */
export type FeatureChoice = z.input<ReturnType<(typeof features)['option']>>;
/** An augmentation, as an experiment chooses it. */
export type AugmentationChoice = z.input<ReturnType<(typeof augmentations)['option']>>;

/** An experiment with all its options. */
interface ResolvedExperiment {
  readonly description: string;
  readonly seed: number;
  readonly durationSeconds: number | null;
  readonly plugins?: readonly string[] | undefined;
  readonly data: CorpusOptions;
  readonly feature: TypedOptions | null;
  readonly augment: readonly TypedOptions[];
  readonly model: TypedOptions;
  readonly pretrained: string | null;
  readonly ignoreMismatchedSizes: boolean;
  readonly training: TrainingOptions;
}

/** Schema of an experiment; a resolved one passes it too. */
export const experimentOptions: z.ZodType<ResolvedExperiment, ExperimentInput> = z.strictObject({
  $schema: z.string().optional().describe('JSON Schema of this file, for editors.'),
  description: z.string().default('').describe('What the experiment is, in a line.'),
  seed: z.int().min(0).default(42).describe('Names every random draw of the run.'),
  durationSeconds: z
    .number()
    .min(0.1)
    .max(MOST_SECONDS)
    .nullable()
    .default(4)
    .describe(
      'Length that clips are repeated or cropped to, with training.groupByLength only cropped; null: each keeps its own.',
    ),
  plugins: pluginsOption.optional(),
  data: corpusOptions.prefault({}).describe('The clips; nothing: the bundled corpus.'),
  feature: features
    .option()
    .nullable()
    .default(null)
    .describe('What the model sees of a clip: a name, or { type, ...options }; null: the waveform.'),
  augment: z
    .array(augmentations.option())
    .default([])
    .describe('Augmentations in the order in which they are applied: names, or { type, ...options }.'),
  model: models.option().describe('The architecture: a name, or { type, ...options }.'),
  pretrained: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('Checkpoint folder whose weights the run starts from; null: fresh weights.'),
  ignoreMismatchedSizes: z
    .boolean()
    .default(false)
    .describe('Whether weights that the checkpoint lacks, or has in another shape, start fresh.'),
  training: trainingOptions.prefault({}).describe('How it is trained.'),
}) as unknown as z.ZodType<ResolvedExperiment, ExperimentInput>;

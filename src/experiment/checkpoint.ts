/**
 * A run folder is a checkpoint: `config.json` says how the model was made, `model.safetensors` holds its best weights,
 * and everything that scores reads both from here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { writeJsonAtomic } from '../runtime/files.js';
import { type Logger, silentLogger } from '../runtime/logger.js';
import { parseOptions } from '../runtime/options.js';
import { openSafetensors, writeSafetensors } from '../runtime/safetensors.js';
import { storable, uploadTensorFile } from '../runtime/tensor-store.js';
import { type ExperimentConfig, parseExperiment } from './config.js';
import { asRecorded, loadRecorded } from './plugins.js';

/** Files of a run folder, by role. */
export const RUN_FILES = {
  config: 'config.json',
  model: 'model.safetensors',
  metrics: 'metrics.json',
  history: 'history.jsonl',
  scores: 'scores',
  tensorboard: 'tensorboard',
  profile: 'profile',
  report: 'report.html',
} as const;

/** Where and with what a run was made; kept beside its config. */
export interface RunEnvironment {
  readonly version: string;
  /** Commit of the code, with `-dirty` where it had changes; null outside a git checkout. */
  readonly commit: string | null;
  readonly node: string;
  readonly platform: string;
  readonly engine: RunEngine;
}

/** The engine of a run. What came later than the format is absent in older runs. */
export interface RunEngine {
  readonly kind: string;
  readonly version: string;
  readonly usesGpu: boolean;
  /** Whose kernels computed on the CPU, and on how many threads; null in the stand-ins. */
  readonly kernels?: string | null;
  readonly threads?: number | null;
  /** The widest vector instructions of the CPU, such as `AVX-512`; null where that can't be told. */
  readonly instructions?: string | null;
}

/** What `config.json` holds. */
export interface RunConfig {
  readonly name: string;
  readonly config: ExperimentConfig;
  readonly environment: RunEnvironment;
}

/** What travels with the weights beside the config. */
export interface ModelMetadata {
  /** Score at or above which a clip is called bona fide: the EER point of the dev set. */
  readonly threshold: number;
  /** Epoch of these weights, from 1. */
  readonly epoch: number;
  /** Shape of one input, without the batch axis; null where a length is free. */
  readonly inputShape: readonly (number | null)[];
  /**
   * What the classes were called where the model came from, in that place's order, which `bonafideIndexOf` compares with
   * ours; absent in a model of our own.
   */
  readonly labels?: readonly string[] | undefined;
  /** Which of the labels is bona fide, where their wording does not tell. */
  readonly bonafideLabel?: string | undefined;
}

const FORMAT = 'voiceproof-1';
/** Stands for a free length. */
const FREE = 'any';

const metadataSchema = z.object({
  format: z.literal(FORMAT),
  threshold: z.coerce.number(),
  epoch: z.coerce.number(),
  inputShape: z
    .string()
    .transform((text) => text.split(',').map((length) => (length === FREE ? null : Number(length)))),
  labels: z
    .string()
    .transform((text) => z.array(z.string()).parse(JSON.parse(text)))
    .optional(),
  bonafideLabel: z.string().optional(),
});

/**
 * Checks that a checkpoint can be written to a folder.
 *
 * @throws CheckpointError where there is something in it
 */
export function checkOutput(output: string): void {
  if (existsSync(output) && readdirSync(output).length > 0) {
    throw new CheckpointError(`${output}: expected a new or an empty folder, got one with files; choose another`);
  }
}

/** Writes `config.json`. */
export function writeRunConfig(directory: string, run: RunConfig): void {
  writeJsonAtomic(join(directory, RUN_FILES.config), { ...run, config: asRecorded(directory, run.config) });
}

/**
 * Reads `config.json` of a run folder, and loads the plugins that the run was made with.
 *
 * @param logger warned of plugins that have changed since; default: silent
 * @throws CheckpointError where there is none, or it is damaged or made by an incompatible version, or a plugin is gone
 */
export async function readRunConfig(directory: string, logger: Logger = silentLogger): Promise<RunConfig> {
  const path = join(directory, RUN_FILES.config);
  if (!existsSync(path)) {
    throw new CheckpointError(
      `${directory}: expected a checkpoint, a folder with ${RUN_FILES.config} and ${RUN_FILES.model}, got ${existsSync(directory) ? 'another folder' : 'nothing there'}; train one with "npm run experiment -- lcnn"`,
    );
  }
  try {
    const { name, config, environment } = JSON.parse(readFileSync(path, 'utf8')) as RunConfig;
    const { plugins: recorded = [], ...own } = config;
    const { plugins, changes } = await loadRecorded(directory, recorded);
    for (const change of changes) logger.warn(`${change}; results may differ from the run's own`);
    return { name, config: parseExperiment(own, path, plugins), environment };
  } catch (error) {
    throw new CheckpointError(
      `${path}: damaged, or made by an incompatible version: ${messageOf(error)}; train again, or use the version that made it`,
      { cause: error },
    );
  }
}

/** Writes `model.safetensors`, whole or not at all. */
export function writeModel(
  directory: string,
  weights: ReadonlyMap<string, tf.Tensor>,
  { threshold, epoch, inputShape, labels, bonafideLabel }: ModelMetadata,
): void {
  writeSafetensors(join(directory, RUN_FILES.model), storable(weights), {
    format: FORMAT,
    threshold: String(threshold),
    epoch: String(epoch),
    inputShape: inputShape.map((length) => length ?? FREE).join(','),
    ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
    ...(bonafideLabel === undefined ? {} : { bonafideLabel }),
  });
}

/**
 * Reads the metadata of `model.safetensors`, and a function that assigns its weights once the model is built, one by one.
 *
 * @throws CheckpointError where the file is absent, damaged, or not written by {@link writeModel}
 */
export function readModel(directory: string): ModelMetadata & {
  assignTo(variables: ReadonlyMap<string, tf.Variable>): void;
} {
  const path = join(directory, RUN_FILES.model);
  const file = openSafetensors(path);
  file.close();
  try {
    const { format: _format, ...metadata } = parseOptions(metadataSchema, file.metadata, path);
    return { ...metadata, assignTo: (variables) => uploadFile(path, variables) };
  } catch (error) {
    throw new CheckpointError(`${messageOf(error)}; expected a model that Voiceproof wrote`, { cause: error });
  }
}

function uploadFile(path: string, variables: ReadonlyMap<string, tf.Variable>): void {
  const file = openSafetensors(path);
  try {
    uploadTensorFile(file, variables);
  } finally {
    file.close();
  }
}

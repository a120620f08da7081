/** Models that others published, as objects that know what they are. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  fetchPretrained,
  type ImportedAasist,
  PRETRAINED_FACTS,
  PRETRAINED_FILES,
  type PretrainedModel,
} from '../experiment/aasist-import.js';
import { RUN_FILES } from '../experiment/checkpoint.js';
import { ConfigError } from '../runtime/errors.js';
import { suggestion } from '../runtime/options.js';
import { cacheFolder } from './cache.js';
import { type Detector, type DetectorChoice, openDetector } from './detector.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

/** How published weights are fetched. */
export interface DownloadOptions extends JobOptions {
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
  /** A mirror of the authors' repository. */
  readonly baseUrl?: string | undefined;
}

/** A published model. */
export interface Pretrained {
  readonly name: PretrainedModel;
  /** The `type` of the model in an experiment. */
  readonly architecture: string;
  /** Hz that it was trained at; inputs may have any. */
  readonly sampleRate: number;
  /** Seconds that it sees of a clip, from its start. */
  readonly durationSeconds: number;
  /** Which way its scores point, as those of every model here. */
  readonly polarity: 'higher is bona fide';
  /** Of the weights, as an SPDX identifier. */
  readonly licence: string;
  readonly authors: string;
  readonly trainedOn: string;
  /** The authors' repository, at the commit that the file is taken from. */
  readonly source: string;
  /** Of the file, hexadecimal: what is fetched is checked against it. */
  readonly sha256: string;
  /** Of the file. */
  readonly bytes: number;
  /** Trained weights. */
  readonly nParameters: number;
  /**
   * Fetches the weights and writes them as a checkpoint, to score, evaluate and fine-tune. The file stays in the cache.
   *
   * @throws CheckpointError where they can't be fetched, or the output is taken
   */
  download(options: DownloadOptions): Promise<ImportedAasist>;
  /**
   * Opens a detector with these weights, which are fetched into the cache where they are not there yet.
   *
   * @throws CheckpointError where they can't be fetched
   */
  open(options?: DetectorChoice & JobOptions & Pick<DownloadOptions, 'baseUrl'>): Promise<Detector>;
}

/** Names of the published models. */
export const PRETRAINED_MODELS = Object.keys(PRETRAINED_FILES) as readonly PretrainedModel[];

/**
 * A published model by its name. Nothing is fetched.
 *
 * @throws ConfigError where there is no such model, with the nearest name
 */
export function pretrained(name: PretrainedModel): Pretrained {
  if (!Object.hasOwn(PRETRAINED_FILES, name)) {
    throw new ConfigError(
      `pretrained: expected one of ${PRETRAINED_MODELS.join(', ')}, got "${name}"${suggestion(name, PRETRAINED_MODELS)}`,
    );
  }
  const { sha256, bytes, nParameters } = PRETRAINED_FILES[name];
  return {
    name,
    architecture: name,
    ...PRETRAINED_FACTS,
    ...{ polarity: 'higher is bona fide', sha256, bytes, nParameters },
    download: (options) => download(name, options),
    open: async (options = {}) => {
      const output = join(cacheFolder(options, 'pretrained'), name);
      if (!existsSync(join(output, RUN_FILES.config))) await download(name, { ...options, output });
      return openDetector(output, options);
    },
  };
}

async function download(name: PretrainedModel, options: DownloadOptions): Promise<ImportedAasist> {
  const { output, baseUrl, signal } = options;
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'inference', async (engine) => {
    const { describeEnvironment } = await import('../training/run-folder.js');
    return fetchPretrained({
      ...{ name, output, logger, signal },
      ...(baseUrl === undefined ? {} : { baseUrl }),
      cacheDirectory: cacheFolder(options, 'pretrained'),
      environment: describeEnvironment(engine),
    });
  });
}

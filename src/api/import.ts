/** Models from elsewhere as checkpoints. */
import { existsSync } from 'node:fs';
import type { ImportedAasist } from '../experiment/aasist-import.js';
import type { ImportedModel } from '../experiment/huggingface-import.js';
import { CheckpointError } from '../runtime/errors.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

/** Where a model goes. */
export interface ImportOptions extends JobOptions {
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
}

/**
 * Makes a checkpoint of weights of AASIST, AASIST-L or the ASVspoof 5 baseline, told apart by their shapes. Nothing in the
 * file is executed.
 *
 * @param file `.pth`, `.pt`, `.bin` or `.safetensors`
 * @throws CheckpointError where the file can't be read or is of another architecture, or the output is taken
 */
export async function importAasist(file: string, options: ImportOptions): Promise<ImportedAasist> {
  const { output } = options;
  return withEngine({ ...options, logger: jobLogger(options) }, 'inference', async (engine) => {
    const { importAasistFile } = await import('../experiment/aasist-import.js');
    const { describeEnvironment } = await import('../training/run-folder.js');
    return importAasistFile({ file, output, environment: describeEnvironment(engine) });
  });
}

/**
 * Makes a checkpoint of AASIST's graphs on XLS-R, as SSL_Anti-spoofing saves them. Nothing in the file is executed.
 *
 * @param file `.pth`, `.pt` or `.safetensors`
 * @throws CheckpointError where the file can't be read or is of another architecture, or the output is taken
 */
export async function importSslAasist(file: string, options: ImportOptions): Promise<{ readonly nParameters: number }> {
  const { output } = options;
  return withEngine({ ...options, logger: jobLogger(options) }, 'inference', async (engine) => {
    const { importSslAasistFile } = await import('../experiment/ssl-aasist-import.js');
    const { describeEnvironment } = await import('../training/run-folder.js');
    return { nParameters: await importSslAasistFile({ file, output, environment: describeEnvironment(engine) }) };
  });
}

/** How a Hugging Face model is imported. */
export interface HuggingFaceOptions extends ImportOptions {
  /** Branch, tag or commit on the hub. Default `main`. */
  readonly revision?: string | undefined;
  /** Which of the checkpoint's classes is bona fide, where their names don't tell. */
  readonly bonafideLabel?: string | undefined;
  /** For models that are not public. */
  readonly token?: string | undefined;
  /** Another hub. Default: Hugging Face's own. */
  readonly hubUrl?: string | undefined;
}

/**
 * Makes a checkpoint of a Wav2Vec2, HuBERT or WavLM, bare or `ForSequenceClassification` with two classes. What was fetched
 * from the hub stays in the cache.
 *
 * @param model a folder with `config.json` and weights, or a name on the hub
 * @throws CheckpointError where it can't be had or used, or the output is taken; ConfigError where it can't be told which class
 *   is bona fide
 */
export async function importHuggingFace(model: string, options: HuggingFaceOptions): Promise<ImportedModel> {
  const { output, bonafideLabel, signal } = options;
  const logger = jobLogger(options);
  signal?.throwIfAborted();
  const directory = existsSync(model) ? model : await fetchFromHub(model, { ...options, logger });
  return withEngine({ ...options, logger }, 'inference', async (engine) => {
    const { importHuggingFace: write } = await import('../experiment/huggingface-import.js');
    const { describeEnvironment } = await import('../training/run-folder.js');
    return write({ directory, output, bonafideLabel, environment: describeEnvironment(engine) });
  });
}

async function fetchFromHub(name: string, options: HuggingFaceOptions): Promise<string> {
  const { fetchHuggingFaceFolder, isHubName } = await import('../experiment/huggingface-hub.js');
  if (!isHubName(name)) {
    throw new CheckpointError(`${name}: expected a Hugging Face folder, got nothing there; check the path`);
  }
  const { revision, token, hubUrl, signal } = options;
  return fetchHuggingFaceFolder({
    name,
    token,
    signal,
    ...(revision === undefined ? {} : { revision }),
    ...(hubUrl === undefined ? {} : { hubUrl }),
    cacheDirectory: cacheFolder(options, 'huggingface'),
    logger: jobLogger(options),
  });
}

/** Hugging Face folders to checkpoints of ours. */
import { basename, resolve } from 'node:path';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { wav2vec2 } from '../models/wav2vec2.js';
import { importWav2Vec2 } from '../models/wav2vec2.weights.js';
import { ConfigError, messageOf } from '../runtime/errors.js';
import { checkOutput, type RunEnvironment, writeModel, writeRunConfig } from './checkpoint.js';
import { parseExperiment } from './config.js';
import { openHuggingFaceWeights, readHuggingFaceConfig } from './huggingface-folder.js';
import { bonafideIndexOf } from './label-names.js';

/** What is imported, and where to. */
export interface HuggingFaceImport {
  /** The folder. */
  readonly directory: string;
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
  /** Which of the checkpoint's classes is bona fide, where the wording of its labels does not tell. */
  readonly bonafideLabel?: string | undefined;
  readonly environment: RunEnvironment;
}

/** What was imported. */
export interface ImportedModel {
  readonly family: string;
  /** Weights of the model. */
  readonly nParameters: number;
  /** Classes in the checkpoint's order; undefined for an encoder alone. */
  readonly labels: readonly string[] | undefined;
}

/**
 * Writes a checkpoint of ours with the weights of a Hugging Face folder: a Wav2Vec2, HuBERT or WavLM, bare or
 * `ForSequenceClassification` with two classes. It sees clips whole, as there. The threshold is 0, where both classes are
 * equally likely. Nothing is written before all is read and checked.
 *
 * @throws CheckpointError where the folder can't be used, or the output is taken; ConfigError where it can't be told which
 *   class is bona fide
 */
export async function importHuggingFace(request: HuggingFaceImport): Promise<ImportedModel> {
  const { directory, output, bonafideLabel, environment } = request;
  checkOutput(output);
  const { options, labels } = readHuggingFaceConfig(directory);
  const isReversed = labels !== undefined && isBonafideFirst(directory, labels, bonafideLabel);
  const model = wav2vec2.build(options, [null], 0);
  try {
    const variables = variablesOf(namedWeights(model));
    const file = await openHuggingFaceWeights(directory);
    try {
      importWav2Vec2(file, options, variables, { isReversed });
    } finally {
      file.close();
    }
    const name = basename(resolve(directory));
    const description = `Imported from the Hugging Face folder ${name}.`;
    const config = { description, durationSeconds: null, model: { type: 'wav2vec2', ...options } };
    writeModel(output, variables, { threshold: 0, epoch: 0, inputShape: [null], labels, bonafideLabel });
    // Last: a folder without it is no checkpoint.
    writeRunConfig(output, { name, config: parseExperiment(config, directory), environment });
    const nParameters = [...variables.values()].reduce((sum, { size }) => sum + size, 0);
    return { family: options.family, nParameters, labels };
  } finally {
    model.dispose();
  }
}

function isBonafideFirst(directory: string, labels: readonly string[], told: string | undefined): boolean {
  try {
    return bonafideIndexOf(labels, told) === 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`${directory}: ${messageOf(error)}`, { cause: error });
  }
}

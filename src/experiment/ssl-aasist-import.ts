/** Weights of SSL_Anti-spoofing, AASIST's graphs on XLS-R, to a checkpoint of ours. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { sslAasist } from '../models/ssl-aasist.js';
import { importSslAasist, recogniseSslAasist } from '../models/ssl-aasist.weights.js';
import { CheckpointError } from '../runtime/errors.js';
import { openSafetensors } from '../runtime/safetensors.js';
import { openTorchCheckpoint } from '../runtime/torch-checkpoint.js';
import { checkOutput, type RunEnvironment, writeModel, writeRunConfig } from './checkpoint.js';
import { clipLength, parseExperiment } from './config.js';

/** Samples that the reference trained and tested on, at 16 kHz. */
const N_SAMPLES = 64_600;
const SAMPLE_RATE = 16_000;
const EVAL_BATCH_SIZE = 4;

/** What is imported, and where to. */
export interface SslAasistImport {
  /** `.safetensors`, or PyTorch's `.pth` or `.pt`. */
  readonly file: string;
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
  readonly environment: RunEnvironment;
}

/**
 * Writes a checkpoint of ours with the weights of a file that SSL_Anti-spoofing saved, of any size of encoder. Its clips are
 * 64,600 samples long and its threshold is 0, where both classes are equally likely. Nothing is written before all is read and
 * checked, and nothing in the file is executed.
 *
 * @returns how many weights it has, trained ones and running statistics
 * @throws CheckpointError where the file can't be read or is of another architecture, or the output is taken
 */
export async function importSslAasistFile({ file, output, environment }: SslAasistImport): Promise<number> {
  checkOutput(output);
  if (!existsSync(file)) throw new CheckpointError(`${file}: expected a file of weights, got nothing there`);
  const source = file.endsWith('.safetensors') ? openSafetensors(file) : await openTorchCheckpoint(file);
  try {
    const options = recogniseSslAasist(source);
    const config = parseExperiment(
      {
        description: `Imported from ${basename(file)}.`,
        durationSeconds: N_SAMPLES / SAMPLE_RATE,
        model: { type: 'ssl-aasist', ...options },
        training: { perDeviceEvalBatchSize: EVAL_BATCH_SIZE },
      },
      file,
    );
    const inputShape = [clipLength(config) ?? null];
    const model = sslAasist.build(options, inputShape, 0);
    try {
      const variables = variablesOf(namedWeights(model));
      importSslAasist(source, options, variables);
      writeModel(output, variables, { threshold: 0, epoch: 0, inputShape });
      // Last: a folder without it is no checkpoint.
      writeRunConfig(output, { name: basename(file).replace(/\.\w+$/, ''), config, environment });
      return [...variables.values()].reduce((sum, { size }) => sum + size, 0);
    } finally {
      model.dispose();
    }
  } finally {
    source.close();
  }
}

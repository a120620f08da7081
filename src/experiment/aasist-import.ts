/** AASIST's published weights to checkpoints of ours: from a file, or from the authors' repository. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { importAasist, recogniseAasist } from '../models/aasist.weights.js';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { downloadPinned } from '../runtime/download.js';
import { CheckpointError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { openSafetensors } from '../runtime/safetensors.js';
import { readAndClose } from '../runtime/tensor-file.js';
import { openTorchCheckpoint } from '../runtime/torch-checkpoint.js';
import { checkOutput, type RunEnvironment, writeModel, writeRunConfig } from './checkpoint.js';
import { clipLength, parseExperiment } from './config.js';

/** Samples that the reference trained and tested on, at 16 kHz. */
const N_SAMPLES = 64_600;
const SAMPLE_RATE = 16_000;
const EVAL_BATCH_SIZE = 4;

/** What is imported, and where to. */
export interface AasistImport {
  /** `.safetensors`, or PyTorch's `.pth`, `.pt` or `.bin`. */
  readonly file: string;
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
  /** Where the weights come from, for the checkpoint's description; default the name of the file. */
  readonly source?: string;
  readonly environment: RunEnvironment;
}

/** What was imported. */
export interface ImportedAasist {
  readonly type: 'aasist' | 'aasist-l';
  /** Trained weights and running statistics. */
  readonly nParameters: number;
}

/**
 * Writes a checkpoint of ours with the weights of AASIST, AASIST-L or the ASVspoof 5 baseline, told apart by their shapes.
 * Its clips are 64,600 samples long and its threshold is 0, where both classes are equally likely. Nothing is written
 * before all is read and checked, and nothing in the file is executed.
 *
 * @throws CheckpointError where the file can't be read or is of another architecture, or the output is taken
 */
export async function importAasistFile(request: AasistImport): Promise<ImportedAasist> {
  const { file, output, environment } = request;
  checkOutput(output);
  if (!existsSync(file)) throw new CheckpointError(`${file}: expected a file of weights, got nothing there`);
  const isSafetensors = file.endsWith('.safetensors');
  const tensors = readAndClose(isSafetensors ? openSafetensors(file) : await openTorchCheckpoint(file));
  const type = recogniseAasist(tensors, file);
  const description = `Imported from ${request.source ?? basename(file)}.`;
  const durationSeconds = N_SAMPLES / SAMPLE_RATE;
  // The maps of a clip take 70 MB each.
  const training = { perDeviceEvalBatchSize: EVAL_BATCH_SIZE };
  const config = parseExperiment({ description, durationSeconds, model: { type }, training }, file);
  const inputShape = [clipLength(config) ?? null];
  const model = buildModel(config.model, inputShape, 0);
  try {
    importAasist(model, tensors, file);
    const variables = variablesOf(namedWeights(model));
    writeModel(output, variables, { threshold: 0, epoch: 0, inputShape });
    // Last: a folder without it is no checkpoint.
    writeRunConfig(output, { name: basename(file).replace(/\.\w+$/, ''), config, environment });
    return { type, nParameters: [...variables.values()].reduce((sum, { size }) => sum + size, 0) };
  } finally {
    model.dispose();
  }
}

/** Models that the authors publish. */
export type PretrainedModel = 'aasist' | 'aasist-l';

const REPOSITORY = 'clovaai/aasist';
const COMMIT = 'a04c9863f63d44471dde8a6abcb3b082b07cd1d1';

/** Where the authors' files are served from. */
export const PRETRAINED_BASE_URL = `https://raw.githubusercontent.com/${REPOSITORY}/${COMMIT}`;

/** A published file of weights, and what is known of it before it is fetched. */
export interface PretrainedFile {
  /** In the repository. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Trained weights, without those of the authors' files that their model never reads. */
  readonly nParameters: number;
}

/** What holds for all of them. */
export const PRETRAINED_FACTS = {
  licence: 'MIT',
  authors: 'NAVER Corp.',
  trainedOn: 'ASVspoof 2019 LA, training set',
  source: `https://github.com/${REPOSITORY}/tree/${COMMIT}`,
  sampleRate: SAMPLE_RATE,
  durationSeconds: N_SAMPLES / SAMPLE_RATE,
} as const;

/** The files, by the name of the model. */
export const PRETRAINED_FILES: Readonly<Record<PretrainedModel, PretrainedFile>> = {
  aasist: {
    nParameters: 297_354,
    path: 'models/weights/AASIST.pth',
    bytes: 1_281_532,
    sha256: '51d2d9cf0738172f61e2a384ec50a54a55363240f67c971ed55a92435bc1a1c0',
  },
  'aasist-l': {
    nParameters: 85_034,
    path: 'models/weights/AASIST-L.pth',
    bytes: 426_428,
    sha256: '814331d088032bb4c3fa61cc014789eadeed464209dd094ab3a2dd6ffbdce27a',
  },
};

/** What is fetched, and where to. */
export interface PretrainedRequest {
  readonly name: PretrainedModel;
  /** The checkpoint to write: a folder that is not there yet, or empty. */
  readonly output: string;
  /** Where the file itself is kept. */
  readonly cacheDirectory: string;
  /** A mirror of the authors' repository; default {@link PRETRAINED_BASE_URL}. */
  readonly baseUrl?: string;
  readonly environment: RunEnvironment;
  readonly logger: Logger;
  /** Set to stop; the next call goes on from what came. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches published weights and writes them as a checkpoint of ours.
 *
 * @throws CheckpointError where they can't be fetched, or the output is taken
 */
export async function fetchPretrained(request: PretrainedRequest): Promise<ImportedAasist> {
  const { name, output, cacheDirectory, baseUrl = PRETRAINED_BASE_URL, environment, logger, signal } = request;
  checkOutput(output);
  const { path, bytes, sha256 } = PRETRAINED_FILES[name];
  const file = join(cacheDirectory, basename(path));
  const url = `${baseUrl.replace(/\/$/, '')}/${path}`;
  const advice = `offline, fetch it elsewhere and run "voiceproof import aasist ${basename(path)} --output ${output}"`;
  await downloadPinned({ url, bytes, sha256 }, file, { logger, advice, signal });
  const source = `${path} of github.com/${REPOSITORY} at ${COMMIT.slice(0, 7)} (MIT, NAVER Corp.)`;
  return await importAasistFile({ file, output, source, environment });
}

/** A folder as Hugging Face's libraries write it: what kind of model it holds, and the file or files of its weights. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type HuggingFaceModel, parseHuggingFaceConfig } from '../models/wav2vec2.config.js';
import { CheckpointError, messageOf, systemCodeOf } from '../runtime/errors.js';
import { openSafetensors } from '../runtime/safetensors.js';
import type { TensorFile } from '../runtime/tensor-file.js';
import { openTorchCheckpoint } from '../runtime/torch-checkpoint.js';

/** Names of the files, in the order in which weights are looked for. */
export const HUGGING_FACE_FILES = {
  config: 'config.json',
  preprocessor: 'preprocessor_config.json',
  weights: ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin', 'pytorch_model.bin.index.json'],
} as const;

/** Larger JSON files are none of these. */
const MAX_JSON_BYTES = 64_000_000;

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * Reads the configuration of a folder with a Wav2Vec2, HuBERT or WavLM.
 *
 * @throws CheckpointError where there is none, or it is damaged, of another model, or asks for what is not supported
 */
export function readHuggingFaceConfig(directory: string): HuggingFaceModel {
  const path = join(directory, HUGGING_FACE_FILES.config);
  const config = readJson(path);
  if (config === undefined) {
    throw new CheckpointError(
      `${directory}: expected a Hugging Face folder with config.json, got none; check the path`,
    );
  }
  const preprocessor = readJson(join(directory, HUGGING_FACE_FILES.preprocessor));
  try {
    return parseHuggingFaceConfig(config, preprocessor);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map(({ path, message, input }) => {
      const got = input === undefined ? '' : `, got ${JSON.stringify(input)}`;
      return `${path.join('.')}: ${message}${got}`;
    });
    throw new CheckpointError(`${path}: ${problems.join('; ')}`, { cause: error });
  }
}

/**
 * Opens the weights of a folder, whatever their container: `model.safetensors` or `pytorch_model.bin`, whole or in shards
 * with an index.
 *
 * @throws CheckpointError where there are none, or they are damaged or hostile
 */
export async function openHuggingFaceWeights(directory: string): Promise<TensorFile> {
  const name = HUGGING_FACE_FILES.weights.find((each) => statSync(join(directory, each), { throwIfNoEntry: false }));
  if (name === undefined) {
    throw new CheckpointError(`${directory}: expected ${HUGGING_FACE_FILES.weights.join(', or ')}, got none of these`);
  }
  const path = join(directory, name);
  return name.endsWith('.index.json') ? await openShards(directory, path) : await openWeights(path);
}

async function openWeights(path: string): Promise<TensorFile> {
  return path.endsWith('.safetensors') ? openSafetensors(path) : await openTorchCheckpoint(path);
}

/** The files that the index of a sharded checkpoint names, as one. */
async function openShards(directory: string, path: string): Promise<TensorFile> {
  const index = readShardIndex(path);
  const shards = new Map<string, TensorFile>();
  const close = (): void => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const name of new Set(index.values())) shards.set(name, await openWeights(join(directory, name)));
    for (const [tensor, name] of index) {
      if (!shards.get(name)?.headers.has(tensor)) {
        throw new CheckpointError(`${path}: ${tensor}: expected in ${name}, which lacks it; copy the folder again`);
      }
    }
    const listed = [...shards.values()].flatMap(({ headers }) => [...headers]);
    const stray = listed.find(([tensor]) => !index.has(tensor));
    if (stray !== undefined || listed.length !== index.size) {
      throw new CheckpointError(
        `${path}: the shards hold ${stray?.[0] ?? 'some tensors'} ${stray === undefined ? 'twice' : 'that it does not list'}; copy the folder again`,
      );
    }
    return {
      path,
      headers: new Map(listed),
      metadata: {},
      read: (name) => (shards.get(index.get(name) as string) as TensorFile).read(name),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Reads the index of a sharded checkpoint: the file of each tensor, which lies beside the index.
 *
 * @throws CheckpointError where it is damaged, or names a file elsewhere
 */
export function readShardIndex(path: string): ReadonlyMap<string, string> {
  const parsed = indexSchema.safeParse(readJson(path));
  if (!parsed.success) throw new CheckpointError(`${path}: expected {"weight_map": {tensor: file}}; copy it again`);
  const index = new Map(Object.entries(parsed.data.weight_map));
  for (const [tensor, file] of index) {
    if (!/^[\w-][\w.-]*\.(safetensors|bin)$/.test(file)) {
      throw new CheckpointError(
        `${path}: ${tensor}: expected the name of a file beside it, got ${JSON.stringify(file)}`,
      );
    }
  }
  return index;
}

/** The content of a JSON file; undefined where there is none. */
function readJson(path: string): unknown {
  try {
    if (statSync(path).size > MAX_JSON_BYTES) throw new Error(`longer than ${MAX_JSON_BYTES} bytes`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new CheckpointError(`${path}: expected JSON: ${messageOf(error)}; copy it again`, { cause: error });
  }
}

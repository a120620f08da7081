/** A run that starts from the weights of a checkpoint. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../runtime/errors.js';
import { openSafetensors } from '../runtime/safetensors.js';
import { uploadTensorFile } from '../runtime/tensor-store.js';
import { RUN_FILES, readModel } from './checkpoint.js';

/**
 * Assigns a checkpoint's weights to those of the same names.
 *
 * @param directory the checkpoint: a run folder, or an imported one
 * @param options `ignoreMismatchedSizes`: weights that the checkpoint lacks, or has in another shape, stay as they are, and
 *   what it has beyond is left; otherwise each is an error
 * @returns a line that says what was taken
 * @throws CheckpointError where there is no checkpoint, or it is of another model
 */
export function startFromCheckpoint(
  directory: string,
  variables: ReadonlyMap<string, tf.Variable>,
  { ignoreMismatchedSizes }: { readonly ignoreMismatchedSizes: boolean },
): string {
  const path = join(directory, RUN_FILES.model);
  if (!existsSync(path)) {
    throw new CheckpointError(
      `pretrained: ${directory}: expected a checkpoint to start from, got ${existsSync(directory) ? `no ${RUN_FILES.model} there` : 'nothing there'}; make one with ${remedyFor(directory)}, or train one`,
    );
  }
  // Whether Voiceproof wrote it.
  readModel(directory);
  const file = openSafetensors(path);
  try {
    const { headers } = file;
    if (!ignoreMismatchedSizes) {
      uploadTensorFile(file, variables);
      return `starting from ${directory}`;
    }
    const fits = [...variables].filter(([name, { shape }]) => headers.get(name)?.shape.join() === shape.join());
    if (fits.length === 0) {
      throw new CheckpointError(`pretrained: ${path}: none of its weights fits the model; check model.type`);
    }
    const names = new Set(fits.map(([name]) => name));
    const taken = new Map([...headers].filter(([name]) => names.has(name)));
    uploadTensorFile({ ...file, headers: taken }, new Map(fits));
    const fresh = [...variables.keys()].filter((name) => !names.has(name));
    const shown = `${fresh.slice(0, 3).join(', ')}${fresh.length > 3 ? ', ...' : ''}`;
    return `starting from ${directory}; fresh: ${fresh.length === 0 ? 'none' : `${fresh.length} of ${variables.size} weights (${shown})`}`;
  } finally {
    file.close();
  }
}

/** The command that makes the checkpoint which the experiments of the project start from under this name. */
function remedyFor(directory: string): string {
  const name = basename(directory);
  const aasist = `"voiceproof pretrained aasist-l --output ${directory}" (or "aasist")`;
  return name.startsWith('wav2vec2')
    ? `"voiceproof import huggingface facebook/${name} --output ${directory}"`
    : aasist;
}

/** SavedModels on the native engine. Field numbers: tensorflow/core/protobuf/{saved_model,meta_graph}.proto. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { EXPORT_OUTPUTS, type ExportManifest } from '../experiment/export-manifest.js';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { adoptTensor, kernelBackend } from '../runtime/native/kernel-backend.js';
import { readFields } from '../runtime/protobuf.js';
import type { RuntimeModel } from './exported-scorer.js';

const TAG = 'serve';
const SIGNATURE = 'serving_default';

/**
 * Loads a SavedModel.
 *
 * @param path folder with `saved_model.pb`
 * @throws EngineError where the engine is not the native one; CheckpointError where the folder holds no such model
 */
export async function loadSavedModel(path: string, { input }: ExportManifest): Promise<RuntimeModel> {
  const { binding } = kernelBackend('SavedModel');
  const ends = refusing(path, () => readSignature(path));
  const id = refusing(path, () => binding.loadSavedModel(path, TAG));
  const names = [EXPORT_OUTPUTS.logits, EXPORT_OUTPUTS.score].map((name) => endOf(ends, name, path)).join(',');
  const inputName = endOf(ends, input.name, path);
  return {
    run: async (values, shape) => {
      const [logits, scores] = tf.tidy(() => {
        const backend = kernelBackend('SavedModel');
        const fed = backend.getInputTensorIds([tf.tensor(values, [...shape])]);
        const results = backend.binding.runSavedModel(id, fed, inputName, names);
        return results.map((result) => adoptTensor(backend, result).dataSync());
      });
      return { logits, scores };
    },
    dispose: () => binding.deleteSavedModel(id),
  };
}

/** The tensors of the signature by the names of its inputs and outputs, as `operation:index`. */
function readSignature(path: string): Map<string, string> {
  const bytes = readFileSync(join(path, 'saved_model.pb'));
  const ends = new Map<string, string>();
  for (const graph of messages(bytes, 2)) {
    for (const entry of messages(graph, 5)) {
      if (textOf(entry, 1) !== SIGNATURE) continue;
      for (const signature of messages(entry, 2)) {
        for (const end of [...messages(signature, 1), ...messages(signature, 2)]) {
          for (const info of messages(end, 2)) ends.set(textOf(end, 1), textOf(info, 1));
        }
      }
    }
  }
  return ends;
}

function endOf(ends: ReadonlyMap<string, string>, name: string, path: string): string {
  const end = ends.get(name);
  if (end !== undefined) return end;
  throw new CheckpointError(
    `${path}: expected a signature ${SIGNATURE} with ${name}, got ${[...ends.keys()].join(', ') || 'none'}; export again`,
  );
}

function messages(message: Uint8Array, wanted: number): Buffer[] {
  return [...readFields(message)].filter(({ field }) => field === wanted).map(({ bytes }) => bytes);
}

function textOf(bytes: Uint8Array, field: number): string {
  return Buffer.from(messages(bytes, field)[0] ?? []).toString();
}

function refusing<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new CheckpointError(`${path}: expected a SavedModel: ${messageOf(error)}; export again`, { cause: error });
  }
}

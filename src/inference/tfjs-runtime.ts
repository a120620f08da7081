/** Exports for TensorFlow.js on whatever engine runs. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { EXPORT_OUTPUTS, type ExportManifest } from '../experiment/export-manifest.js';
import { namedOutputs } from '../models/outputs.js';
// A layers model names classes that register themselves where they are imported.
import '../models/registry.js';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import type { RuntimeModel } from './exported-scorer.js';

/** Loads a graph model. @throws CheckpointError where tfjs refuses it */
export async function loadTfjsGraph(path: string, { input }: ExportManifest): Promise<RuntimeModel> {
  const model = await refusing(path, () => loadGraphModel(fileHandler(path)));
  return {
    run: async (values, shape) => {
      const results = tf.tidy(() => {
        const fed = { [input.name]: tf.tensor(values, [...shape]) };
        return [model.execute(fed, [EXPORT_OUTPUTS.logits, EXPORT_OUTPUTS.score])]
          .flat()
          .map((tensor) => tensor.dataSync());
      });
      return { logits: results[0], scores: results[1] };
    },
    dispose: () => model.dispose(),
  };
}

/** Loads a layers model. @throws CheckpointError where tfjs refuses it */
export async function loadTfjsLayers(path: string): Promise<RuntimeModel> {
  const model = await refusing(path, () => loadLayersModel(fileHandler(path)));
  return {
    run: async (values, shape) => {
      const logits = tf.tidy(() => {
        const outputs = model.apply(tf.tensor(values, [...shape]), { training: false });
        return namedOutputs(outputs as tf.Tensor | tf.Tensor[]).logits.dataSync();
      });
      return { logits };
    },
    dispose: () => model.dispose(),
  };
}

async function refusing<Model>(path: string, load: () => Promise<Model>): Promise<Model> {
  try {
    return await load();
  } catch (error) {
    throw new CheckpointError(`${path}: expected a model of TensorFlow.js: ${messageOf(error)}; export again`, {
      cause: error,
    });
  }
}

/** Reads `model.json`, itself or in a folder, and the shards beside it. */
function fileHandler(model: string): tf.io.IOHandler {
  const path = statSync(model).isDirectory() ? join(model, 'model.json') : model;
  return {
    load: () => {
      const json = JSON.parse(readFileSync(path, 'utf8')) as tf.io.ModelJSON;
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const shards = manifest.flatMap(({ paths }) => paths.map((shard) => readFileSync(join(dirname(path), shard))));
        const bytes = Buffer.concat(shards);
        const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
        return [manifest.flatMap(({ weights }) => weights), data as ArrayBuffer];
      });
    },
  };
}

/** Consumers in this process: the runtimes by which exports are scored. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { ExportManifest } from '../experiment/export-manifest.js';
import type { RuntimeModel } from '../inference/exported-scorer.js';
import { scoresOf } from '../inference/logits.js';
import { loadOnnx } from '../inference/onnx-runtime.js';
import { loadSavedModel } from '../inference/saved-model-runtime.js';
import { loadTfjsGraph, loadTfjsLayers } from '../inference/tfjs-runtime.js';
import { EngineError } from '../runtime/errors.js';
import { kernelBackend } from '../runtime/native/kernel-backend.js';
import type { Consumer } from './consumer.js';

/** A consumer that runs all clips as one batch. */
function inNode(
  name: string,
  load: (path: string, manifest: ExportManifest) => Promise<RuntimeModel>,
  version: () => Promise<string>,
): Consumer {
  return {
    name,
    async run({ directory, manifest, inputs }) {
      let model: RuntimeModel;
      try {
        model = await load(join(directory, manifest.model), manifest);
      } catch (error) {
        if (error instanceof EngineError) return { status: 'absent', reason: error.message };
        throw error;
      }
      try {
        const { logits, scores } = await model.run(Float32Array.from(inputs.data), inputs.shape);
        const ours = Array.from(scores ?? scoresOf(logits, logits.length / inputs.shape[0]));
        return { status: 'done', version: await version(), scores: ours };
      } finally {
        model.dispose();
      }
    },
  };
}

/** TensorFlow.js on the engine that runs. */
export const tfjsInNode = inNode(
  'TensorFlow.js in Node',
  (path, manifest) => (manifest.format === 'tfjs-layers' ? loadTfjsLayers(path) : loadTfjsGraph(path, manifest)),
  async () => tf.version_core,
);

/** SavedModels on the native engine, which is TensorFlow's C library. */
export const savedModelInNode = inNode(
  'TensorFlow in Node',
  loadSavedModel,
  async () => kernelBackend('SavedModel').binding.TF_Version,
);

/** onnxruntime, where it is installed. */
export const onnxruntimeInNode = inNode(
  'onnxruntime in Node',
  (path, manifest) => loadOnnx(path, manifest, {}),
  async () => {
    const { env } = await import('onnxruntime-node');
    return env.versions.node ?? env.versions.common;
  },
);

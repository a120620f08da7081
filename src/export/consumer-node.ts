/** Consumers in this process: TensorFlow.js on the engine that runs, and onnxruntime where it is installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { scoresOf } from '../inference/detector.js';
import { messageOf } from '../runtime/errors.js';
import type { Consumer, ConsumerRequest } from './consumer.js';

/** TensorFlow.js. */
export const tfjsInNode: Consumer = {
  name: 'TensorFlow.js in Node',
  async run({ directory, manifest, inputs }) {
    const source = savedHere(join(directory, manifest.model));
    const input = tf.tensor(inputs.data, [...inputs.shape], 'float32');
    try {
      const scores =
        manifest.format === 'tfjs-layers'
          ? await scoresOfLayers(source, input)
          : await scoresOfGraph(source, manifest.input.name, input);
      return { status: 'done', version: tf.version_core, scores };
    } finally {
      input.dispose();
    }
  },
};

async function scoresOfGraph(source: tf.io.IOHandler, name: string, input: tf.Tensor): Promise<number[]> {
  const model: GraphModel = await loadGraphModel(source);
  const output = model.execute({ [name]: input }, 'score') as tf.Tensor;
  const scores = Array.from(await output.data());
  output.dispose();
  model.dispose();
  return scores;
}

async function scoresOfLayers(source: tf.io.IOHandler, input: tf.Tensor): Promise<number[]> {
  const model = await loadLayersModel(source);
  const output = model.predict(input) as tf.Tensor2D;
  const scores = scoresOf(await output.data(), output.shape[1]);
  output.dispose();
  model.dispose();
  return scores;
}

/** Reads `model.json` and its shards from disk, which tfjs's own loader does over HTTP only. */
function savedHere(path: string): tf.io.IOHandler {
  return {
    load: async () => {
      const json = JSON.parse(readFileSync(path, 'utf8')) as tf.io.ModelJSON;
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const shards = manifest.flatMap(({ paths }) => paths.map((each) => readFileSync(join(path, '..', each))));
        return [tf.io.getWeightSpecs(manifest), new Uint8Array(Buffer.concat(shards)).buffer];
      });
    },
  };
}

/** onnxruntime. */
export const onnxruntimeInNode: Consumer = {
  name: 'onnxruntime in Node',
  async run({ directory, manifest, inputs }: ConsumerRequest) {
    const runtime = await import('onnxruntime-node').catch((error: unknown) => messageOf(error));
    if (typeof runtime === 'string') return { status: 'absent', reason: 'no package onnxruntime-node' };
    const session = await runtime.InferenceSession.create(join(directory, manifest.model));
    const tensor = new runtime.Tensor('float32', Float32Array.from(inputs.data), [...inputs.shape]);
    const { score } = await session.run({ [manifest.input.name]: tensor });
    const scores = Array.from(score.data as Float32Array);
    await session.release();
    return { status: 'done', version: runtime.env.versions.node ?? runtime.env.versions.common, scores };
  },
};

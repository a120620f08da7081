/** ONNX models in onnxruntime, which is an optional package. */
import { availableParallelism } from 'node:os';
import type * as OnnxRuntime from 'onnxruntime-node';
import { EXPORT_OUTPUTS, type ExportManifest } from '../experiment/export-manifest.js';
import { CheckpointError, EngineError, messageOf, systemCodeOf } from '../runtime/errors.js';
import type { ExportedOptions, RuntimeModel } from './exported-scorer.js';

/**
 * Loads an ONNX model.
 *
 * @throws EngineError where onnxruntime is not installed; CheckpointError where it refuses the model
 */
export async function loadOnnx(
  path: string,
  { input }: ExportManifest,
  { threads = availableParallelism() }: ExportedOptions,
): Promise<RuntimeModel> {
  const { InferenceSession, Tensor } = await importRuntime(path);
  let session: OnnxRuntime.InferenceSession;
  try {
    session = await InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Its warnings go to stderr past our logger.
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new CheckpointError(
      `${path}: expected an ONNX model that onnxruntime runs: ${messageOf(error)}; export again`,
      {
        cause: error,
      },
    );
  }
  const wanted = [EXPORT_OUTPUTS.logits, EXPORT_OUTPUTS.score].filter((name) => session.outputNames.includes(name));
  return {
    run: async (values, shape) => {
      const results = await session.run({ [input.name]: new Tensor('float32', values, shape) }, wanted);
      return {
        logits: results[EXPORT_OUTPUTS.logits].data as Float32Array,
        scores: results[EXPORT_OUTPUTS.score]?.data as Float32Array | undefined,
      };
    },
    dispose: () => {
      void session.release();
    },
  };
}

async function importRuntime(path: string): Promise<typeof OnnxRuntime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    const problem =
      systemCodeOf(error) === 'ERR_MODULE_NOT_FOUND' ? '' : `, which can't be loaded: ${messageOf(error)}`;
    throw new EngineError(
      `${path}: scoring needs the optional package onnxruntime-node${problem}; install it with "npm install --ignore-scripts onnxruntime-node", or score the checkpoint`,
      { cause: error },
    );
  }
}

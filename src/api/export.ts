/** Checkpoints for other runtimes, and whether an export keeps its word. */
import type { ExportFormat } from '../experiment/export-formats.js';
import type { ExportManifest } from '../experiment/export-manifest.js';
import type { Quantization } from '../export/quantization.js';
import type { ParityRow } from '../export/verify.js';
import { packageVersion } from '../runtime/package-version.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

/** What to export, and how. */
export interface ExportOptions extends JobOptions {
  readonly format: ExportFormat;
  /** The folder to write: a new one. */
  readonly output: string;
  /** Whether an export that is there already is replaced. Default false. */
  readonly overwrite?: boolean | undefined;
  /** Whether the model takes the waveform and computes its feature itself. Default false. */
  readonly withFeatures?: boolean | undefined;
  /** Whether a SavedModel has its weights in the graph rather than in files beside it. Default false. */
  readonly frozen?: boolean | undefined;
  /** Smaller weights, of `tfjs-graph`, `onnx` and `tflite`. Default: as they are. */
  readonly quantize?: Quantization | undefined;
  /** Length of a clip where the checkpoint leaves it free. Default 4. */
  readonly seconds?: number | undefined;
  /** Licence of the weights, for the model card. */
  readonly license?: string | undefined;
  /** Interpreter of Python with TensorFlow, which only `tflite` needs. Default `python3`. */
  readonly python?: string | undefined;
}

/**
 * Exports a checkpoint, with a model card, a manifest and a self-test. The folder is there when it is whole, and not before.
 *
 * @param checkpoint a run folder
 * @returns what the manifest says
 * @throws ConfigError for options that the format or the checkpoint does not have, and where the folder is taken;
 *   CheckpointError where the checkpoint can't be read; GraphError for an op that the format lacks
 */
export async function exportCheckpoint(checkpoint: string, options: ExportOptions): Promise<ExportManifest> {
  const { format, output, overwrite = false, withFeatures = false, frozen = false, quantize, seconds } = options;
  const { license, python = 'python3', signal, onProgress } = options;
  return withEngine({ ...options, logger: jobLogger(options) }, 'inference', async () => {
    const { exportCheckpoint: write, EXPORT_STEPS } = await import('../export/export.js');
    return write({
      ...{ checkpoint, format, output, overwrite, withFeatures, frozen, quantize, seconds, license, python, signal },
      version: packageVersion(),
      onStep: (done) => onProgress?.({ label: `export ${format}`, done, total: EXPORT_STEPS, note: '' }),
    });
  });
}

/** With what an export is verified. */
export interface VerifyOptions extends JobOptions {
  /** Interpreter of Python with TensorFlow or onnxruntime. Default `python3`. */
  readonly python?: string | undefined;
  /** A Chromium or Chrome. Default: the usual places. */
  readonly chromium?: string | undefined;
}

/**
 * Runs an export in every consumer that is installed, and compares the scores with its checkpoint's.
 *
 * @returns a row for each consumer; what is not installed is `skipped`
 * @throws CheckpointError where the folder is no export, or was changed
 */
export async function verifyExport(directory: string, options: VerifyOptions = {}): Promise<ParityRow[]> {
  const { python = 'python3', chromium, signal, onProgress } = options;
  return withEngine({ ...options, logger: jobLogger(options) }, 'inference', async () => {
    const { verifyExport: verify } = await import('../export/verify.js');
    const onConsumer = (done: number, total: number) => onProgress?.({ label: 'verify', done, total, note: '' });
    return verify(directory, { python, chromium, signal, onConsumer });
  });
}

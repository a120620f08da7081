/** Exported models as scorers: each runs in the runtime that it was exported for. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readCalibration } from '../experiment/calibration-file.js';
import { type ExportManifest, readExportManifest } from '../experiment/export-manifest.js';
import { CheckpointError, ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { createClipInput } from './clip-input.js';
import { scoresOf } from './logits.js';
import type { ClipScore, Scorer } from './scorer.js';

/** How an exported model computes. */
export interface ExportedOptions {
  /** CPU threads of onnxruntime; of the others the engine decides. Default: all cores. */
  readonly threads?: number | undefined;
  /** Warned where a plugin has changed since the export; default: silent. */
  readonly logger?: Logger | undefined;
}

/** What a runtime makes of a batch. */
export interface RuntimeOutputs {
  /** Row-major `[batch, nLogits]`. */
  readonly logits: ArrayLike<number>;
  /** `[batch]`; undefined where the model gives logits alone. */
  readonly scores?: ArrayLike<number> | undefined;
}

/** A model in its runtime. */
export interface RuntimeModel {
  /** Runs a batch; `shape` is that of the values. */
  run(values: Float32Array, shape: readonly number[]): Promise<RuntimeOutputs>;
  dispose(): void;
}

/** Loads a model into its runtime. */
type Load = (path: string, manifest: ExportManifest, options: ExportedOptions) => Promise<RuntimeModel>;

// Each file is loaded when its format is met: the runtimes are large, and some need not be there.
const RUNTIMES: Readonly<Partial<Record<ExportManifest['format'], Load>>> = {
  onnx: async (path, manifest, options) => (await import('./onnx-runtime.js')).loadOnnx(path, manifest, options),
  savedmodel: async (path, manifest) => (await import('./saved-model-runtime.js')).loadSavedModel(path, manifest),
  'tfjs-graph': async (path, manifest) => (await import('./tfjs-runtime.js')).loadTfjsGraph(path, manifest),
  'tfjs-layers': async (path) => (await import('./tfjs-runtime.js')).loadTfjsLayers(path),
};

/**
 * Loads an exported model.
 *
 * @param directory with `voiceproof.json`
 * @throws CheckpointError where it can't be read; ConfigError for a format that nothing here runs; EngineError where its
 *   runtime is missing
 */
export async function loadExported(directory: string, options: ExportedOptions = {}): Promise<Scorer> {
  const manifest = readExportManifest(directory);
  const { format, input, checkpoint, threshold } = manifest;
  const load = RUNTIMES[format];
  if (load === undefined) {
    throw new ConfigError(
      `${directory}: a ${format} export can't be scored with here; score the checkpoint, or an export as ${Object.keys(RUNTIMES).join(', ')}`,
    );
  }
  if (manifest.plugins !== undefined) {
    // All registries, which most exports do without.
    const { loadRecorded } = await import('../experiment/plugins.js');
    const { changes } = await loadRecorded(directory, manifest.plugins);
    for (const change of changes) options.logger?.warn(`${change}; scores may differ from the export's own`);
  }
  const path = join(directory, manifest.model);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new CheckpointError(`${path}: expected the exported model, got nothing there; export again`);
  }
  const clips = createClipInput({
    feature: input.kind === 'features' ? input.feature : null,
    fixedSamples: input.nSamples,
    inputShape: input.shape,
  });
  const model = await load(path, manifest, options);
  return {
    description: `${checkpoint.name}, ${format} export`,
    nSamples: clips.nSamples,
    threshold,
    // What was fitted later, on other data, wins.
    calibration: readCalibration(directory, checkpoint.epoch) ?? manifest.calibration ?? undefined,
    scoreAll: async (waveforms) => {
      const results = new Array<ClipScore>(waveforms.length);
      for (const { indices, values, shape } of clips.batches(waveforms)) {
        const { logits, scores } = await model.run(values, shape);
        const nLogits = logits.length / indices.length;
        const ours = scores ?? scoresOf(logits, nLogits);
        for (const [row, index] of indices.entries()) {
          const own = Array.from({ length: nLogits }, (_, i) => logits[row * nLogits + i]);
          results[index] = { score: ours[row], logits: own };
        }
      }
      return results;
    },
    dispose: () => model.dispose(),
  };
}

/** Whatever can score, by its folder. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXPORT_MANIFEST, readExportManifest } from '../experiment/export-manifest.js';
import {
  CASCADE_FILE,
  ENSEMBLE_FILE,
  FUSED_EPOCH,
  readCascade,
  readEnsemble,
  refuseCycles,
} from '../experiment/fusion-file.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';
import { loadCascade } from './cascade.js';
import { loadEnsemble } from './ensemble.js';
import { type ExportedOptions, loadExported } from './exported-scorer.js';
import type { Scorer } from './scorer.js';

/** How a scorer computes. */
export interface ScorerOptions extends ExportedOptions {
  /** Whether checkpoints run as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean;
}

/** Makes scorers of folders; ensembles and cascades open their members with it. */
export type OpenScorer = (directory: string) => Promise<Scorer>;

/**
 * Opens a run folder, an ensemble, a cascade or an exported model.
 *
 * @throws CheckpointError where the folder is none of these, or damaged; ConfigError and EngineError as `loadExported`
 */
export async function openScorer(directory: string, options: ScorerOptions = {}): Promise<Scorer> {
  refuseCycles(directory);
  const has = (file: string) => existsSync(join(directory, file));
  const open: OpenScorer = (member) => openScorer(member, options);
  if (has(ENSEMBLE_FILE)) return loadEnsemble(directory, open);
  if (has(CASCADE_FILE)) return loadCascade(directory, open);
  if (has(EXPORT_MANIFEST)) return loadExported(directory, options);
  // TensorFlow.js is not needed for an export that runs elsewhere.
  const { loadDetector } = await import('./detector.js');
  return loadDetector(directory, options);
}

/**
 * The epoch of the weights that a calibration of the folder belongs to; 0 for ensembles and cascades.
 *
 * @throws CheckpointError where the folder can't score
 */
export async function epochOf(directory: string): Promise<number> {
  const has = (file: string) => existsSync(join(directory, file));
  if (has(ENSEMBLE_FILE) || has(CASCADE_FILE)) return FUSED_EPOCH;
  if (has(EXPORT_MANIFEST)) return readExportManifest(directory).checkpoint.epoch;
  const { readModel, readRunConfig } = await import('../experiment/checkpoint.js');
  await readRunConfig(directory);
  return readModel(directory).epoch;
}

/**
 * Whether a folder's model runs on the engine of TensorFlow; exports to ONNX do without.
 *
 * @throws CheckpointError where the folder is damaged
 */
export function needsEngine(directory: string): boolean {
  refuseCycles(directory);
  const has = (file: string) => existsSync(join(directory, file));
  const anyOf = (members: readonly { readonly path: string }[]) =>
    members.some(({ path }) => needsEngine(resolve(directory, path)));
  if (has(ENSEMBLE_FILE)) return anyOf(readEnsemble(directory).members);
  if (has(CASCADE_FILE)) {
    const { light, heavy } = readCascade(directory);
    return anyOf([light, heavy]);
  }
  return !has(EXPORT_MANIFEST) || readExportManifest(directory).format !== 'onnx';
}

/** The small detector that comes with the project; undefined where it was left out. */
export function bundledCheckpoint(): string | undefined {
  const directory = join(PROJECT_ROOT, 'checkpoints/lcnn-bundled');
  return existsSync(directory) ? directory : undefined;
}

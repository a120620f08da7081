/** Whatever can score, by its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readModel, readRunConfig } from '../experiment/checkpoint.js';
import { EXPORT_MANIFEST, readExportManifest } from '../experiment/export-manifest.js';
import { CASCADE_FILE, ENSEMBLE_FILE, FUSED_EPOCH } from '../experiment/fusion-file.js';
import { loadCascade } from './cascade.js';
import { loadDetector } from './detector.js';
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
  const has = (file: string) => existsSync(join(directory, file));
  const open: OpenScorer = (member) => openScorer(member, options);
  if (has(ENSEMBLE_FILE)) return loadEnsemble(directory, open);
  if (has(CASCADE_FILE)) return loadCascade(directory, open);
  if (has(EXPORT_MANIFEST)) return loadExported(directory, options);
  return loadDetector(directory, options);
}

/**
 * The epoch of the weights that a calibration of the folder belongs to; 0 for ensembles and cascades.
 *
 * @throws CheckpointError where the folder can't score
 */
export function epochOf(directory: string): number {
  const has = (file: string) => existsSync(join(directory, file));
  if (has(ENSEMBLE_FILE) || has(CASCADE_FILE)) return FUSED_EPOCH;
  if (has(EXPORT_MANIFEST)) return readExportManifest(directory).checkpoint.epoch;
  readRunConfig(directory);
  return readModel(directory).epoch;
}

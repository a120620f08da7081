/** A checkpoint of an experiment that nobody trained: as quick as a trained one. */
import { join } from 'node:path';
import { SAMPLE_RATE } from '../../src/data/audio.js';
import { writeModel, writeRunConfig } from '../../src/experiment/checkpoint.js';
import { clipLength, readExperiment } from '../../src/experiment/config.js';
import { createFeature } from '../../src/features/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import type { Engine } from '../../src/runtime/engine.js';
import { PROJECT_ROOT } from '../../src/runtime/project-root.js';

/** Writes a run folder with fresh weights. */
export async function writeFreshCheckpoint(directory: string, experiment: string, engine: Engine): Promise<void> {
  const { name, config } = await readExperiment(join(PROJECT_ROOT, 'experiments', `${experiment}.json`), {});
  const nSamples = clipLength(config) ?? 4 * SAMPLE_RATE;
  const extractor = config.feature === null ? undefined : createFeature(config.feature, SAMPLE_RATE);
  const inputShape = extractor === undefined ? [nSamples] : [extractor.nFrames(nSamples), extractor.nBins];
  const model = buildModel(config.model, inputShape, config.seed);
  const { kind, version, usesGpu } = engine;
  const platform = `${process.platform}-${process.arch}`;
  const environment = { version: 'bench', commit: null, node: process.version, platform };
  writeRunConfig(directory, { name, config, environment: { ...environment, engine: { kind, version, usesGpu } } });
  writeModel(directory, variablesOf(namedWeights(model)), { threshold: 0, epoch: 1, inputShape });
  model.dispose();
}

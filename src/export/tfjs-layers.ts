/** A checkpoint as a layers model of TensorFlow.js, where all its layers are TensorFlow.js's own. */
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ConfigError } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';

const WEIGHTS = 'weights.bin';

/**
 * Writes `model.json` and `weights.bin`.
 *
 * @throws ConfigError where a layer is one of ours, which a reader would lack
 */
export async function writeTfjsLayers(directory: string, model: LayersModel): Promise<void> {
  const own = [...new Set(model.layers.map((layer) => layer.getClassName()))].filter((name) =>
    /^Voiceproof/.test(name),
  );
  if (own.length > 0) {
    throw new ConfigError(
      `export: this architecture is no layers model of stock layers: it has ${own.slice(0, 3).join(', ')}${own.length > 3 ? ', …' : ''}; export tfjs-graph`,
    );
  }
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const buffers = [weightData ?? []].flat().map((part) => Buffer.from(part));
      writeFileAtomic(join(directory, WEIGHTS), Buffer.concat(buffers));
      const manifest = [{ paths: [WEIGHTS], weights: weightSpecs }];
      const content = { format: 'layers-model', generatedBy: 'voiceproof', convertedBy: null, modelTopology };
      writeFileAtomic(join(directory, 'model.json'), JSON.stringify({ ...content, weightsManifest: manifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
}

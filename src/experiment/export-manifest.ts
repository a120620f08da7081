/** What scoring reads of `voiceproof.json`, which every exported model carries: what goes in, and what the score means. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { parseOptions } from '../runtime/options.js';
import { calibrationSchema } from './calibration-file.js';

/** Its name in the folder of an export. */
export const EXPORT_MANIFEST = 'voiceproof.json';

/** Formats of exports. */
const FORMATS = ['savedmodel', 'tfjs-graph', 'tfjs-layers', 'onnx', 'tflite', 'huggingface'] as const;

// Loose: the file says more, to people and to other programs.
const schema = z.looseObject({
  manifest: z.literal('voiceproof-export-1'),
  format: z.enum(FORMATS),
  model: z.string(),
  checkpoint: z.looseObject({ name: z.string(), epoch: z.number() }),
  input: z.looseObject({
    name: z.string(),
    kind: z.enum(['waveform', 'features']),
    shape: z.array(z.int().min(1)),
    nSamples: z.int().min(1),
    feature: z.looseObject({ type: z.string() }).nullable(),
  }),
  threshold: z.number(),
  calibration: calibrationSchema.nullish(),
});

/** What scoring needs to know of an exported model. */
export type ExportManifest = z.output<typeof schema>;

/** Names of every exported model's outputs. */
export const EXPORT_OUTPUTS = { logits: 'logits', score: 'score' } as const;

/**
 * Reads the manifest of an export.
 *
 * @throws CheckpointError where there is none, or it is damaged
 */
export function readExportManifest(directory: string): ExportManifest {
  const path = join(directory, EXPORT_MANIFEST);
  if (!existsSync(path)) {
    throw new CheckpointError(`${directory}: expected an exported model, a folder with ${EXPORT_MANIFEST}`);
  }
  try {
    return parseOptions(schema, JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    throw new CheckpointError(`${path}: damaged, or of an incompatible version: ${messageOf(error)}; export again`, {
      cause: error,
    });
  }
}

/** `voiceproof.json`, which every exported model carries: what goes in, what comes out, and what the score means. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { parseOptions } from '../runtime/options.js';
import { calibrationSchema } from './calibration-file.js';

/** Its name in the folder of an export. */
export const EXPORT_MANIFEST = 'voiceproof.json';

/** Formats of exports. */
export const EXPORT_FORMATS = ['savedmodel', 'tfjs-graph', 'tfjs-layers', 'onnx', 'tflite', 'huggingface'] as const;

/** Fields of `voiceproof.json` that scoring needs; there may be more. */
export const exportManifestSchema = z.object({
  manifestVersion: z.literal(1),
  format: z.enum(EXPORT_FORMATS),
  name: z.string().describe('Of the experiment.'),
  model: z.string().describe('File or folder of the model, relative to the manifest.'),
  input: z.object({
    name: z.string(),
    content: z.enum(['waveform', 'features']).describe('What the model takes: samples, or the feature below.'),
    shape: z.array(z.int().nullable()).describe('Without the batch axis; null where a length is free.'),
  }),
  outputs: z.object({ logits: z.string(), score: z.string() }).describe('Names of the outputs.'),
  sampleRate: z.int().describe('Hz.'),
  nSamples: z.int().nullable().describe('Samples that clips are repeated or cut to; null where they stay whole.'),
  feature: z
    .looseObject({ type: z.string() })
    .nullable()
    .describe('The front-end, to be computed before where the content is features; else already in the model.'),
  threshold: z.number().describe('Score at or above which a clip is called bona fide: the EER point of the dev set.'),
  epoch: z.int(),
  calibration: calibrationSchema.nullable(),
});

/** What scoring needs to know of an exported model. */
export type ExportManifest = z.output<typeof exportManifestSchema>;

/**
 * Reads the manifest of an export.
 *
 * @returns undefined where the folder has none
 * @throws CheckpointError where it is damaged
 */
export function readExportManifest(directory: string): ExportManifest | undefined {
  const path = join(directory, EXPORT_MANIFEST);
  if (!existsSync(path)) return undefined;
  try {
    return parseOptions(exportManifestSchema, JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    throw new CheckpointError(`${path}: damaged, or of an incompatible version: ${messageOf(error)}; export again`, {
      cause: error,
    });
  }
}

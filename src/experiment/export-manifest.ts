/** `voiceproof.json`: what an export says of itself to programs. Exporting writes it; scoring and verifying read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError, messageOf, systemCodeOf } from '../runtime/errors.js';
import { parseOptions } from '../runtime/options.js';
import { calibrationSchema } from './calibration-file.js';
import { EXPORT_FORMATS } from './export-formats.js';

/** Name of the file. */
export const EXPORT_MANIFEST = 'voiceproof.json';
/** What marks a folder as an export, with the version of the file's layout. */
export const EXPORT_LAYOUT = 'voiceproof-export-1';

/** Names of every exported model's outputs. */
export const EXPORT_OUTPUTS = { logits: 'logits', score: 'score' } as const;

// Loose: later versions may say more.
const roundingCost = z.looseObject({
  corpus: z.string(),
  nClips: z.int().describe('Of its dev set.'),
  eer: z.number().describe("The checkpoint's, 0 to 1."),
  roundedEer: z.number().describe('Of this export.'),
});

/** What rounded weights cost in equal error rate. */
export type RoundingCost = z.output<typeof roundingCost>;

const schema = z.looseObject({
  manifest: z.literal(EXPORT_LAYOUT),
  voiceproof: z.string().describe('Version that wrote the export.'),
  format: z.enum(EXPORT_FORMATS),
  model: z.string().describe('File or folder of the model, relative to the export.'),
  quantization: z.enum(['float16', 'int8']).nullable().describe('How weights are stored; null: float32.'),
  checkpoint: z.looseObject({
    name: z.string(),
    sha256: z.string().describe('Of model.safetensors.'),
    epoch: z.number(),
    architecture: z.string(),
  }),
  input: z.looseObject({
    name: z.string(),
    kind: z.enum(['waveform', 'features']),
    shape: z.array(z.int().min(1)).describe('Of one input, without the batch.'),
    sampleRate: z.int(),
    nSamples: z
      .int()
      .min(1)
      .describe('Samples of a clip: shorter ones are repeated from their start, longer ones cut.'),
    feature: z
      .looseObject({ type: z.string() })
      .nullable()
      .describe('The front-end with all its options; computed by the model where the kind is waveform.'),
  }),
  outputs: z.looseObject({
    logits: z.looseObject({ shape: z.array(z.int()), meaning: z.string() }),
    score: z.looseObject({ meaning: z.string() }),
  }),
  threshold: z.number().describe('Score at or above which a clip is called bona fide.'),
  calibration: calibrationSchema.nullish().describe("The checkpoint's calibration.json; null where it has none."),
  selfTest: z.looseObject({
    inputs: z.string().describe('`.npy` file, float32, `[clips, ...input.shape]`.'),
    clips: z.array(z.string()),
    logits: z.array(z.array(z.number())),
    scores: z.array(z.number()).describe("The checkpoint's own."),
    tolerance: z.number().describe('By which scores may differ, in proportion to those above 1.'),
  }),
  roundingCost: roundingCost.nullish().describe('Of rounded weights; null where the dev set was not at hand.'),
  files: z.record(z.string(), z.string()).optional().describe('SHA-256 of each other file.'),
});

/** The content of `voiceproof.json`. */
export type ExportManifest = z.output<typeof schema>;

/** Whether a folder holds an export whose manifest is whole: only such a one may be replaced. */
export function isExport(directory: string): boolean {
  try {
    readExportManifest(directory);
    return true;
  } catch (error) {
    if (error instanceof CheckpointError) return false;
    throw error;
  }
}

/**
 * Reads the manifest of an export.
 *
 * @throws CheckpointError where there is none, or it is damaged
 */
export function readExportManifest(directory: string): ExportManifest {
  const path = join(directory, EXPORT_MANIFEST);
  try {
    return parseOptions(schema, JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    const code = systemCodeOf(error);
    throw new CheckpointError(
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `${directory}: expected an export, a folder with ${EXPORT_MANIFEST}, got none; write one with voiceproof export`
        : `${path}: damaged, or of another version: ${messageOf(error)}; export again`,
      { cause: error },
    );
  }
}

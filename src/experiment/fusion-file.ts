/** Checkpoints that are made of others: an ensemble fuses the scores of its members, a cascade asks one after the other. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { writeJsonAtomic } from '../runtime/files.js';
import { parseOptions } from '../runtime/options.js';

/** What makes a folder an ensemble. */
export const ENSEMBLE_FILE = 'ensemble.json';
/** What makes a folder a cascade. */
export const CASCADE_FILE = 'cascade.json';

/** How an ensemble weighs its members. */
const FUSIONS = ['mean', 'logistic'] as const;

/** Of scores of their own, which no training epoch made. */
export const FUSED_EPOCH = 0;

const line = z.strictObject({ slope: z.number(), intercept: z.number() });

const ensembleSchema = z.strictObject({
  format: z.literal('voiceproof-ensemble-1'),
  fusion: z.enum(FUSIONS),
  members: z
    .array(
      z.strictObject({
        path: z.string().describe('Folder of the member, relative to this file.'),
        weight: z.number().describe('What its score is multiplied with.'),
      }),
    )
    .min(2),
  bias: z.number().describe('Added to the weighted sum.'),
  threshold: z.number().describe('Score at or above which a clip is called bona fide: the EER point of the dev set.'),
});

const cascadeSchema = z.strictObject({
  format: z.literal('voiceproof-cascade-1'),
  light: z.strictObject({ path: z.string(), map: line.describe('From its scores to log-likelihood ratios.') }),
  heavy: z.strictObject({ path: z.string(), map: line }),
  low: z.number().describe('Score of the light model below which it says spoof by itself.'),
  high: z.number().describe('Score of the light model from which on it says bona fide by itself.'),
  statedError: z.number().describe('Share of each class that the light model may get wrong by itself, on the dev set.'),
  threshold: z.number(),
  measured: z
    .strictObject({
      lightShare: z.number().describe('Share of the dev set that the light model decides.'),
      eer: z.number().describe('Of the cascade on the dev set, a fraction.'),
      heavyEer: z.number().describe('Of the heavy model alone.'),
      secondsPerClip: z.strictObject({ light: z.number(), heavy: z.number() }),
      savedShare: z.number().describe("Share of the heavy model's time that is saved."),
    })
    .describe('On the dev set, on the machine that made the cascade.'),
});

/** What `ensemble.json` holds. */
export type EnsembleFile = z.output<typeof ensembleSchema>;

/** What `cascade.json` holds. */
export type CascadeFile = z.output<typeof cascadeSchema>;

/** Writes `ensemble.json`. */
export function writeEnsemble(directory: string, ensemble: EnsembleFile): void {
  writeJsonAtomic(join(directory, ENSEMBLE_FILE), ensemble);
}

/** Reads `ensemble.json`. @throws CheckpointError where it is absent or damaged */
export function readEnsemble(directory: string): EnsembleFile {
  return read(join(directory, ENSEMBLE_FILE), ensembleSchema);
}

/** Writes `cascade.json`. */
export function writeCascade(directory: string, cascade: CascadeFile): void {
  writeJsonAtomic(join(directory, CASCADE_FILE), cascade);
}

/** Reads `cascade.json`. @throws CheckpointError where it is absent or damaged */
export function readCascade(directory: string): CascadeFile {
  return read(join(directory, CASCADE_FILE), cascadeSchema);
}

/**
 * Makes sure that an ensemble or cascade does not contain itself, by whatever way round.
 *
 * @throws CheckpointError where it does, or a file of it is damaged
 */
export function refuseCycles(directory: string, within: readonly string[] = [], done = new Set<string>()): void {
  const place = resolve(directory);
  if (within.includes(place)) {
    throw new CheckpointError(
      `${place}: contains itself (${[...within, place].map((folder) => basename(folder)).join(' > ')}); name other members`,
    );
  }
  if (done.has(place)) return;
  done.add(place);
  for (const path of membersOf(place)) refuseCycles(resolve(place, path), [...within, place], done);
}

/** Folders of the members, relative to the folder; none of a single model. */
function membersOf(directory: string): string[] {
  if (existsSync(join(directory, ENSEMBLE_FILE))) return readEnsemble(directory).members.map(({ path }) => path);
  if (!existsSync(join(directory, CASCADE_FILE))) return [];
  const { light, heavy } = readCascade(directory);
  return [light.path, heavy.path];
}

function read<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  try {
    return parseOptions(schema, JSON.parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    throw new CheckpointError(`${path}: damaged, or of an incompatible version: ${messageOf(error)}; make it again`, {
      cause: error,
    });
  }
}

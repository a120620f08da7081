/**
 * What a checkpoint's scores mean, found on scores of known clips: the file `calibration.json` of a checkpoint or an
 * export.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CalibrationMethod, calibrate, fitCalibration } from '../metrics/calibration.js';
import { computeCllr } from '../metrics/cllr.js';
import { findOperatingPoints, OPERATING_POINTS } from '../metrics/operating-points.js';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { writeJsonAtomic } from '../runtime/files.js';
import { parseOptions } from '../runtime/options.js';

/** Its name in the folder. */
export const CALIBRATION_FILE = 'calibration.json';

const FORMAT = 'voiceproof-calibration-1';

const mapSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('platt'), slope: z.number(), intercept: z.number() }),
  z.strictObject({ method: z.literal('pav'), scores: z.array(z.number()).min(1), llrs: z.array(z.number()).min(1) }),
]);

/** What scores mean; see `ScoreCalibration`. */
export const calibrationSchema = z.strictObject({
  format: z.literal(FORMAT),
  epoch: z.int().describe('Epoch of the weights that gave the scores; of other weights it says nothing.'),
  fittedOn: z.strictObject({ name: z.string(), nBonafide: z.int(), nSpoof: z.int() }),
  map: mapSchema.describe('From scores to natural-log likelihood ratios.'),
  operatingPoints: z.strictObject(
    Object.fromEntries(OPERATING_POINTS.map((name) => [name, z.number()])) as Record<
      (typeof OPERATING_POINTS)[number],
      z.ZodNumber
    >,
  ),
  cllr: z.strictObject({ before: z.number(), after: z.number() }).describe('In bits, on the set of the fit.'),
});

/** What scores mean, and on which clips that was found. */
export type ScoreCalibration = z.output<typeof calibrationSchema>;

/**
 * Fits a calibration and the operating points.
 *
 * @param name of the set, such as `dev`
 * @param epoch of the weights; 0 where there are none of one's own
 * @throws DataError as `fitCalibration`
 */
export function fitScoreCalibration(
  method: CalibrationMethod,
  { bonafide, spoof }: { readonly bonafide: Float64Array; readonly spoof: Float64Array },
  name: string,
  epoch: number,
): ScoreCalibration {
  const map = fitCalibration(method, bonafide, spoof);
  const llrs = [bonafide, spoof].map((scores) => scores.map((score) => calibrate(map, score)));
  return {
    format: FORMAT,
    epoch,
    fittedOn: { name, nBonafide: bonafide.length, nSpoof: spoof.length },
    map: map.method === 'platt' ? map : { ...map, scores: [...map.scores], llrs: [...map.llrs] },
    operatingPoints: findOperatingPoints(bonafide, spoof),
    cllr: { before: computeCllr(bonafide, spoof), after: computeCllr(llrs[0], llrs[1]) },
  };
}

/** Writes `calibration.json`. */
export function writeCalibration(directory: string, calibration: ScoreCalibration): void {
  writeJsonAtomic(join(directory, CALIBRATION_FILE), calibration);
}

/**
 * Reads `calibration.json`.
 *
 * @param epoch of the weights that are to be used
 * @returns undefined where there is none, or one of other weights
 * @throws CheckpointError where it is damaged
 */
export function readCalibration(directory: string, epoch: number): ScoreCalibration | undefined {
  const path = join(directory, CALIBRATION_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const calibration = parseOptions(calibrationSchema, JSON.parse(readFileSync(path, 'utf8')), path);
    return calibration.epoch === epoch ? calibration : undefined;
  } catch (error) {
    throw new CheckpointError(
      `${path}: damaged, or of an incompatible version: ${messageOf(error)}; make it again with "voiceproof calibrate"`,
      { cause: error },
    );
  }
}

/** Cascades: a light model decides where it is sure, a heavy one where it is not. */
import { resolve } from 'node:path';
import { fitScoreCalibration, readCalibration, writeCalibration } from '../experiment/calibration-file.js';
import { type CascadeFile, FUSED_EPOCH, readCascade, writeCascade } from '../experiment/fusion-file.js';
import { computeEer } from '../metrics/eer.js';
import { computeErrorRates } from '../metrics/error-rates.js';
import { thresholdForFar, thresholdForFrr } from '../metrics/operating-points.js';
import { scoresByClass } from '../metrics/summary.js';
import { ConfigError } from '../runtime/errors.js';
import { alignScores, type EnsembleMember, fitLine, relativePath } from './ensemble.js';
import type { OpenScorer } from './open-scorer.js';
import type { ClipScore, Scorer } from './scorer.js';

/**
 * Loads a cascade and its two models. Its scores are log-likelihood ratios, by the calibration of the model that decided.
 *
 * @throws CheckpointError where it or a model can't be read
 */
export async function loadCascade(directory: string, open: OpenScorer): Promise<Scorer> {
  const file = readCascade(directory);
  const { low, high, threshold } = file;
  const light = await open(resolve(directory, file.light.path));
  const heavy = await open(resolve(directory, file.heavy.path)).catch((error) => {
    light.dispose();
    throw error;
  });
  const spent = { light: 0, heavy: 0, nClips: 0, nHeavy: 0 };
  const timed = async (which: 'light' | 'heavy', clips: readonly Float32Array[]): Promise<ClipScore[]> => {
    const started = performance.now();
    const scorer = which === 'light' ? light : heavy;
    const scores = await scorer.scoreAll(clips);
    spent[which] += (performance.now() - started) / 1000;
    return scores.map(({ score, logits }) => ({ score: onLine(file[which].map, score), logits, decidedBy: which }));
  };
  const [least, most] = [low, high].map((score) => onLine(file.light.map, score));
  return {
    description: `cascade of ${light.description} and ${heavy.description}`,
    nSamples: Math.max(light.nSamples, heavy.nSamples),
    threshold,
    calibration: readCalibration(directory, FUSED_EPOCH),
    scoreAll: async (waveforms) => {
      const scores = await timed('light', waveforms);
      const unsure = [...scores.keys()].filter((i) => !(scores[i].score < least || scores[i].score >= most));
      spent.nClips += waveforms.length;
      spent.nHeavy += unsure.length;
      const heavyScores = await timed(
        'heavy',
        unsure.map((i) => waveforms[i]),
      );
      for (const [place, i] of unsure.entries()) scores[i] = heavyScores[place];
      return scores;
    },
    summary: () => describeSaving(spent),
    dispose: () => {
      light.dispose();
      heavy.dispose();
    },
  };
}

/** What a cascade is fitted on. */
export interface CascadeFit {
  readonly light: EnsembleMember;
  readonly heavy: EnsembleMember;
  /** Share of each class that the light model may get wrong by itself, on the dev set. */
  readonly statedError: number;
  /** Measured seconds for a clip. */
  readonly secondsPerClip: { readonly light: number; readonly heavy: number };
}

/**
 * Fits the two thresholds of a cascade on the models' scores of one set, and writes it with a calibration of its own.
 *
 * @throws DataError where the two scored different clips; ConfigError where the stated error is no share
 */
export function fitCascade(
  directory: string,
  { light, heavy, statedError, secondsPerClip }: CascadeFit,
): CascadeFile['measured'] {
  if (!(statedError >= 0 && statedError < 0.5)) {
    throw new ConfigError(`cascade: expected an error of at least 0 and below 0.5, got ${statedError}`);
  }
  const [lightScores, heavyScores] = alignScores([light, heavy]);
  const lines = { light: fitLine(light.scores), heavy: fitLine(heavy.scores) };
  const { bonafide, spoof } = scoresByClass(light.scores);
  const rates = computeErrorRates(bonafide, spoof);
  const bounds = [thresholdForFrr(rates, statedError), thresholdForFar(rates, statedError)];
  // A light model that errs less than is allowed decides everything, at a threshold in between.
  const [low, high] = bounds[0] < bounds[1] ? bounds : [(bounds[0] + bounds[1]) / 2, (bounds[0] + bounds[1]) / 2];
  const isSure = (score: number) => score < low || score >= high;
  const trials = light.scores.map((trial, i) => ({
    ...trial,
    score: isSure(lightScores[i]) ? onLine(lines.light, lightScores[i]) : onLine(lines.heavy, heavyScores[i]),
  }));
  const classes = scoresByClass(trials);
  const { eer, threshold } = computeEer(classes.bonafide, classes.spoof);
  const heavyClasses = scoresByClass(heavy.scores);
  const lightShare = lightScores.filter(isSure).length / lightScores.length;
  const measured = {
    lightShare,
    eer,
    heavyEer: computeEer(heavyClasses.bonafide, heavyClasses.spoof).eer,
    secondsPerClip,
    savedShare: lightShare - secondsPerClip.light / secondsPerClip.heavy,
  };
  const side = (member: EnsembleMember, { slope, intercept }: { slope: number; intercept: number }) => ({
    path: relativePath(directory, member.directory),
    map: { slope, intercept },
  });
  writeCascade(directory, {
    format: 'voiceproof-cascade-1',
    light: side(light, lines.light),
    heavy: side(heavy, lines.heavy),
    low,
    high,
    statedError,
    threshold,
    measured,
  });
  writeCalibration(directory, fitScoreCalibration('platt', classes, 'dev', FUSED_EPOCH));
  return measured;
}

/**
 * Seconds that a model takes for a clip of four seconds, warm: the median of several.
 *
 * @param rounds at least 1
 */
export async function measureSecondsPerClip(scorer: Scorer, rounds: number): Promise<number> {
  const clip = Float32Array.from({ length: 4 * 16_000 }, (_, i) => 0.1 * Math.sin(i * i * 1e-5));
  // Twice before it counts: the second time it is recorded.
  for (let i = 0; i < 2; i++) await scorer.scoreAll([clip]);
  const seconds: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const started = performance.now();
    await scorer.scoreAll([clip]);
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

function onLine({ slope, intercept }: { readonly slope: number; readonly intercept: number }, score: number): number {
  return slope * score + intercept;
}

function describeSaving({
  light,
  heavy,
  nClips,
  nHeavy,
}: {
  readonly light: number;
  readonly heavy: number;
  readonly nClips: number;
  readonly nHeavy: number;
}): string | undefined {
  if (nClips === 0) return undefined;
  const decided = `the light model decided ${nClips - nHeavy} of ${nClips} clips`;
  if (nHeavy === 0) return `${decided}, in ${light.toFixed(2)} s`;
  const alone = (heavy / nHeavy) * nClips;
  return `${decided}: ${(light + heavy).toFixed(2)} s instead of about ${alone.toFixed(2)} s with the heavy one alone`;
}

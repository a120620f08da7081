/** Files, folders, protocols and long recordings to scores, and into files that can be gone on with. */
import { createDecider, type DecisionOptions } from '../inference/decision.js';
import { type FileFailure, scoreFile } from '../inference/score-file.js';
import { expandInputs, inputsOfTrials, type ScoreInput } from '../inference/score-inputs.js';
import { type LineDetails, type ScoredInput, scoreLine } from '../inference/score-lines.js';
import { openScoreOutput, type ScoreFormat, type ScoreOutput } from '../inference/score-output.js';
import { type RecordingOptions, type RecordingScore, scoreRecording } from '../inference/score-recording.js';
import type { Scorer } from '../inference/scorer.js';
import type { AggregationOptions } from '../inference/segments.js';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { type DetectorChoice, openHeldScorer } from './detector.js';
import { type JobOptions, jobLogger } from './engine.js';
import { type ProtocolChoice, trialsOf } from './protocol.js';

/** How files are scored. */
export interface ScoreFilesOptions
  extends JobOptions,
    Pick<DetectorChoice, 'compile'>,
    ProtocolChoice,
    DecisionOptions,
    AggregationOptions,
    LineDetails,
    Pick<RecordingOptions, 'hopSeconds'> {
  /** A run folder, an ensemble, a cascade or an exported model. Default: the small detector that comes with the package. */
  readonly checkpoint?: string | undefined;
  /** Slides a window of so many seconds over each file. Default: a clip is scored as one. */
  readonly windowSeconds?: number | undefined;
  /** File that takes the scores, line by line. Default: none. */
  readonly output?: string | undefined;
  /** How they are written there. Default `jsonl`. */
  readonly format?: ScoreFormat | undefined;
  /** Goes on with `output`: scores what is not there. Default false: the file must not be there. */
  readonly resume?: boolean | undefined;
  /** Draws the one recording that is scored over time, with `windowSeconds`: `.svg` or `.png`. */
  readonly plot?: string | undefined;
}

/** A file that was scored, or that could not be, with what a protocol says of it. */
export interface ScoredFile {
  readonly input: ScoreInput;
  readonly result: ScoredInput;
}

/**
 * Scores files in order, and gives each as soon as it is scored; one that can't be scored has `error`, and the others go on.
 *
 * @param paths audio files, and folders of them; or none, with `protocol` or `trials`
 * @throws CheckpointError, DataError, ConfigError for what can't be used, before anything is scored
 */
export async function* scoreFiles(
  paths: string | readonly string[],
  options: ScoreFilesOptions = {},
): AsyncGenerator<ScoredFile> {
  const { output: path, format = 'jsonl', resume = false, plot, checkpoint, signal } = options;
  const logger = jobLogger(options);
  if (checkpoint === undefined) {
    logger.warn(
      'scoring with the checkpoint that comes with the project: a demonstration, trained on a few minutes of speech; name your own with `checkpoint`',
    );
  }
  const inputs = await inputsOf([paths].flat(), options);
  if (plot !== undefined) await checkPlot(plot, options.windowSeconds, inputs.length);
  if (resume && path === undefined) throw new ConfigError('`resume` needs `output`, the file to go on with');
  const output = path === undefined ? undefined : openScoreOutput(path, format, { resume });
  try {
    const held = await openHeldScorer(checkpoint, { ...options, logger });
    try {
      logger.info(`scoring with ${held.scorer.description}`);
      yield* scoreInputs(held.scorer, inputs, output, { ...options, format, logger, signal });
      const summary = held.scorer.summary?.();
      if (summary !== undefined) logger.info(summary);
    } finally {
      held.dispose();
    }
  } finally {
    output?.close();
  }
}

async function inputsOf(paths: readonly string[], options: ScoreFilesOptions): Promise<readonly ScoreInput[]> {
  const trials = await trialsOf(options);
  if (trials === undefined) return expandInputs(paths);
  if (paths.length > 0) throw new ConfigError('score: files and `protocol` exclude each other; leave one out');
  return inputsOfTrials(trials);
}

type Scoring = ScoreFilesOptions & { readonly format: ScoreFormat; readonly logger: Logger };

async function* scoreInputs(
  scorer: Scorer,
  inputs: readonly ScoreInput[],
  output: ScoreOutput | undefined,
  options: Scoring,
): AsyncGenerator<ScoredFile> {
  const { format, logger, plot, signal } = options;
  const isDone = ({ path, utterance }: ScoreInput) => output?.done.has(format === 'jsonl' ? path : utterance) ?? false;
  // Told before the first file, and not as its failure.
  createDecider(scorer, options);
  const left = inputs.filter((input) => !isDone(input));
  if (left.length < inputs.length) logger.info(`${inputs.length - left.length} of ${inputs.length} are there already`);
  const progress = logger.progress('score', left.length);
  try {
    for (const [index, input] of left.entries()) {
      signal?.throwIfAborted();
      const result = await scoreInput(scorer, input.path, options, (seconds) => {
        progress.update(index, `${seconds.toFixed(0)} s`);
      });
      const line = output === undefined ? undefined : scoreLine(result, input, format, options);
      if (line !== undefined) output?.write(line);
      if (format === 'asvspoof') tellProblems(result, input, logger);
      if (plot !== undefined && 'windows' in result) await draw(plot, result, scorer.threshold, logger);
      yield { input, result };
      progress.update(index + 1);
    }
  } finally {
    progress.end();
  }
}

function scoreInput(
  scorer: Scorer,
  path: string,
  { windowSeconds, ...options }: Scoring,
  onProgress: (seconds: number) => void,
): Promise<ScoredInput> {
  if (windowSeconds === undefined) return scoreFile(scorer, path, options);
  return scoreRecording(scorer, path, { ...options, windowSeconds, onProgress });
}

/** What the lines have no place for. */
function tellProblems(result: ScoredInput, { path }: ScoreInput, logger: Logger): void {
  if ('error' in result) logger.warn((result as FileFailure).error);
  else for (const warning of result.warnings) logger.warn(`${path}: ${warning}`);
}

async function checkPlot(plot: string, windowSeconds: number | undefined, nFiles: number): Promise<void> {
  const { pictureKind } = await import('../report/picture.js');
  pictureKind(plot);
  if (windowSeconds === undefined) {
    throw new ConfigError('`plot`: draws windows over time; give their length with `windowSeconds`');
  }
  if (nFiles !== 1) throw new ConfigError(`\`plot\`: draws one recording, got ${nFiles} files; name one`);
}

async function draw(path: string, result: RecordingScore, threshold: number, logger: Logger): Promise<void> {
  const { timelineChart, timelinePng } = await import('../report/timeline.js');
  const { writePicture } = await import('../report/picture.js');
  const timeline = { ...result, title: result.file, threshold };
  await writePicture(path, { chart: () => timelineChart(timeline), png: () => timelinePng(timeline) });
  logger.info(`${path}: a picture`);
}

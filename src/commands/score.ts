/** `voiceproof score`: files, folders, protocols and long recordings to scores and what they mean. */
import type { CommandModule } from 'yargs';
import type { ScoreFilesOptions } from '../api/score.js';
import type { DecisionOptions } from '../inference/decision.js';
import type { ScoredInput } from '../inference/score-lines.js';
import { SCORE_FORMATS, type ScoreFormat } from '../inference/score-output.js';
import { AGGREGATIONS, type AggregationOptions, SMOOTHINGS } from '../inference/segments.js';
import type { Logger } from '../runtime/logger.js';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  engineChoiceFrom,
} from './engine-options.js';
import { inFlags } from './flags.js';
import { type ProtocolArguments, protocolArguments, protocolChoiceFrom } from './protocol-arguments.js';
import { createTerminalLogger, EXIT, UsageError, writeResult } from './terminal.js';

type Format = 'text' | ScoreFormat;

interface ScoreArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  files: string[] | undefined;
  checkpoint: string | undefined;
  format: Format | undefined;
  json: boolean;
  output: string | undefined;
  resume: boolean;
  logits: boolean;
  prior: number;
  'operating-point': string | undefined;
  uncertain: string[] | undefined;
  window: number | undefined;
  hop: number | undefined;
  smoothing: NonNullable<AggregationOptions['smoothing']>;
  'smoothing-windows': number;
  aggregate: NonNullable<AggregationOptions['aggregation']>;
  'top-k': number;
  'per-window': boolean;
  plot: string | undefined;
}

/** Scores audio. */
export const scoreCommand: CommandModule<object, ScoreArguments> = {
  command: 'score [files..]',
  describe: 'Score audio files, folders, a protocol or long recordings',
  builder: (args) =>
    compileArgument(engineArguments(protocolArguments(args, 'Score the clips of a protocol')))
      .positional('files', {
        type: 'string',
        array: true,
        describe: 'Audio (wav, flac, mp3, ogg), .npy: float32, 16 kHz, taken as it is; or folders of it',
      })
      .option('checkpoint', {
        type: 'string',
        requiresArg: true,
        describe:
          'Run folder, ensemble, cascade or exported model [default: the small one that comes with the project]',
      })
      .option('format', {
        choices: ['text', ...SCORE_FORMATS] as const,
        describe: 'How to write scores [default: text; in a file jsonl]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'As --format jsonl: one JSON object a line' })
      .option('output', { type: 'string', requiresArg: true, describe: 'File that takes the scores, line by line' })
      .option('resume', { type: 'boolean', default: false, describe: 'Go on with --output: score what is not there' })
      .option('logits', { type: 'boolean', default: false, describe: "Add the model's own outputs" })
      .option('prior', { type: 'number', default: 0.5, describe: 'Share of bona fide to expect, for the probability' })
      .option('operating-point', {
        type: 'string',
        requiresArg: true,
        describe: 'Where to decide: eer, min-dcf, far-1-percent, frr-1-percent, or a score [default: eer]',
      })
      .option('uncertain', {
        type: 'string',
        array: true,
        nargs: 2,
        describe: 'Two thresholds, in the same terms: between them a clip is uncertain',
      })
      .option('window', { type: 'number', requiresArg: true, describe: 'Slide a window of so many seconds' })
      .option('hop', { type: 'number', requiresArg: true, describe: 'Seconds from window to window [default: half]' })
      .option('smoothing', {
        choices: SMOOTHINGS,
        default: 'none' as const,
        describe: 'Smooth the scores of the windows',
      })
      .option('smoothing-windows', { type: 'number', default: 3, describe: 'Over so many windows, an odd number' })
      .option('aggregate', {
        choices: AGGREGATIONS,
        default: 'mean' as const,
        describe: 'From windows to one score: max is the most suspicious, vote the median',
      })
      .option('top-k', {
        type: 'number',
        default: 3,
        describe: 'How many of the most suspicious windows top-k averages',
      })
      .option('per-window', { type: 'boolean', default: false, describe: 'Add the score of each window' })
      .option('plot', { type: 'string', requiresArg: true, describe: 'Draw one recording over time: .svg or .png' })
      .group(
        ['window', 'hop', 'smoothing', 'smoothing-windows', 'aggregate', 'top-k', 'per-window', 'plot'],
        'Long recordings:',
      )
      .check(({ files, protocol, resume, output }) => {
        if (files === undefined || files.length === 0) {
          if (protocol === undefined) throw new UsageError('score: expected files, folders or --protocol');
        } else if (protocol !== undefined) throw new UsageError('score: files and --protocol exclude each other');
        if (resume && output === undefined) throw new UsageError('--resume needs --output, the file to go on with');
        return true;
      })
      .example('$0 score --checkpoint checkpoints/lcnn --json clip.wav', 'a score, its meaning and a label')
      .example(
        '$0 score --checkpoint onnx-export calls/ --output scores.jsonl --resume',
        'a folder, and on after a stop',
      )
      .example(
        '$0 score --protocol LA.cm.eval.trl.txt --audio flac --format asvspoof --output scores.txt',
        'as ASVspoof wants it',
      )
      .example('$0 score --window 4 --hop 1 --smoothing median --plot call.svg call.mp3', 'where in a call')
      .example('$0 score --prior 0.99 --uncertain frr-1-percent far-1-percent clip.wav', 'sure, or uncertain')
      .epilogue(
        'Fields: file, score (higher is more bona fide), llr (calibrated natural-log likelihood ratio of bona fide against ' +
          'spoof), probability of bona fide at --prior (both null without a calibration), label (bonafide, spoof, uncertain, or ' +
          'no_speech where nothing is louder than -60 dB of full scale for 0.1 s), durationSeconds, warnings; with --logits logits ' +
          '([spoof, bona fide], or the one of bona fide; of an imported checkpoint in its own order, beside its labels; of an ' +
          'ensemble the scores of its members); with --window segments {start, end, score, label} in seconds, and change {time, before, after}, where the scores turn ' +
          'most, or null. A file that ' +
          'can’t be scored has file and error; the others go on, and the exit code is 1.',
      ),
  handler: async (args) => {
    const { scoreFiles } = await import('../api/score.js');
    const { scoreLine } = await import('../inference/score-lines.js');
    const format = args.format ?? (args.json || args.output !== undefined ? 'jsonl' : 'text');
    const options = await optionsFrom(args, format, createTerminalLogger());
    for await (const { input, result } of scoreFiles(args.files ?? [], options)) {
      if ('error' in result) process.exitCode = EXIT.failure;
      if (args.output !== undefined) continue;
      const line = format === 'text' ? describe(result) : scoreLine(result, input, format, options);
      if (line !== undefined) writeResult(line);
    }
  },
};

async function optionsFrom(args: ScoreArguments, format: Format, logger: Logger): Promise<ScoreFilesOptions> {
  const { ConfigError } = await import('../runtime/errors.js');
  if (format === 'text' && args.output !== undefined) {
    throw new ConfigError('--format: text is for the terminal; --output takes jsonl or asvspoof');
  }
  const { checkpoint, compile, output, resume, plot, logits, window, hop, smoothing, aggregate } = args;
  return {
    ...engineChoiceFrom(args, logger),
    ...protocolChoiceFrom(args),
    ...(await decisionOf(args)),
    ...{ checkpoint, compile, output, resume, plot, logits, smoothing, wording: inFlags },
    format: format === 'text' ? 'jsonl' : format,
    windowSeconds: window,
    hopSeconds: hop,
    smoothingWindows: args['smoothing-windows'],
    aggregation: aggregate,
    topK: args['top-k'],
    perWindow: args['per-window'],
  };
}

async function decisionOf(args: ScoreArguments): Promise<DecisionOptions> {
  const { parseOperatingPoint } = await import('../inference/decision.js');
  const point = args['operating-point'];
  const bounds = args.uncertain?.map((text) => parseOperatingPoint(text, '--uncertain'));
  return {
    prior: args.prior,
    ...(point === undefined ? {} : { operatingPoint: parseOperatingPoint(point, '--operating-point') }),
    ...(bounds === undefined ? {} : { uncertain: [bounds[0], bounds[1]] as const }),
  };
}

function describe(result: ScoredInput): string {
  if ('error' in result) return `${result.file}\terror\t${inFlags(result.error)}`;
  const { file, label, score, llr, probability, warnings } = result;
  const meaning = llr === null || probability === null ? [] : [`llr ${llr.toFixed(2)}`, `p ${probability.toFixed(3)}`];
  const parts = 'segments' in result ? result.segments : [];
  const segments = parts.map((part) => {
    return `\n  ${part.start.toFixed(2)} to ${part.end.toFixed(2)} s\t${part.label}\t${part.score.toFixed(4)}`;
  });
  const change = 'change' in result ? result.change : null;
  if (change !== null) {
    const scores = [change.before, change.after].map((mean) => mean.toFixed(4)).join(' to ');
    segments.push(`\n  change at ${change.time.toFixed(2)} s\t${scores}`);
  }
  const line = [
    file,
    label,
    score.toFixed(4),
    ...meaning,
    ...(warnings.length === 0 ? [] : [inFlags(warnings.join('; '))]),
  ];
  return line.join('\t') + segments.join('');
}

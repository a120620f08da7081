/** `voiceproof metrics`: what a score file is worth. */
import type { ArgumentsCamelCase, CommandModule } from 'yargs';
import { writeResult } from './terminal.js';

interface MetricsArguments {
  scores: string;
  protocol: string | undefined;
  subset: string | undefined;
  'asv-scores': string | undefined;
  'asv-protocol': string | undefined;
  threshold: number | undefined;
  'known-attacks': string[] | undefined;
  resamples: number;
  seed: number;
  json: boolean;
}

/** Reads scores and keys, and prints every metric as a table, or as one JSON object with `--json`. */
export const metricsCommand: CommandModule<object, MetricsArguments> = {
  command: 'metrics',
  describe: 'EER, min t-DCF, AUC and the rest of a score file',
  builder: (yargs) =>
    yargs
      .option('scores', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Score file: "utterance source key score", "utterance score", or a table with a header',
      })
      .option('protocol', {
        type: 'string',
        requiresArg: true,
        describe: 'Protocol or key file; needed where the score file has no labels',
      })
      .option('subset', {
        type: 'string',
        requiresArg: true,
        describe: 'Subset of the protocol: eval, progress, hidden, ... or all (default: eval, where it has one)',
      })
      .option('asv-scores', {
        type: 'string',
        requiresArg: true,
        describe: 'Scores of a speaker verification system, for min t-DCF and t-EER',
      })
      .option('asv-protocol', {
        type: 'string',
        implies: 'asv-scores',
        requiresArg: true,
        describe: 'Key file of the ASV scores, where they hold no keys (default: trial_metadata.txt beside them)',
      })
      .option('threshold', {
        type: 'number',
        requiresArg: true,
        describe: 'Score from which a trial counts as bona fide (default: the EER threshold of these scores)',
      })
      .option('known-attacks', {
        type: 'string',
        array: true,
        describe: 'Attacks the detector was trained on, to measure known and unseen ones apart',
      })
      .option('resamples', {
        type: 'number',
        default: 1000,
        requiresArg: true,
        describe: 'Bootstrap resamples behind the 95 % confidence intervals of EER; 0 leaves the intervals out',
      })
      .option('seed', { type: 'number', default: 0, requiresArg: true, describe: 'Seed of the resamples' })
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object; rates are fractions' })
      .example('$0 metrics --scores scores/eval.txt', 'scores with labels of their own')
      .example('$0 metrics --scores score.txt --protocol keys/CM/trial_metadata.txt --json', 'ASVspoof 2021 layout')
      .example('$0 metrics --scores cm.txt --asv-scores ASVspoof2019.LA.asv.eval.gi.trl.scores.txt', 'with min t-DCF')
      .example('$0 metrics --scores cm.txt --known-attacks A01 A02 A03', 'known and unseen attacks apart'),
  handler: printMetrics,
};

async function printMetrics(options: ArgumentsCamelCase<MetricsArguments>): Promise<void> {
  const [{ computeMetrics }, { formatMetricsTable }] = await Promise.all([
    import('../api/metrics.js'),
    import('../metrics/table.js'),
  ]);
  const metrics = computeMetrics(options.scores, options);
  writeResult(options.json ? JSON.stringify(metrics, undefined, 2) : formatMetricsTable(metrics));
}

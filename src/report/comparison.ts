/** The comparison of several systems on one set: a page that needs nothing else, its charts, and a Markdown table. */
import { join } from 'node:path';
import type { ConfidenceInterval } from '../metrics/bootstrap.js';
import { computeDetPoints } from '../metrics/det.js';
import type { EerDifference } from '../metrics/significance.js';
import { type GroupMetrics, type Metrics, type ScoredTrial, scoresByClass } from '../metrics/summary.js';
import { formatConfidence, formatInterval, formatPercent } from '../metrics/table.js';
import { writeFileAtomic } from '../runtime/files.js';
import { costChart, eerChart } from './comparison-charts.js';
import { detChart } from './det-chart.js';
import { drawInline, escapeMarkup, loadDrawing, standAlone } from './draw.js';
import { type Figure, renderDetails, renderDocument, renderSection, renderTable, renderTitle } from './markup.js';
import { type Chart, curveStyle, FULL_WIDTH } from './theme.js';

/** One run of a system. */
export interface ComparedRun {
  /** Null where the system was not trained here. */
  readonly seed: number | null;
  /** Null where there is no dev set. */
  readonly dev: Metrics | null;
  /** On the compared set. */
  readonly metrics: Metrics;
  readonly trials: readonly ScoredTrial[];
}

/** A system with its runs, at least one. */
export interface ComparedSystem {
  readonly name: string;
  /** What it is, in a sentence; may be empty. */
  readonly description: string;
  readonly feature: string;
  /** Trained weights. */
  readonly nParameters: number;
  /** Floating-point operations of one clip through the model; null where they were not counted. */
  readonly flops: number | null;
  /** From decoded 4-s clip to score, warm; null where it was not measured. */
  readonly latencySeconds: number | null;
  /** Mean over the runs; null where the system was not trained here. */
  readonly trainingSeconds: number | null;
  readonly runs: readonly ComparedRun[];
  /** Mean EER of the runs with its bootstrap interval over the choice of trials. */
  readonly eer: { readonly mean: number; readonly confidenceInterval: ConfidenceInterval };
}

/** Two systems held against each other. */
export interface ComparedPair extends EerDifference {
  readonly first: string;
  readonly second: string;
  /** Corrected by Holm's method for all pairs of the comparison. */
  readonly correctedPValue: number;
}

/** What a comparison is made of. */
export interface ComparisonInput {
  readonly date: string;
  readonly version: string;
  readonly engine: string;
  readonly platform: string;
  readonly corpus: string;
  /** What the compared set is called, such as `eval`. */
  readonly set: string;
  readonly systems: readonly ComparedSystem[];
  readonly pairs: readonly ComparedPair[];
}

/** Files of a comparison. */
export const COMPARISON_FILES = { report: 'report.html', table: 'table.md', json: 'comparison.json' } as const;

/**
 * Writes `report.html`, `figures/*.svg` and `table.md` into `folder`.
 *
 * @returns path of the page
 * @throws VoiceproofError where the folder can't be written
 */
export async function writeComparison(folder: string, input: ComparisonInput): Promise<string> {
  const drawing = await loadDrawing();
  const draw = (chart: Chart): Figure => {
    const svg = drawInline(drawing, chart);
    writeFileAtomic(join(folder, 'figures', `${chart.name}.svg`), standAlone(svg));
    return { ...chart, svg };
  };
  const curves = input.systems.map((system, i) => {
    const { trials, metrics } = medianRun(system);
    const { bonafide, spoof } = scoresByClass(trials);
    return { name: system.name, points: computeDetPoints(bonafide, spoof), eer: metrics.eer, ...curveStyle(i) };
  });
  const costs = costChart(input.systems);
  const overview = [draw(eerChart(input.systems)), draw(detChart(curves, FULL_WIDTH))];
  const page = renderDocument('Comparison - Voiceproof', [
    renderTitle('Voiceproof comparison', input.systems.map(({ name }) => name).join(', '), '', [
      ['Date', input.date],
      ['Corpus', input.corpus],
      ['Set', input.set],
      ['Engine', input.engine],
      ['Platform', input.platform],
      ['Version', input.version],
    ]),
    renderSection('Systems', overview, `${overviewTable(input)}\n${NOTES}`),
    renderSection('Attacks', [], attackTable(input.systems)),
    renderSection('Differences', [], pairTable(input.pairs)),
    renderSection('Cost', costs === undefined ? [] : [draw(costs)], costTable(input.systems)),
    renderSection('Runs', [], renderDetails('Every run', runTable(input.systems))),
  ]);
  const path = join(folder, COMPARISON_FILES.report);
  writeFileAtomic(path, page);
  writeFileAtomic(join(folder, COMPARISON_FILES.table), formatComparisonTable(input.systems));
  return path;
}

const NOTES = `<p class="note">${escapeMarkup(
  'Figures of several runs are means, with the standard deviation over the seeds in parentheses. The interval is over the ' +
    'choice of trials: seeds and trials are two sources of chance. A DET curve is that of the run with the median EER. ' +
    'Latency is from a decoded 4-s clip to its score, warm, one clip at a time.',
)}</p>`;

/** The systems as a Markdown table: EER in percent on dev and on the compared set, by known and unseen attacks. */
export function formatComparisonTable(systems: readonly ComparedSystem[]): string {
  const header = ['system', 'parameters', 'feature', 'dev', 'eval', 'known attacks', 'unseen attacks', 'training'];
  const percent = (values: readonly (number | undefined)[]): string => percents(values, 1);
  const rows = systems.map((system) => [
    `\`${system.name}\``,
    system.nParameters.toLocaleString('en'),
    system.feature,
    percent(system.runs.map(({ dev }) => dev?.eer)),
    percent(system.runs.map(({ metrics }) => metrics.eer)),
    percent(system.runs.map(({ metrics }) => metrics.knownAttacks?.eer)),
    percent(system.runs.map(({ metrics }) => metrics.unseenAttacks?.eer)),
    system.trainingSeconds === null ? '-' : formatSeconds(system.trainingSeconds),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(header) + line(header.map(() => '---')) + rows.map(line).join('');
}

function overviewTable({ systems }: ComparisonInput): string {
  const plain = (values: readonly (number | null)[]) => spread(values, (value) => value.toFixed(4));
  const interval = systems[0]?.eer.confidenceInterval;
  return renderTable(
    [
      'System',
      'Feature',
      'Runs',
      'EER, %',
      interval === undefined ? '' : formatConfidence(interval),
      'known attacks',
      'unseen attacks',
      'dev',
      'AUC',
      'min t-DCF 2019',
      'min t-DCF 2021',
    ],
    systems.map(({ name, feature, runs, eer }) => [
      name,
      feature,
      String(runs.length),
      percents(runs.map(({ metrics }) => metrics.eer)),
      formatInterval(eer.confidenceInterval),
      percents(runs.map(({ metrics }) => metrics.knownAttacks?.eer)),
      percents(runs.map(({ metrics }) => metrics.unseenAttacks?.eer)),
      percents(runs.map(({ dev }) => dev?.eer)),
      plain(runs.map(({ metrics }) => metrics.auc)),
      plain(runs.map(({ metrics }) => metrics.minTdcf2019)),
      plain(runs.map(({ metrics }) => metrics.minTdcf2021)),
    ]),
    2,
  );
}

function costTable(systems: readonly ComparedSystem[]): string {
  return renderTable(
    ['System', 'Parameters', 'GFLOP a clip', 'Latency, ms', 'Training, a run'],
    systems.map(({ name, nParameters, flops, latencySeconds, trainingSeconds }) => [
      name,
      nParameters.toLocaleString('en'),
      flops === null ? '' : (flops / 1e9).toFixed(2),
      latencySeconds === null ? '' : (1000 * latencySeconds).toFixed(1),
      trainingSeconds === null ? '' : formatSeconds(trainingSeconds),
    ]),
    1,
  );
}

function attackTable(systems: readonly ComparedSystem[]): string {
  const attackIds = [
    ...new Set(
      systems.flatMap(({ runs }) => runs.flatMap(({ metrics }) => metrics.attacks.map(({ attackId }) => attackId))),
    ),
  ].sort();
  if (attackIds.length === 0) return '';
  const groupOf = ({ metrics }: ComparedRun, attackId: string) =>
    metrics.attacks.find((attack) => attack.attackId === attackId);
  const row = (name: string, groupIn: (run: ComparedRun) => GroupMetrics | null | undefined): string[] => [
    name,
    ...systems.map(({ runs }) =>
      spread(
        runs.map((run) => groupIn(run)?.eer),
        formatPercent,
      ),
    ),
  ];
  const known = (attackId: string): string =>
    systems.some(({ runs }) => runs.some((run) => groupOf(run, attackId)?.known === true)) ? ' (known)' : '';
  return renderTable(
    ['EER by attack, %', ...systems.map(({ name }) => name)],
    [
      ...attackIds.map((attackId) => row(attackId + known(attackId), (run) => groupOf(run, attackId))),
      row('all known', ({ metrics }) => metrics.knownAttacks),
      row('all unseen', ({ metrics }) => metrics.unseenAttacks),
      row('all', ({ metrics }) => ({ ...metrics, falseAcceptRate: metrics.eer })),
    ].filter(([, ...cells]) => cells.some((cell) => cell !== '')),
    1,
  );
}

function pairTable(pairs: readonly ComparedPair[]): string {
  if (pairs.length === 0) return '';
  return renderTable(
    [
      'First',
      'Second',
      'EER, first less second',
      formatConfidence(pairs[0].confidenceInterval),
      'p',
      'p, Holm',
      'Differ',
    ],
    pairs.map(({ first, second, difference, confidenceInterval, pValue, correctedPValue }) => [
      first,
      second,
      formatPercent(difference),
      formatInterval(confidenceInterval),
      pValue.toFixed(4),
      correctedPValue.toFixed(4),
      correctedPValue < 0.05 ? 'yes' : 'not shown',
    ]),
    2,
  );
}

function runTable(systems: readonly ComparedSystem[]): string {
  return renderTable(
    ['System', 'Seed', 'EER, dev', 'EER', 'EER, known', 'EER, unseen', 'AUC', 'Accuracy'],
    systems.flatMap(({ name, runs }) =>
      runs.map(({ seed, dev, metrics }) => [
        name,
        seed === null ? '-' : String(seed),
        dev === null ? '' : formatPercent(dev.eer),
        formatPercent(metrics.eer),
        metrics.knownAttacks === null ? '' : formatPercent(metrics.knownAttacks.eer),
        metrics.unseenAttacks === null ? '' : formatPercent(metrics.unseenAttacks.eer),
        metrics.auc.toFixed(4),
        formatPercent(metrics.accuracy),
      ]),
    ),
    1,
  );
}

/** The run whose EER is the median one; of two in the middle the lower. */
function medianRun({ runs }: ComparedSystem): ComparedRun {
  const sorted = runs.toSorted((a, b) => a.metrics.eer - b.metrics.eer);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** {@link spread} of fractions in percent, without the sign. */
function percents(values: readonly (number | null | undefined)[], digits = 2): string {
  return spread(values, (value) => (100 * value).toFixed(digits));
}

/** Mean of the values that there are, and their sample standard deviation where there are several; empty without any. */
function spread(values: readonly (number | null | undefined)[], format: (value: number) => string): string {
  const known = values.filter((value) => value !== null && value !== undefined);
  if (known.length === 0) return '';
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return format(mean);
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
  return `${format(mean)} (${format(deviation)})`;
}

function formatSeconds(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

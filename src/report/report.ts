/** The report of a run: one page that needs nothing else, and each of its charts as a file. */
import { join } from 'node:path';
import type { Metrics, ScoredTrial } from '../metrics/summary.js';
import { writeFileAtomic } from '../runtime/files.js';
import { attackChart } from './attack-chart.js';
import { drawInline, loadDrawing, standAlone } from './draw.js';
import { renderPage } from './page.js';
import { scoreCharts } from './score-charts.js';
import type { Chart } from './theme.js';
import { type HistoryRow, trainingCharts } from './training-charts.js';

/** What a report is made of: plain data, all of it from the run folder. */
export interface ReportInput {
  /** Name of the experiment. */
  readonly name: string;
  /** What it is, in a sentence; may be empty. */
  readonly description: string;
  /** When the run ended, as the reader should see it. */
  readonly date: string;
  /** Of Voiceproof. */
  readonly version: string;
  /** Commit of the code; null where unknown. */
  readonly commit: string | null;
  readonly seed: number;
  /** Compute engine with its version. */
  readonly engine: string;
  /** Node and machine, such as `Node v22.11.0, linux-x64`. */
  readonly platform: string;
  /** What was trained and evaluated on, with sizes. */
  readonly corpus: string;
  /** The model, such as `lcnn, 170,402 parameters`. */
  readonly model: string;
  /** Epochs in order; empty where nothing was trained. */
  readonly history: readonly HistoryRow[];
  /** Epoch of the weights that were evaluated; null where unknown. */
  readonly bestEpoch: number | null;
  /** What the evaluated set is called, such as `eval`. */
  readonly set: string;
  /** The evaluated trials with their scores. */
  readonly trials: readonly ScoredTrial[];
  /** What `evaluateScores` made of them. */
  readonly metrics: Metrics;
  /** Metrics of the dev set with the same weights; null where there is none or it is the evaluated set. */
  readonly devMetrics: Metrics | null;
  /** The resolved config, shown as JSON. */
  readonly config: unknown;
}

/**
 * Writes `report.html` and `figures/*.svg` into `folder`.
 *
 * @returns path of the page
 * @throws VoiceproofError where the folder can't be written
 */
export async function writeReport(folder: string, input: ReportInput): Promise<string> {
  const drawing = await loadDrawing();
  const attacks = attackChart(input.metrics);
  const draw = (charts: readonly Chart[]) =>
    charts.map((chart) => {
      const svg = drawInline(drawing, chart);
      writeFileAtomic(join(folder, 'figures', `${chart.name}.svg`), standAlone(svg));
      return { ...chart, svg };
    });
  const page = renderPage(input, {
    training: draw(trainingCharts(input.history, input.bestEpoch)),
    scores: draw(scoreCharts(input.trials, input.metrics)),
    attacks: draw(attacks === undefined ? [] : [attacks]),
  });
  const path = join(folder, 'report.html');
  writeFileAtomic(path, page);
  return path;
}

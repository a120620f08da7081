/** The page of the report: hand-written HTML and CSS, no script, nothing fetched. */
import type { ConfidenceInterval } from '../metrics/bootstrap.js';
import type { ClassReport } from '../metrics/classification.js';
import type { GroupMetrics, Metrics } from '../metrics/summary.js';
import { formatConfidence, formatInterval, formatPercent, formatScore } from '../metrics/table.js';
import { escapeMarkup } from './draw.js';
import {
  type Figure,
  renderCard,
  renderDetails,
  renderDocument,
  renderSection,
  renderTable,
  renderTitle,
} from './markup.js';
import type { ReportInput } from './report.js';

/** The figures of a report by section; a section without any is left out. */
export interface Figures {
  readonly training: readonly Figure[];
  readonly scores: readonly Figure[];
  readonly attacks: readonly Figure[];
}

/** The whole page. Everything that comes from outside is escaped. */
export function renderPage(input: ReportInput, figures: Figures): string {
  const sections = [
    renderHeader(input),
    renderHeadline(input),
    renderSection('Scores', figures.scores),
    renderSection('Attacks', figures.attacks, attackTable(input.metrics)),
    renderSection('Training', figures.training, historyTable(input)),
    renderSection('Figures in full', [], metricsTable(input)),
    renderSection('Config', [], renderDetails('Resolved config', `<pre>${escapeMarkup(toJson(input.config))}</pre>`)),
  ];
  return renderDocument(`${input.name} - Voiceproof report`, sections);
}

function renderHeader(input: ReportInput): string {
  const facts: [string, string][] = [
    ['Date', input.date],
    ['Model', input.model],
    ['Corpus', input.corpus],
    ['Engine', input.engine],
    ['Platform', input.platform],
    ['Seed', String(input.seed)],
    ['Version', input.commit === null ? input.version : `${input.version} (${shortCommit(input.commit)})`],
  ];
  return renderTitle('Voiceproof report', input.name, input.description, facts);
}

function renderHeadline({ metrics, set, devMetrics }: ReportInput): string {
  const { nBonafide, nSpoof, knownAttacks, unseenAttacks } = metrics;
  const cards = [renderCard('EER', formatPercent(metrics.eer), intervalText(metrics.eerConfidenceInterval), true)];
  const group = (name: string, measured: GroupMetrics | null): void => {
    if (measured !== null)
      cards.push(renderCard(name, formatPercent(measured.eer), intervalText(measured.eerConfidenceInterval)));
  };
  group('EER, known attacks', knownAttacks);
  group('EER, unseen attacks', unseenAttacks);
  if (devMetrics !== null) {
    cards.push(renderCard('EER, dev', formatPercent(devMetrics.eer), intervalText(devMetrics.eerConfidenceInterval)));
  }
  cards.push(
    renderCard('AUC', metrics.auc.toFixed(4), `average precision ${metrics.averagePrecision.toFixed(4)}`),
    renderCard('Accuracy', formatPercent(metrics.accuracy), `balanced ${formatPercent(metrics.balancedAccuracy)}`),
  );
  if (metrics.minTdcf2019 !== null)
    cards.push(renderCard('min t-DCF, 2019', metrics.minTdcf2019.toFixed(4), 'legacy form'));
  if (metrics.minTdcf2021 !== null)
    cards.push(renderCard('min t-DCF, 2021', metrics.minTdcf2021.toFixed(4), 'revised form'));
  cards.push(
    renderCard('minDCF', metrics.minDcf.toFixed(4), `actDCF ${metrics.actDcf.toFixed(4)}`),
    renderCard('Cllr', metrics.cllr.toFixed(3), 'bits'),
  );
  const subject = `${escapeMarkup(set)} set: ${nBonafide} bona fide and ${nSpoof} spoof trials`;
  return `<section>
<h2>Result</h2>
<p class="lead">${subject}, decided at the threshold ${formatScore(metrics.threshold)}.</p>
<div class="cards">
${cards.join('\n')}
</div>
${metrics.notes.map((note) => `<p class="note">Note: ${escapeMarkup(note)}.</p>`).join('\n')}
</section>`;
}

function attackTable(metrics: Metrics): string {
  const groups: [string, string, GroupMetrics][] = metrics.attacks.map((attack) => [
    attack.attackId,
    attack.known === null ? '' : attack.known ? 'known' : 'unseen',
    attack,
  ]);
  if (groups.length === 0) return '';
  if (metrics.knownAttacks !== null) groups.push(['all known', '', metrics.knownAttacks]);
  if (metrics.unseenAttacks !== null) groups.push(['all unseen', '', metrics.unseenAttacks]);
  const interval = metrics.eerConfidenceInterval;
  return renderTable(
    ['Attack', 'In training', 'Trials', 'EER', interval === null ? '' : formatConfidence(interval), 'AUC', 'Accepted'],
    groups.map(([name, known, group]) => [
      name,
      known,
      String(group.nSpoof),
      formatPercent(group.eer),
      formatInterval(group.eerConfidenceInterval),
      group.auc.toFixed(4),
      formatPercent(group.falseAcceptRate),
    ]),
    2,
  );
}

function historyTable({ history, bestEpoch }: ReportInput): string {
  if (history.length === 0) return '';
  const rows = history.map((row) => [
    row.epoch === bestEpoch ? `${row.epoch} (best)` : String(row.epoch),
    row.trainLoss.toFixed(4),
    row.devLoss.toFixed(4),
    formatPercent(row.devEer),
    row.devAuc.toFixed(4),
    formatPercent(row.devAccuracy),
    String(Number(row.learningRate.toPrecision(4))),
    row.seconds.toFixed(1),
  ]);
  const header = ['Epoch', 'Train loss', 'Dev loss', 'Dev EER', 'Dev AUC', 'Dev accuracy', 'Learning rate', 'Seconds'];
  return renderDetails('Epochs as a table', renderTable(header, rows, 1));
}

function metricsTable({ metrics, set, devMetrics }: ReportInput): string {
  const columns = devMetrics === null ? [metrics] : [metrics, devMetrics];
  const row = (name: string, value: (of: Metrics) => string): string[] => [name, ...columns.map(value)];
  const optional = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
  const report = (name: string, part: (of: Metrics) => ClassReport): string[] =>
    row(`${name}: precision, recall, F1`, (of) => {
      const { precision, recall, f1 } = part(of);
      return `${precision.toFixed(4)}, ${recall.toFixed(4)}, ${f1.toFixed(4)}`;
    });
  const rows = [
    row('Bona fide, spoof trials', (of) => `${of.nBonafide}, ${of.nSpoof}`),
    row('EER', (of) => [formatPercent(of.eer), parenthesised(formatInterval(of.eerConfidenceInterval))].join(' ')),
    row('EER threshold', (of) => formatScore(of.eerThreshold)),
    row('AUC', (of) => of.auc.toFixed(4)),
    row('Average precision', (of) => of.averagePrecision.toFixed(4)),
    row('Cllr (bits)', (of) => of.cllr.toFixed(4)),
    row('minDCF, actDCF', (of) => `${of.minDcf.toFixed(4)}, ${of.actDcf.toFixed(4)}`),
    row('min t-DCF 2019, 2021', (of) => `${optional(of.minTdcf2019)}, ${optional(of.minTdcf2021)}`),
    row('Decision threshold', (of) => formatScore(of.threshold)),
    row('Accuracy', (of) => formatPercent(of.accuracy)),
    row('Balanced accuracy', (of) => formatPercent(of.balancedAccuracy)),
    row('Matthews correlation', (of) => of.matthewsCorrelation.toFixed(4)),
    report('Bona fide', (of) => of.report.bonafide),
    report('Spoof', (of) => of.report.spoof),
    report('Macro average', (of) => of.report.macroAverage),
    report('Weighted average', (of) => of.report.weightedAverage),
  ];
  return renderTable(['', set, ...(devMetrics === null ? [] : ['dev'])], rows, 1, 'scroll narrow');
}

function intervalText(interval: ConfidenceInterval | null): string {
  return interval === null ? '' : `${formatConfidence(interval)} ${formatInterval(interval)}`;
}

function parenthesised(text: string): string {
  return text === '' ? '' : `(${text})`;
}

/** Twelve digits of a commit, with `-dirty` where there. */
function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1');
}

function toJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? '';
}

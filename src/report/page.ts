/** The page of the report: hand-written HTML and CSS, no script, nothing fetched. */
import type { ConfidenceInterval } from '../metrics/bootstrap.js';
import type { ClassReport } from '../metrics/classification.js';
import type { GroupMetrics, Metrics } from '../metrics/summary.js';
import { formatConfidence, formatInterval, formatPercent, formatScore } from '../metrics/table.js';
import { escapeMarkup } from './draw.js';
import type { ReportInput } from './report.js';
import { STYLE } from './style.js';
import type { Chart } from './theme.js';

/** A chart with its drawing. */
export interface Figure extends Chart {
  /** The `<svg>` element. */
  readonly svg: string;
}

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
    renderSection('Config', [], details('Resolved config', `<pre>${escapeMarkup(toJson(input.config))}</pre>`)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(input.name)} - Voiceproof report</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
${sections.filter((section) => section !== '').join('\n')}
</main>
</body>
</html>
`;
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
  const description = input.description === '' ? '' : `<p class="description">${escapeMarkup(input.description)}</p>\n`;
  return `<header>
<p class="kicker">Voiceproof report</p>
<h1>${escapeMarkup(input.name)}</h1>
${description}<dl>
${facts
  .filter(([, value]) => value !== '')
  .map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeMarkup(value)}</dd></div>`)
  .join('\n')}
</dl>
</header>`;
}

function renderHeadline({ metrics, set, devMetrics }: ReportInput): string {
  const { nBonafide, nSpoof, knownAttacks, unseenAttacks } = metrics;
  const cards = [card('EER', formatPercent(metrics.eer), intervalText(metrics.eerConfidenceInterval), true)];
  const group = (name: string, measured: GroupMetrics | null): void => {
    if (measured !== null)
      cards.push(card(name, formatPercent(measured.eer), intervalText(measured.eerConfidenceInterval)));
  };
  group('EER, known attacks', knownAttacks);
  group('EER, unseen attacks', unseenAttacks);
  if (devMetrics !== null) {
    cards.push(card('EER, dev', formatPercent(devMetrics.eer), intervalText(devMetrics.eerConfidenceInterval)));
  }
  cards.push(
    card('AUC', metrics.auc.toFixed(4), `average precision ${metrics.averagePrecision.toFixed(4)}`),
    card('Accuracy', formatPercent(metrics.accuracy), `balanced ${formatPercent(metrics.balancedAccuracy)}`),
  );
  if (metrics.minTdcf2019 !== null) cards.push(card('min t-DCF, 2019', metrics.minTdcf2019.toFixed(4), 'legacy form'));
  if (metrics.minTdcf2021 !== null) cards.push(card('min t-DCF, 2021', metrics.minTdcf2021.toFixed(4), 'revised form'));
  cards.push(
    card('minDCF', metrics.minDcf.toFixed(4), `actDCF ${metrics.actDcf.toFixed(4)}`),
    card('Cllr', metrics.cllr.toFixed(3), 'bits'),
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

function card(name: string, value: string, detail: string, isMain = false): string {
  return `<div class="card${isMain ? ' main' : ''}"><h3>${name}</h3><p class="value">${value}</p><p>${detail}</p></div>`;
}

function renderSection(title: string, figures: readonly Figure[], rest = ''): string {
  if (figures.length === 0 && rest === '') return '';
  return `<section>
<h2>${title}</h2>
${figures.length === 0 ? '' : `<div class="figures">\n${figures.map(renderFigure).join('\n')}\n</div>\n`}${rest}
</section>`;
}

function renderFigure({ svg, description, width, name }: Figure): string {
  return `<figure id="${name}"${width > 600 ? ' class="wide"' : ''}>
${svg}
<figcaption>${escapeMarkup(description)}</figcaption>
</figure>`;
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
  return table(
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
  return details('Epochs as a table', table(header, rows, 1));
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
  return table(['', set, ...(devMetrics === null ? [] : ['dev'])], rows, 1, 'scroll narrow');
}

/** A table; the first `nText` columns are text, the others figures. Columns without any content are left out. */
function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  nText: number,
  style = 'scroll',
): string {
  const used = header.map((_, column) => rows.some((row) => row[column] !== ''));
  const cells = (row: readonly string[], tag: 'th' | 'td'): string =>
    row
      .map((cell, column) => {
        if (!used[column]) return '';
        const kind = tag === 'td' && column === 0 ? 'th scope="row"' : tag === 'th' ? 'th scope="col"' : 'td';
        const alignment = column < nText ? ' class="text"' : '';
        return `<${kind}${alignment}>${escapeMarkup(cell)}</${kind.slice(0, 2)}>`;
      })
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="${style}"><table>
<thead><tr>${cells(header, 'th')}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}

function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n${content}\n</details>`;
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

/** Metrics as plain text, for terminals and logs. */
import type { ConfidenceInterval } from './bootstrap.js';
import type { AttackMetrics, GroupMetrics, Metrics } from './summary.js';

/**
 * The metrics of a set as a plain text table: overall figures, then a line for each attack and for the known and unseen
 * ones together. No trailing newline.
 */
export function formatMetricsTable(metrics: Metrics): string {
  const sections = [formatOverall(metrics)];
  const rows = groupRows(metrics);
  if (rows.length > 0) sections.push(formatGroups(rows));
  if (metrics.notes.length > 0) sections.push(metrics.notes.map((note) => `note: ${note}`).join('\n'));
  return sections.join('\n\n');
}

/** A fraction as a percentage with two decimals, such as `17.74 %`. */
export function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

/** A round fraction as a percentage without needless digits, such as `95 %`. */
export function formatShare(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(6))} %`;
}

/** An interval of fractions in percent, such as `11.29 - 24.19 %`; empty where there is none. */
export function formatInterval(interval: ConfidenceInterval | null): string {
  return interval === null ? '' : `${(100 * interval.low).toFixed(2)} - ${formatPercent(interval.high)}`;
}

/** A score or threshold with about five significant digits. */
export function formatScore(score: number): string {
  const magnitude = Math.abs(score);
  return score === 0 || (magnitude >= 1e-3 && magnitude < 1e6) ? score.toFixed(4) : score.toExponential(3);
}

/** The confidence of an interval as `95 % CI`. */
export function formatConfidence({ confidence }: ConfidenceInterval): string {
  return `${formatShare(confidence)} CI`;
}

function formatOverall(metrics: Metrics): string {
  const { eerConfidenceInterval: interval, confusionMatrix, report } = metrics;
  const [[caught, fooled], [missed, accepted]] = confusionMatrix;
  const rows: [string, string, string][] = [
    ['trials', `${metrics.nBonafide + metrics.nSpoof}`, `${metrics.nBonafide} bona fide, ${metrics.nSpoof} spoof`],
    [
      'EER',
      formatPercent(metrics.eer),
      [
        ...(interval === null ? [] : [`${formatConfidence(interval)} ${formatInterval(interval)}`]),
        `threshold ${formatScore(metrics.eerThreshold)}`,
      ].join(', '),
    ],
    ['AUC', metrics.auc.toFixed(4), `average precision ${metrics.averagePrecision.toFixed(4)}`],
    ['minDCF', metrics.minDcf.toFixed(4), `actDCF ${metrics.actDcf.toFixed(4)}`],
    ['Cllr', metrics.cllr.toFixed(4), 'bits'],
  ];
  if (metrics.minTdcf2019 !== null) rows.push(['min t-DCF 2019', metrics.minTdcf2019.toFixed(4), 'legacy']);
  if (metrics.minTdcf2021 !== null) rows.push(['min t-DCF 2021', metrics.minTdcf2021.toFixed(4), 'revised']);
  if (metrics.tEer !== null) rows.push(['t-EER', formatPercent(metrics.tEer), 'in tandem with the ASV system']);
  rows.push(
    [
      'accuracy',
      formatPercent(metrics.accuracy),
      `at threshold ${formatScore(metrics.threshold)}, balanced ${formatPercent(metrics.balancedAccuracy)}`,
    ],
    ['  bona fide', formatPercent(report.bonafide.recall), `${accepted} accepted, ${missed} rejected`],
    ['  spoof', formatPercent(report.spoof.recall), `${caught} rejected, ${fooled} accepted`],
  );
  return formatColumns(rows, ['left', 'right', 'left']);
}

function groupRows(metrics: Metrics): [string, GroupMetrics][] {
  const known = (attack: AttackMetrics): string => (attack.known === false ? ' (unseen)' : '');
  const rows: [string, GroupMetrics][] = metrics.attacks.map((attack) => [attack.attackId + known(attack), attack]);
  if (metrics.knownAttacks !== null) rows.push(['all known', metrics.knownAttacks]);
  if (metrics.unseenAttacks !== null) rows.push(['all unseen', metrics.unseenAttacks]);
  return rows;
}

function formatGroups(rows: readonly [string, GroupMetrics][]): string {
  const interval = rows[0][1].eerConfidenceInterval;
  const header = ['attack', 'trials', 'EER', interval === null ? '' : formatConfidence(interval), 'AUC', 'accepted'];
  const cells = rows.map(([name, group]) => [
    name,
    `${group.nSpoof}`,
    formatPercent(group.eer),
    formatInterval(group.eerConfidenceInterval),
    group.auc.toFixed(4),
    formatPercent(group.falseAcceptRate),
  ]);
  return formatColumns([header, ...cells], ['left', 'right', 'right', 'right', 'right', 'right']);
}

/** Cells in aligned columns, two spaces apart; a column that is empty throughout is left out. */
function formatColumns(rows: readonly (readonly string[])[], sides: readonly ('left' | 'right')[]): string {
  const widths = sides.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (sides[column] === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .filter((_, column) => widths[column] > 0)
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** The style sheet of the report. */
import { COLOURS, FONT } from './theme.js';

function variables(mode: 'light' | 'dark'): string {
  return Object.entries(COLOURS)
    .map(([name, values]) => `--${name}: ${values[mode]};`)
    .join(' ');
}

/** Light and dark by the reader's setting; paper is always light. */
export const STYLE = `:root { ${variables('light')} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables('dark')} } }
* { box-sizing: border-box; margin: 0; }
body { font: 15px/1.5 ${FONT}; color: var(--ink); background: var(--page); -webkit-text-size-adjust: 100%; }
main { max-width: 1240px; margin: 0 auto; padding: 36px 24px 64px; }
header { border-bottom: 1px solid var(--rule); padding-bottom: 24px; }
.kicker { color: var(--muted); font-size: 13px; letter-spacing: .04em; }
h1 { font-size: 34px; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 20px; margin: 40px 0 12px; }
.description { max-width: 76ch; margin-top: 6px; color: var(--muted); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 14px 28px; margin-top: 22px; }
dt { color: var(--muted); font-size: 12px; }
dd { margin: 0; overflow-wrap: anywhere; }
.lead { color: var(--muted); margin-bottom: 14px; }
.note { color: var(--muted); font-size: 13px; margin-top: 10px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 12px; }
.card, figure, .scroll, details { background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; }
.card { padding: 14px 16px; }
.card.main { border-color: var(--bonafide); }
.card h3 { font-size: 13px; font-weight: 500; color: var(--muted); }
.card p { font-size: 12px; color: var(--muted); }
.card .value { font-size: 26px; line-height: 1.35; font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
figure { padding: 18px 18px 14px; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure svg { display: block; width: 100%; height: auto; }
figcaption { margin-top: 8px; font-size: 13px; color: var(--muted); }
.figures + .scroll, .figures + details { margin-top: 16px; }
.scroll { overflow-x: auto; }
.narrow { max-width: 900px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 16px; text-align: right; font-weight: 400; white-space: nowrap; border-top: 1px solid var(--rule); }
thead th { border-top: 0; color: var(--muted); font-size: 13px; }
th.text, td.text { text-align: left; }
details { padding: 10px 16px; }
details .scroll { border: 0; margin: 6px -16px -10px; }
summary { cursor: pointer; color: var(--muted); }
pre { margin-top: 10px; font: 13px/1.5 ui-monospace, monospace; overflow-x: auto; }
@media (max-width: 860px) { .figures { grid-template-columns: minmax(0, 1fr); } }
@media print {
  body { background: none; font-size: 12px; }
  main { max-width: none; padding: 0; }
  figure, .card, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}`;

/** The pieces that pages are made of: hand-written HTML, no script, nothing fetched. Plain text is escaped here. */
import { escapeMarkup } from './draw.js';
import { STYLE } from './style.js';
import type { Chart } from './theme.js';

/** A chart with its drawing. */
export interface Figure extends Chart {
  /** The `<svg>` element. */
  readonly svg: string;
}

/** A whole page of sections; empty ones are left out. */
export function renderDocument(title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
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

/** The head of a page: what it is, its name, a sentence, and facts; facts without a value are left out. */
export function renderTitle(
  kicker: string,
  name: string,
  description: string,
  facts: readonly (readonly [string, string])[],
): string {
  const paragraph = description === '' ? '' : `<p class="description">${escapeMarkup(description)}</p>\n`;
  return `<header>
<p class="kicker">${kicker}</p>
<h1>${escapeMarkup(name)}</h1>
${paragraph}<dl>
${facts
  .filter(([, value]) => value !== '')
  .map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeMarkup(value)}</dd></div>`)
  .join('\n')}
</dl>
</header>`;
}

/** A section with its figures, and markup after them; empty where there is neither. */
export function renderSection(title: string, figures: readonly Figure[], rest = ''): string {
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

/** A figure of merit in a box of its own. `value` and `detail` are markup. */
export function renderCard(name: string, value: string, detail: string, isMain = false): string {
  return `<div class="card${isMain ? ' main' : ''}"><h3>${name}</h3><p class="value">${value}</p><p>${detail}</p></div>`;
}

/** A table of plain text; the first `nText` columns are text, the others figures. Columns without any content are left out. */
export function renderTable(
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

/** Markup that the reader unfolds. */
export function renderDetails(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n${content}\n</details>`;
}

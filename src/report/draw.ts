/** Draws charts as SVG, without a browser. */
import { type Chart, COLOURS, type Colour } from './theme.js';

/** The part of ECharts that draws here. It takes a good part of a second to load, so callers load it when they draw. */
type Drawing = typeof import('echarts/core');

/** Loads ECharts with the parts that our charts use. */
export async function loadDrawing(): Promise<Drawing> {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([
    charts.LineChart,
    charts.BarChart,
    charts.CustomChart,
    charts.ScatterChart,
    components.GridComponent,
    components.TitleComponent,
    components.LegendComponent,
    components.MarkLineComponent,
    renderers.SVGRenderer,
  ]);
  return core;
}

/** `chart` as an `<svg>` element for a page that defines the colours of the theme as CSS variables. */
export function drawInline(drawing: Drawing, chart: Chart): string {
  const instance = drawing.init(null, null, { renderer: 'svg', ssr: true, width: chart.width, height: chart.height });
  try {
    instance.setOption(chart.option);
    return (
      instance
        .renderToSVGString()
        // Pictures fill the place they are given.
        .replaceAll('<image ', '<image preserveAspectRatio="none" ')
        // Nothing here reacts to the pointer, so what is there for that only takes room.
        .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
        .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
        .replace(/^<svg /, `<svg role="img" aria-label="${escapeMarkup(`${chart.title}: ${chart.description}`)}" `)
    );
  } finally {
    // Without this the instance keeps the process alive.
    instance.dispose();
  }
}

/** An inline drawing as a file of its own: light colours, written in, on a background. */
export function standAlone(svg: string): string {
  const light = svg.replace(/var\(--([a-z]+)\)/g, (whole, name) =>
    Object.hasOwn(COLOURS, name) ? COLOURS[name as Colour].light : whole,
  );
  return `${light.replace(/>/, `><rect width="100%" height="100%" fill="${COLOURS.panel.light}"/>`)}\n`;
}

/** Text with the characters that mean something in markup written out. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

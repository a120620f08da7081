/** A recording over time: its waveform coloured by label, and the scores of its windows. */
import { encodePng } from './png.js';
import {
  axisOption,
  baseOption,
  type CellApi,
  type Chart,
  COLOURS,
  type Colour,
  FULL_WIDTH,
  haloText,
  lineSeries,
  paint,
} from './theme.js';

/** What is to be drawn. */
export interface Timeline {
  readonly title: string;
  readonly durationSeconds: number;
  /** Lowest and highest sample of equally long places. */
  readonly envelope: readonly (readonly [low: number, high: number])[];
  /** Score of each window, in order of time; seconds. */
  readonly windows: readonly { readonly start: number; readonly end: number; readonly score: number }[];
  /** Stretches of one label: `bonafide`, `spoof`, `uncertain` or `no_speech`. */
  readonly segments: readonly { readonly start: number; readonly end: number; readonly label: string }[];
  /** Score at or above which a window counts as bona fide. */
  readonly threshold: number;
}

const LABELS: Readonly<Record<string, { readonly colour: Colour; readonly words: string }>> = {
  bonafide: { colour: 'bonafide', words: 'bona fide' },
  spoof: { colour: 'spoof', words: 'spoof' },
  uncertain: { colour: 'fifth', words: 'uncertain' },
  no_speech: { colour: 'neutral', words: 'no speech' },
};

/** Columns of the waveform at most: more would be narrower than a pixel. */
const MAX_COLUMNS = 1060;
const PNG_WIDTH = 1200;
const PNG_WAVE_HEIGHT = 160;
const PNG_SCORE_HEIGHT = 160;
const PNG_GAP = 8;

/** The timeline with axes. */
export function timelineChart(timeline: Timeline): Chart {
  const { title, durationSeconds, windows, segments, threshold } = timeline;
  const columns = columnsOf(timeline, MAX_COLUMNS);
  const axis = (grid: number, name: string, direction: 'x' | 'y') => ({
    ...axisOption(name, direction),
    gridIndex: grid,
    type: 'value',
    splitLine: { show: false },
  });
  const time = (grid: number, name: string) => {
    const style = axis(grid, name, 'x');
    return { ...style, min: 0, max: durationSeconds, axisLabel: { ...style.axisLabel, showMaxLabel: false } };
  };
  const present = Object.entries(LABELS).filter(([label]) => segments.some((segment) => segment.label === label));
  const wave = ([label, { colour, words }]: (typeof present)[number]): object => {
    const own = columns.filter((column) => column.label === label);
    return {
      name: words,
      type: 'custom',
      silent: true,
      xAxisIndex: 0,
      yAxisIndex: 0,
      itemStyle: { color: paint(colour) },
      data: own.map(({ time: at }) => [at, 0]),
      renderItem: (params: { dataIndex: number }, api: CellApi) => {
        const { time: at, low, high, width } = own[params.dataIndex];
        const [x, y] = api.coord([at, high]);
        const [right, bottom] = api.coord([at + width, low]);
        const shape = { x, y, width: Math.max(0.5, right - x), height: Math.max(0.5, bottom - y) };
        return { type: 'rect', shape, style: { fill: paint(colour) } };
      },
    };
  };
  const points = windows.map(({ start, end, score }): [number, number] => [(start + end) / 2, score]);
  return {
    name: 'timeline',
    title,
    description: 'The waveform in the colour of its label, and below it the score of each window at its middle.',
    width: FULL_WIDTH,
    height: 470,
    option: {
      ...baseOption(
        title,
        present.map(([, { words }]) => words),
      ),
      grid: [
        { left: 62, right: 22, top: 36, height: 160 },
        { left: 62, right: 22, top: 232, height: 180 },
      ],
      xAxis: [time(0, ''), time(1, 's')],
      yAxis: [
        { ...axis(0, 'share of the peak', 'y'), min: -1, max: 1 },
        { ...axis(1, 'score', 'y'), scale: true },
      ],
      series: [
        ...present.map(wave),
        {
          ...lineSeries('score', 'ink', points),
          xAxisIndex: 1,
          yAxisIndex: 1,
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: paint('neutral'), type: 'dashed', width: 1.2 },
            label: { ...haloText(), position: 'insideEndTop', formatter: 'threshold' },
            data: [{ yAxis: threshold }],
          },
        },
      ],
    },
  };
}

/** The bare picture: the waveform above, the scores below, both in the colours of the labels. */
export function timelinePng(timeline: Timeline): Uint8Array {
  const height = PNG_WAVE_HEIGHT + PNG_GAP + PNG_SCORE_HEIGHT;
  const pixels = new Uint8Array(3 * PNG_WIDTH * height).fill(255);
  const fill = (x: number, from: number, to: number, colour: string) => {
    const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    for (let y = Math.max(0, Math.round(from)); y <= Math.min(height - 1, Math.round(to)); y++) {
      pixels.set(rgb, 3 * (y * PNG_WIDTH + x));
    }
  };
  const colourOf = (label: string) => COLOURS[LABELS[label]?.colour ?? 'neutral'].light;
  const columns = columnsOf(timeline, PNG_WIDTH);
  const middle = PNG_WAVE_HEIGHT / 2;
  const scores = [...timeline.windows.map(({ score }) => score), timeline.threshold];
  const [lowest, highest] = [Math.min(...scores), Math.max(...scores)];
  const rowOf = (score: number) => height - 4 - ((score - lowest) / (highest - lowest || 1)) * (PNG_SCORE_HEIGHT - 8);
  let window = 0;
  for (let x = 0; x < PNG_WIDTH; x++) {
    const column = columns[Math.floor((x * columns.length) / PNG_WIDTH)];
    const colour = colourOf(column.label);
    fill(x, middle - column.high * middle, middle - column.low * middle, colour);
    // The window whose middle is nearest.
    const at = ((x + 0.5) / PNG_WIDTH) * timeline.durationSeconds;
    const distance = (i: number) => Math.abs((timeline.windows[i].start + timeline.windows[i].end) / 2 - at);
    while (window + 1 < timeline.windows.length && distance(window + 1) <= distance(window)) window++;
    const row = rowOf(timeline.windows[window].score);
    const base = rowOf(timeline.threshold);
    fill(x, base, base, COLOURS.neutral.light);
    fill(x, row - 1, row + 1, colour);
  }
  return encodePng(pixels, PNG_WIDTH, height);
}

/** A column of the waveform. */
interface Column {
  readonly time: number;
  readonly width: number;
  /** As shares of the recording's peak. */
  readonly low: number;
  readonly high: number;
  readonly label: string;
}

function columnsOf({ envelope, segments, durationSeconds }: Timeline, most: number): Column[] {
  const nColumns = Math.min(most, envelope.length);
  const width = durationSeconds / nColumns;
  // Quiet speech is to be seen too.
  const peak = envelope.reduce((most, [low, high]) => Math.max(most, -low, high), 0) || 1;
  let segment = 0;
  return Array.from({ length: nColumns }, (_, i) => {
    const from = Math.floor((i * envelope.length) / nColumns);
    const to = Math.max(from + 1, Math.floor(((i + 1) * envelope.length) / nColumns));
    const places = envelope.slice(from, to);
    const time = i * width;
    while (segment + 1 < segments.length && segments[segment].end <= time + width / 2) segment++;
    return {
      time,
      width,
      low: Math.min(...places.map(([low]) => low)) / peak,
      high: Math.max(...places.map(([, high]) => high)) / peak,
      label: segments[segment].label,
    };
  });
}

/** Feature matrices as pictures: time to the right, the lowest bin at the bottom, dark for low and bright for high. */
import { encodePng } from './png.js';
import { axisOption, baseOption, type CellApi, type Chart, FULL_WIDTH, paint } from './theme.js';

/** A matrix to be shown. */
export interface HeatMap {
  readonly title: string;
  /** Row-major `[frames, bins]`. */
  readonly values: Float32Array;
  readonly nFrames: number;
  readonly nBins: number;
  readonly durationSeconds: number;
  /** What the bins are, and the number at the top of their axis. */
  readonly vertical: { readonly name: string; readonly top: number };
}

/** Values that the darkest and the brightest colour stand for. */
type Limits = readonly [low: number, high: number];

/** From dark to bright in equal steps of lightness, safe for all colour deficiencies. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [8, 8, 28],
  [52, 26, 92],
  [122, 36, 110],
  [192, 58, 92],
  [240, 110, 62],
  [252, 180, 80],
  [252, 250, 200],
];

/** Shares of the values that may lie beyond the darkest and the brightest colour: single outliers would hide the rest. */
const DARKEST_SHARE = 0.05;
const BRIGHTEST_SHARE = 0.002;
/** Pixels between two pictures. */
const GAP = 8;
const PANEL_HEIGHT = 240;
const PANEL_PITCH = 320;

/** The two one above the other, in the same colours, with axes. */
export function beforeAfterChart(before: HeatMap, after: HeatMap): Chart {
  return heatMapChart('before-after', [before, after]);
}

/** One or several, one above the other, in the same colours, with axes. */
export function heatMapChart(name: string, maps: readonly HeatMap[]): Chart {
  const limits = limitsOf(maps);
  const axis = (i: number, name: string, direction: 'x' | 'y', max: number) => {
    const style = axisOption(name, direction);
    // The end of the time axis is no round number.
    const axisLabel = { ...style.axisLabel, showMaxLabel: direction === 'y' };
    return { ...style, axisLabel, gridIndex: i, type: 'value', min: 0, max, splitLine: { show: false } };
  };
  return {
    name,
    title: maps.map(({ title }) => title).join(' and '),
    description: 'Time to the right, the lowest bin at the bottom; brighter is more, everywhere alike.',
    width: FULL_WIDTH,
    height: maps.length * PANEL_PITCH + 10,
    option: {
      ...baseOption(''),
      title: maps.map((map, i) => ({
        text: map.title,
        left: 0,
        top: i * PANEL_PITCH,
        padding: 0,
        textStyle: { fontSize: 15, fontWeight: 600, color: paint('ink') },
      })),
      grid: maps.map((_, i) => ({ left: 62, right: 22, top: i * PANEL_PITCH + 28, height: PANEL_HEIGHT })),
      xAxis: maps.map(({ durationSeconds }, i) => axis(i, 's', 'x', durationSeconds)),
      yAxis: maps.map(({ vertical }, i) => axis(i, vertical.name, 'y', vertical.top)),
      series: maps.map((map, i) => {
        const url = `data:image/png;base64,${Buffer.from(heatMapPng([map], limits)).toString('base64')}`;
        return {
          type: 'custom',
          silent: true,
          xAxisIndex: i,
          yAxisIndex: i,
          data: [[0, 0]],
          renderItem: (_: unknown, api: CellApi) => {
            const [x, y] = api.coord([0, map.vertical.top]);
            const [right, bottom] = api.coord([map.durationSeconds, 0]);
            return { type: 'image', style: { image: url, x, y, width: right - x, height: bottom - y } };
          },
        };
      }),
    },
  };
}

/** The two one above the other, in the same colours: the bare pictures, a pixel a value. */
export function beforeAfterPng(before: HeatMap, after: HeatMap): Uint8Array {
  return heatMapPng([before, after]);
}

/** One or several, one above the other: the bare pictures, a pixel a value. */
export function heatMapPng(maps: readonly HeatMap[], [low, high] = limitsOf(maps)): Uint8Array {
  const width = Math.max(...maps.map(({ nFrames }) => nFrames));
  const height = maps.reduce((sum, { nBins }) => sum + nBins, 0) + GAP * (maps.length - 1);
  const pixels = new Uint8Array(3 * width * height).fill(255);
  let top = 0;
  for (const { values, nFrames, nBins } of maps) {
    for (let frame = 0; frame < nFrames; frame++) {
      for (let bin = 0; bin < nBins; bin++) {
        const share = (values[frame * nBins + bin] - low) / (high - low);
        pixels.set(colourOf(share), 3 * ((top + nBins - 1 - bin) * width + frame));
      }
    }
    top += nBins + GAP;
  }
  return encodePng(pixels, width, height);
}

function colourOf(share: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const below = Math.min(Math.floor(place), STOPS.length - 2);
  const [from, to] = [STOPS[below], STOPS[below + 1]];
  const mix = (channel: number) => Math.round(from[channel] + (place - below) * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

function limitsOf(maps: readonly HeatMap[]): Limits {
  const sorted = new Float32Array(maps.reduce((n, { values }) => n + values.length, 0));
  let at = 0;
  for (const { values } of maps) {
    sorted.set(values, at);
    at += values.length;
  }
  sorted.sort();
  const low = sorted[Math.floor(DARKEST_SHARE * (sorted.length - 1))];
  const high = sorted[Math.ceil((1 - BRIGHTEST_SHARE) * (sorted.length - 1))];
  return [low, high > low ? high : low + 1];
}

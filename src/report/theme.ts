/**
 * The one look of all charts. Colours are CSS variables, so that a chart inside the report follows the reader's light or
 * dark mode; a chart in a file of its own gets the light values written in. The class colours stay apart for readers
 * with any of the common colour deficiencies (after Okabe and Ito, 2008), and never carry a meaning alone.
 */
import type { EChartsCoreOption } from 'echarts/core';

/** Light and dark value of each colour. */
export const COLOURS = {
  ink: { light: '#1f2933', dark: '#e6e9ee' },
  muted: { light: '#55606d', dark: '#a3adbb' },
  rule: { light: '#e2e6eb', dark: '#2d3541' },
  panel: { light: '#ffffff', dark: '#171c24' },
  page: { light: '#f4f6f8', dark: '#0f1319' },
  bonafide: { light: '#0072b2', dark: '#56b4e9' },
  spoof: { light: '#d55e00', dark: '#ff9052' },
  third: { light: '#00805f', dark: '#2dc79a' },
  fourth: { light: '#a8558a', dark: '#e08fc0' },
  fifth: { light: '#9a6b00', dark: '#e6b34a' },
  neutral: { light: '#7b8694', dark: '#8590a0' },
} as const;

/** A colour of the theme. */
export type Colour = keyof typeof COLOURS;

/** `colour` as charts and styles write it. */
export function paint(colour: Colour): string {
  return `var(--${colour})`;
}

/** Colour and line of each of several curves: the five colours first, then again dashed and dotted. */
export function curveStyle(index: number): { readonly colour: Colour; readonly line: 'solid' | 'dashed' | 'dotted' } {
  const colours = ['bonafide', 'spoof', 'third', 'fourth', 'fifth'] as const;
  const lines = ['solid', 'dashed', 'dotted'] as const;
  return { colour: colours[index % 5], line: lines[Math.floor(index / 5) % 3] };
}

/** Font of charts and page: whatever the reader's system uses. */
export const FONT = 'system-ui, sans-serif';

/** A chart ready to be drawn. */
export interface Chart {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  /** What it shows and how to read it, in a sentence. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly option: EChartsCoreOption;
}

/** What ECharts hands to a function that draws one item. */
export interface CellApi {
  /** Pixels of a point given on the axes. */
  coord(point: readonly [number, number]): [number, number];
  /** Pixels of a width and height given on the axes. */
  size(extent: readonly [number, number]): [number, number];
}

/** Width of a chart that stands beside another. */
export const HALF_WIDTH = 560;
/** Width of a chart that takes the whole row. */
export const FULL_WIDTH = 1150;
/** Height of most charts. */
export const HEIGHT = 340;

/** Title, text, legend and plotting area that every chart shares; the chart adds axes and series. */
export function baseOption(title: string, legend: readonly string[] = []): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: paint('ink') },
    title: {
      text: title,
      left: 0,
      top: 0,
      padding: 0,
      textStyle: { fontSize: 15, fontWeight: 600, color: paint('ink') },
    },
    legend: {
      show: legend.length > 0,
      data: [...legend],
      right: 22,
      top: 2,
      padding: 0,
      itemWidth: 18,
      itemHeight: 10,
      itemGap: 16,
      textStyle: { color: paint('muted'), fontSize: 12 },
      selectedMode: false,
    },
    grid: { left: 62, right: 22, top: 56, bottom: 48, outerBoundsMode: 'none' },
  };
}

/** Style of an axis; charts add to it. */
export interface AxisStyle extends Record<string, unknown> {
  readonly axisLabel: object;
  readonly axisTick: object;
}

/** Style of an axis called `name`, with the name beside its middle. */
export function axisOption(name: string, direction: 'x' | 'y'): AxisStyle {
  return {
    name,
    nameLocation: 'middle',
    nameGap: direction === 'x' ? 30 : 46,
    nameTextStyle: { color: paint('muted'), fontSize: 12 },
    axisLabel: { color: paint('muted'), fontSize: 12, hideOverlap: true },
    axisLine: { show: true, onZero: false, lineStyle: { color: paint('neutral') } },
    axisTick: { show: true, lineStyle: { color: paint('neutral') } },
    splitLine: { show: true, lineStyle: { color: paint('rule') } },
  };
}

/** Style of a line series. */
export function lineSeries(name: string, colour: Colour, data: readonly (readonly [number, number])[]): object {
  return {
    name,
    type: 'line',
    data,
    silent: true,
    // A single point has no line to show it; many points would hide theirs.
    showSymbol: data.length <= 40,
    symbol: 'circle',
    symbolSize: 5,
    lineStyle: { color: paint(colour), width: 2 },
    itemStyle: { color: paint(colour), borderWidth: 0 },
  };
}

/**
 * A dashed vertical line at `x` with a label at its upper end.
 *
 * @param share where `x` lies on its axis, from 0 to 1: near an end the label moves inwards, clear of the axis
 */
export function verticalMark(x: number, label: string, share: number): object {
  const side = share < 0.15 ? 'left' : share > 0.85 ? 'right' : 'center';
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: paint('ink'), type: 'dashed', width: 1.2 },
    label: { ...haloText(), position: 'end', distance: 6, align: side, formatter: label },
    data: [{ xAxis: x }],
  };
}

/** Text that stays readable over lines. */
export function haloText(): Record<string, unknown> {
  return { color: paint('ink'), fontSize: 12, textBorderColor: paint('panel'), textBorderWidth: 3 };
}

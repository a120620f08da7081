/** What a profile says: tables of time by op and by layer, and a trace to look at. */
import { join } from 'node:path';
import { writeFileAtomic, writeJsonAtomic } from '../runtime/files.js';
import type { OpEvent, ProfiledStep } from './profiler.js';

/** Time of one kind of op, over one step. */
export interface OpTime {
  readonly op: string;
  readonly count: number;
  readonly milliseconds: number;
  /** Of the time of all ops, 0 to 1. */
  readonly share: number;
}

/** Time of one layer, over one step. */
export interface LayerTime {
  /** Empty for what runs outside of layers: loss, update, and TensorFlow's own. */
  readonly layer: string;
  readonly forwardMilliseconds: number;
  readonly backwardMilliseconds: number;
  /** Of the time of all ops, 0 to 1. */
  readonly share: number;
  /** Billions of floating-point operations, both passes; 0 where nothing was compiled. */
  readonly gigaflops: number;
}

/** The mean over the measured steps. Ops that run side by side count in full: their sum may exceed the step's time. */
export interface ProfileSummary {
  readonly nSteps: number;
  readonly stepMilliseconds: number;
  readonly opMilliseconds: number;
  /** Most time first. */
  readonly byOp: readonly OpTime[];
  /** Most time first. */
  readonly byLayer: readonly LayerTime[];
}

/** Files in a profile's folder. */
export const PROFILE_FILES = { table: 'profile.txt', summary: 'profile.json', trace: 'trace.json' } as const;

/** Sums up a profile. */
function summarizeProfile(steps: readonly ProfiledStep[]): ProfileSummary {
  const nSteps = Math.max(1, steps.length);
  const events = steps.flatMap((step) => counted(step.events));
  const mean = (some: readonly { readonly durationMicroseconds: number }[]): number =>
    some.reduce((sum, { durationMicroseconds }) => sum + durationMicroseconds, 0) / 1000 / nSteps;
  const all = mean(events);
  const share = (milliseconds: number) => (all === 0 ? 0 : milliseconds / all);
  const byOp = [...groups(events, ({ op }) => op)].map(([op, some]) => {
    const milliseconds = mean(some);
    return { op, count: some.length / nSteps, milliseconds, share: share(milliseconds) };
  });
  const byLayer = [...groups(events, ({ origin }) => origin.layer)].map(([layer, some]) => {
    const inPass = (pass: string) => mean(some.filter(({ origin }) => origin.pass === pass));
    const flops = steps.reduce((sum, step) => sum + (step.flops.get(layer) ?? 0), 0) / nSteps;
    return {
      layer,
      forwardMilliseconds: inPass('forward'),
      backwardMilliseconds: inPass('backward'),
      share: share(mean(some)),
      gigaflops: flops / 1e9,
    };
  });
  return {
    nSteps: steps.length,
    stepMilliseconds: mean(steps),
    opMilliseconds: all,
    byOp: byOp.sort((a, b) => b.milliseconds - a.milliseconds),
    byLayer: byLayer.sort((a, b) => b.share - a.share),
  };
}

/** The summary as text. */
function formatProfile({ nSteps, stepMilliseconds, opMilliseconds, byOp, byLayer }: ProfileSummary): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  const layers = byLayer.map(({ layer, forwardMilliseconds, backwardMilliseconds, share, gigaflops }) => {
    const total = forwardMilliseconds + backwardMilliseconds;
    return [
      layer === '' ? '(no layer)' : layer,
      forwardMilliseconds.toFixed(2),
      backwardMilliseconds.toFixed(2),
      total.toFixed(2),
      percent(share),
      gigaflops.toFixed(2),
      total === 0 ? '' : (gigaflops / (total / 1000)).toFixed(0),
    ];
  });
  const ops = byOp.map(({ op, count, milliseconds, share }) => {
    return [op, count.toFixed(0), milliseconds.toFixed(2), percent(share)];
  });
  return [
    `mean of ${nSteps} steps: ${stepMilliseconds.toFixed(2)} ms a step, ops ${opMilliseconds.toFixed(2)} ms (side by side they count in full)`,
    '',
    ...table(['layer', 'forward ms', 'backward ms', 'total ms', '%', 'GFLOP', 'GFLOP/s'], layers),
    '',
    ...table(['op', 'count', 'ms', '%'], ops),
    '',
  ].join('\n');
}

/** The steps in the trace event format of Catapult, which chrome://tracing, Perfetto and TensorBoard open. */
export function traceEvents(steps: readonly ProfiledStep[]): unknown {
  const start = Math.min(...steps.map(({ startMicroseconds }) => startMicroseconds));
  const devices = numbered(steps.flatMap(({ events }) => events.map(({ device }) => device)));
  const threads = numbered(steps.flatMap(({ events }) => events.map(({ device, thread }) => `${device} ${thread}`)));
  const names = [['steps', 0] as const, ...devices].map(([name, pid]) => {
    return { name: 'process_name', ph: 'M', pid, args: { name } };
  });
  const complete = (event: { readonly startMicroseconds: number; readonly durationMicroseconds: number }) => ({
    ph: 'X',
    ts: event.startMicroseconds - start,
    dur: event.durationMicroseconds,
  });
  const traced = steps.flatMap((step, i) => [
    { name: `${step.label} ${i + 1}`, cat: 'step', ...complete(step), pid: 0, tid: 0 },
    ...step.events.map((event) => ({
      name: event.op,
      cat: event.origin.pass,
      ...complete(event),
      pid: devices.get(event.device),
      tid: threads.get(`${event.device} ${event.thread}`),
      args: { node: event.node, layer: event.origin.layer },
    })),
  ]);
  return { displayTimeUnit: 'ms', traceEvents: [...names, ...traced] };
}

/**
 * Writes a profile: the tables as text and as JSON, and the trace.
 *
 * @returns the tables as text
 */
export function writeProfile(directory: string, steps: readonly ProfiledStep[]): string {
  const summary = summarizeProfile(steps);
  const text = formatProfile(summary);
  writeFileAtomic(join(directory, PROFILE_FILES.table), text);
  writeJsonAtomic(join(directory, PROFILE_FILES.summary), summary);
  writeFileAtomic(join(directory, PROFILE_FILES.trace), JSON.stringify(traceEvents(steps)));
  return text;
}

/**
 * The events whose time is that of the work. A GPU's kernels are measured on its streams; what its host device notes is their
 * launch.
 */
function counted(events: readonly OpEvent[]): readonly OpEvent[] {
  const streams = events.filter(({ device }) => /\/stream:all$/i.test(device));
  if (streams.length === 0) return events;
  return [...streams, ...events.filter(({ device }) => !/gpu/i.test(device))];
}

function groups(events: readonly OpEvent[], keyOf: (event: OpEvent) => string): Map<string, OpEvent[]> {
  const result = new Map<string, OpEvent[]>();
  for (const event of events) {
    const key = keyOf(event);
    const group = result.get(key);
    if (group === undefined) result.set(key, [event]);
    else group.push(event);
  }
  return result;
}

/** Each name's number, from 1. */
function numbered(names: readonly string[]): Map<string, number> {
  return new Map([...new Set(names)].map((name, i) => [name, i + 1]));
}

/** The first column to the left, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

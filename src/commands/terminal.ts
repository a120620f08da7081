/**
 * The terminal side of the commands: results go to stdout, everything else to stderr; progress bars where stderr is a
 * terminal, plain lines where it is not.
 */
import { MultiBar } from 'cli-progress';
import type { Logger, Progress } from '../runtime/logger.js';
import { inFlags } from './flags.js';

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** Bad input or a failed check; stderr says which. */
  failure: 1,
  /** The command line was not understood. */
  usage: 2,
  /** Interrupted by Ctrl-C, after saving. */
  interrupted: 130,
} as const;

/** What a command's own check throws where its arguments don't go together. */
export class UsageError extends Error {}

/** Seconds between progress lines where stderr is no terminal. */
const LINE_INTERVAL_SECONDS = 15;

/** Writes a result, and a newline, to stdout. */
export function writeResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The logger of the commands. */
export function createTerminalLogger(): Logger {
  let above: ((line: string) => void) | undefined;
  const write = (line: string): void => {
    if (above === undefined) process.stderr.write(`${line}\n`);
    else above(`${line}\n`);
  };
  return {
    info: (line) => write(inFlags(line)),
    warn: (line) => write(`warning: ${inFlags(line)}`),
    progress: (label, total) => {
      if (!process.stderr.isTTY) return plainProgress(label, total, write);
      const bar = terminalProgress(label, total);
      above = bar.above;
      return {
        update: bar.update,
        end: () => {
          above = undefined;
          bar.end();
        },
      };
    },
  };
}

/** A bar that redraws itself; other lines are written above it. */
function terminalProgress(label: string, total: number): Progress & { above(line: string): void } {
  const bars = new MultiBar({
    stream: process.stderr,
    format: '{label} {bar} {value}/{total} {rate}/s eta {eta_formatted} {note}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    linewrap: false,
    gracefulExit: false,
  });
  const bar = bars.create(total, 0, { label, note: '', rate: '-' });
  const started = performance.now();
  return {
    update: (done, note = '', newTotal) => {
      if (newTotal !== undefined) bar.setTotal(newTotal);
      const seconds = (performance.now() - started) / 1000;
      bar.update(done, { note, rate: (done / Math.max(seconds, 1e-3)).toFixed(1) });
    },
    above: (line) => bars.log(line),
    end: () => bars.stop(),
  };
}

function plainProgress(label: string, total: number, write: (line: string) => void): Progress {
  let writtenAt = performance.now();
  let size = total;
  return {
    update: (done, note = '', newTotal) => {
      size = newTotal ?? size;
      const now = performance.now();
      if (now - writtenAt < LINE_INTERVAL_SECONDS * 1000) return;
      writtenAt = now;
      write(`${label} ${done}/${size || '?'} ${note}`.trimEnd());
    },
    end: () => {},
  };
}

/**
 * `npm run bench -- NAME [--json] [--write]`: ours beside a peer's, in one run. `--write` also writes the table and a picture
 * into docs. A new benchmark is its file and a line here.
 */
import { messageOf, VoiceproofError } from '../src/runtime/errors.js';
import type { TimedComparison } from './support/comparison.js';
import { describeMachine } from './support/machine.js';
import { writeUp } from './support/write-up.js';

/** Runs a benchmark; `say` takes lines for the person who waits, `note` those that belong to the results too. */
export type Benchmark = (
  say: (line: string) => void,
  note: (line: string) => void,
) => Promise<readonly TimedComparison[]>;

const benchmarks: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  aasist: () => import('./aasist.js'),
  'cold-start': () => import('./cold-start.js'),
  features: () => import('./features.js'),
  frozen: () => import('./frozen.js'),
  'loader-memory': () => import('./loader-memory.js'),
  'long-audio': () => import('./long-audio.js'),
  scoring: () => import('./scoring.js'),
  'step-memory': () => import('./step-memory.js'),
  steps: () => import('./steps.js'),
  wav2vec2: () => import('./wav2vec2.js'),
};

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const facts: string[] = [];
const note = (line: string): void => {
  facts.push(line);
  say(line);
};

const FLAGS = ['--json', '--write'];
const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('--'));
const isJson = args.includes('--json');
const load = benchmarks[names[0] ?? ''];
if (load === undefined || names.length !== 1 || args.some((arg) => arg.startsWith('--') && !FLAGS.includes(arg))) {
  say(`usage: npm run bench -- NAME [--json] [--write], NAME one of: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    note(describeMachine());
    const { benchmark } = await load();
    const rows = await benchmark(say, note);
    if (args.includes('--write')) await writeUp(names[0], rows, facts);
    process.stdout.write(isJson ? `${JSON.stringify(rows.map(toJson), undefined, 2)}\n` : toTable(rows));
  } catch (error) {
    if (!(error instanceof VoiceproofError)) throw error;
    say(`bench: ${messageOf(error)}`);
    process.exitCode = 1;
  }
}

function toJson({ name, ours, peer, ratio, bar }: TimedComparison): object {
  return { name, ours, peer, ratio, bar };
}

function toTable(rows: readonly TimedComparison[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, ours, peer, ratio, bar, spread }) => {
    const rates = [ours, peer].map((rate) => rate.toPrecision(4).padStart(8)).join('');
    const verdict = bar === null ? '' : `  bar ${bar.toFixed(2)}${ratio >= bar ? '' : '  MISSED'}`;
    const range = spread.map((value) => value.toFixed(2)).join(' to ');
    return `${name.padEnd(width)}${rates}  ratio ${ratio.toFixed(2)} (${range})${verdict}\n`;
  });
  return `${''.padEnd(width)}    ours    peer\n${lines.join('')}`;
}

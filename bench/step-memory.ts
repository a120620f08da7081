/**
 * Memory over 2,000 compiled training steps: neither tensors nor resident memory may grow, and a program that is let go
 * gives its memory back.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../src/graph/compile.js';
import { startEngine } from '../src/runtime/engine.js';
import { silentLogger } from '../src/runtime/logger.js';
import type { Benchmark } from './main.js';
import { quantile, type TimedComparison } from './support/comparison.js';
import { prepareLcnn } from './support/lcnn-work.js';

/** Small, as memory that a step loses does not depend on the size of a batch. */
const SHAPE = [4, 96, 60] as const;
const N_STEPS = 2000;
/** Steps between two looks at the memory. */
const EVERY = 20;
/** Programs made and let go, each with a constant of its own. */
const N_PROGRAMS = 12;
const CONSTANT_MEGABYTES = 64;
/** Share of the early figure in the late: below it, memory has grown. */
const BARS = { tensors: 1, resident: 0.98, programs: 0.9 };

/** Tensors and resident memory, early and late. */
export const benchmark: Benchmark = async (say) => {
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const lcnn = prepareLcnn(SHAPE);
  const tensors: number[] = [];
  const resident: number[] = [];
  for (let step = 1; step <= N_STEPS; step++) {
    lcnn.train();
    if (step % EVERY > 0) continue;
    tensors.push(tf.memory().numTensors);
    resident.push(residentMebibytes());
    if (step % 400 === 0) say(`${step} steps, ${tensors.at(-1)} tensors, ${resident.at(-1)?.toFixed(0)} MiB`);
  }
  lcnn.dispose();
  const programs = await programMemory(say);
  engine.close();
  return [
    row('tensors after 2,000 steps; peer: after 200', tensors, BARS.tensors),
    row('MiB after 2,000 steps; peer: after 200', resident, BARS.resident),
    programs,
  ];
};

/** Memory after the first programs were let go, and after the last. */
async function programMemory(say: (line: string) => void): Promise<TimedComparison> {
  const sizes: number[] = [];
  for (let i = 0; i < N_PROGRAMS; i++) {
    const values = new Float32Array(CONSTANT_MEGABYTES * 2 ** 18).map((_, k) => k + i);
    const program = compile(({ x }: { x: tf.Tensor }) => ({ y: tf.add(x, tf.tensor1d(values)) }));
    tf.tidy(() => tf.max(program({ x: tf.scalar(i) }).y).dataSync());
    program.dispose();
    sizes.push(residentMebibytes());
  }
  say(`after each of ${N_PROGRAMS} programs: ${sizes.map((size) => size.toFixed(0)).join(', ')} MiB`);
  const [early, late] = [quantile(sizes.slice(2, 5), 0.5), quantile(sizes.slice(-3), 0.5)];
  const ratio = early / late;
  const name = `MiB after ${N_PROGRAMS} programs of ${CONSTANT_MEGABYTES} MiB were let go; peer: after 4`;
  return { name, ours: late, peer: early, ratio, bar: BARS.programs, spread: [ratio, ratio] };
}

/** The first tenth fills pools. */
function row(name: string, samples: readonly number[], bar: number): TimedComparison {
  const early = quantile(samples.slice(samples.length * 0.1, samples.length * 0.2), 0.5);
  const late = quantile(samples.slice(samples.length * 0.9), 0.5);
  return { name, ours: late, peer: early, ratio: early / late, bar, spread: [early / late, early / late] };
}

function residentMebibytes(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

/**
 * One clip at a time, warm, on the same threads: our compiled inference beside onnxruntime on the ONNX export of the same
 * checkpoint, and `score` on that export beside onnxruntime called by hand. Nobody trained the checkpoints: weights make
 * no difference to speed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE } from '../src/data/audio.js';
import { exportCheckpoint } from '../src/export/export.js';
import { createFeature } from '../src/features/registry.js';
import { loadDetector } from '../src/inference/detector.js';
import { openScorer } from '../src/inference/open-scorer.js';
import { startEngine } from '../src/runtime/engine.js';
import { silentLogger } from '../src/runtime/logger.js';
import { createRandom } from '../src/runtime/random.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, type TimedWork, timed } from './support/comparison.js';
import { writeFreshCheckpoint } from './support/fresh-checkpoint.js';

/** The experiments, and how many clips make a round of some tenths of a second. */
const MODELS = [
  { name: 'LCNN', experiment: 'lcnn', nClips: 20 },
  { name: 'AASIST-L', experiment: 'aasist-l', nClips: 2 },
] as const;
const N_ROUNDS = 20;
/** Our engine may take half as long again as onnxruntime; `score` a tenth longer than the runtime alone. */
const BARS = { compiled: 1 / 1.5, export: 1 / 1.1 };
/** Threads of a runtime wait awake for more work, on the cores that the other side is timed on. */
const REST_MILLISECONDS = 50;

/** Latency by model. */
export const benchmark: Benchmark = async (say, note) => {
  const directory = mkdtempSync(join(tmpdir(), 'voiceproof-scoring-'));
  const engine = await startEngine({ engine: 'native', purpose: 'inference', device: 'cpu', logger: silentLogger });
  const threads = availableParallelism();
  note(`${engine.source}, onnxruntime ${env.versions.node}, ${threads} threads`);
  try {
    const rows: TimedComparison[] = [];
    for (const { name, experiment, nClips } of MODELS) {
      const checkpoint = join(directory, experiment);
      await writeFreshCheckpoint(checkpoint, experiment, engine);
      const detector = await loadDetector(checkpoint);
      const clip = noise(detector.nSamples);
      const measure = async (what: string, bar: number, ours: () => unknown, peer: () => unknown): Promise<void> => {
        say(`${name}, ${what} ...`);
        const sides = { ours: oneByOne(ours, nClips), peer: oneByOne(peer, nClips) };
        rows.push(await compare({ name: `${name}, ${what}`, units: nClips, rounds: N_ROUNDS, bar, ...sides }));
      };
      const { feature } = detector.run.config;
      for (const withFeatures of feature === null ? [false] : [false, true]) {
        const output = join(directory, `${experiment}-${withFeatures}`);
        const { input } = await exportCheckpoint({
          checkpoint,
          output,
          format: 'onnx',
          withFeatures,
          version: 'bench',
        });
        const session = await InferenceSession.create(join(output, 'model.onnx'), {
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
        });
        const shape = [1, ...input.shape];
        const values =
          input.kind === 'features' && feature !== null ? createFeature(feature, SAMPLE_RATE).compute(clip) : clip;
        const byHand = async () => {
          const { score } = await session.run({ [input.name]: new Tensor('float32', values, shape) }, ['score']);
          return score.data;
        };
        if (input.kind === 'waveform') {
          const scorer = await openScorer(output, { threads });
          await measure('waveform to score by its ONNX export', BARS.export, () => scorer.scoreAll([clip]), byHand);
          scorer.dispose();
          await measure('waveform to score', BARS.compiled, () => detector.score(clip), byHand);
        } else {
          const forward = () => tf.tidy(() => detector.forward(tf.tensor(values, shape)).dataSync());
          await measure('features to logits', BARS.compiled, forward, byHand);
        }
        await session.release();
      }
      detector.dispose();
    }
    return rows;
  } finally {
    engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

function noise(nSamples: number): Float32Array {
  const random = createRandom('scoring');
  return Float32Array.from({ length: nSamples }, () => 0.2 * random.uniformBetween(-1, 1));
}

/** Rests, wakes the threads with a clip that does not count, and times `nClips` one after the other. */
function oneByOne(work: () => unknown, nClips: number): TimedWork {
  return async () => {
    await setTimeout(REST_MILLISECONDS);
    await work();
    return timed(async () => {
      for (let i = 0; i < nClips; i++) await work();
    });
  };
}

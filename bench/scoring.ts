/**
 * One clip through `score` on an ONNX export of LCNN, beside onnxruntime called by hand with the same front-end, and of the
 * export that takes the waveform; and through our own compiled inference. Warm, on the same threads, by turns.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SAMPLE_RATE } from '../src/data/audio.js';
import { toFixedLength } from '../src/data/fixed-length.js';
import { readExperiment } from '../src/experiment/config.js';
import { exportCheckpoint } from '../src/export/export.js';
import { createFeature } from '../src/features/registry.js';
import { loadDetector } from '../src/inference/detector.js';
import { openScorer } from '../src/inference/open-scorer.js';
import { startEngine } from '../src/runtime/engine.js';
import { silentLogger } from '../src/runtime/logger.js';
import { createRandom } from '../src/runtime/random.js';
import type { Benchmark } from './main.js';
import { compare, timed } from './support/comparison.js';
import { writeFreshCheckpoint } from './support/fresh-checkpoint.js';
import { ROOT } from './support/project-root.js';

const N_ROUNDS = 30;
/** Clips of a round. */
const N_CLIPS = 10;
/** `score` may take a tenth longer than the runtime alone; our engine half as long again. */
const BARS = { onnx: 1 / 1.1, compiled: 1 / 1.5 };

/** LCNN, clip by clip. */
export const benchmark: Benchmark = async (say, note) => {
  const directory = mkdtempSync(join(tmpdir(), 'voiceproof-scoring-'));
  const engine = await startEngine({ engine: 'native', purpose: 'inference', device: 'cpu', logger: silentLogger });
  try {
    const checkpoint = join(directory, 'lcnn');
    writeFreshCheckpoint(checkpoint, 'lcnn', engine);
    const threads = availableParallelism();
    note(`${engine.source}, onnxruntime, ${threads} threads`);
    const { config } = readExperiment(join(ROOT, 'experiments/lcnn.json'), {});
    const random = createRandom('scoring');
    const clip = Float32Array.from({ length: 3 * SAMPLE_RATE }, () => 0.2 * (2 * random.uniform() - 1));
    const repeatedly = (work: () => unknown) => async () => {
      return timed(async () => {
        for (let i = 0; i < N_CLIPS; i++) await work();
      });
    };
    const rows = [];
    for (const withFeatures of [false, true]) {
      const output = join(directory, withFeatures ? 'waveform' : 'features');
      say(`exporting for ${withFeatures ? 'waveforms' : 'features'} ...`);
      const { input } = await exportCheckpoint({ checkpoint, output, format: 'onnx', withFeatures, version: 'bench' });
      const scorer = await openScorer(output, { threads });
      const session = await InferenceSession.create(join(output, 'model.onnx'), {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
      });
      const extractor =
        withFeatures || config.feature === null ? undefined : createFeature(config.feature, SAMPLE_RATE);
      const byHand = async () => {
        const samples = toFixedLength(clip, input.nSamples);
        const values = extractor?.compute(samples) ?? samples;
        await session.run({ [input.name]: new Tensor('float32', values, [1, ...input.shape]) }, ['score']);
      };
      const taken = withFeatures ? 'waveform in' : 'features in';
      rows.push(
        await compare({
          name: `score on an ONNX export, ${taken}; peer: onnxruntime by hand`,
          units: N_CLIPS,
          rounds: N_ROUNDS,
          bar: BARS.onnx,
          ours: repeatedly(() => scorer.scoreAll([clip])),
          peer: repeatedly(byHand),
        }),
      );
      if (!withFeatures) {
        const detector = loadDetector(checkpoint);
        rows.push(
          await compare({
            name: 'score with the checkpoint; peer: onnxruntime by hand',
            units: N_CLIPS,
            rounds: N_ROUNDS,
            bar: BARS.compiled,
            ours: repeatedly(() => detector.score(clip)),
            peer: repeatedly(byHand),
          }),
        );
        detector.dispose();
      }
      scorer.dispose();
      await session.release();
    }
    return rows;
  } finally {
    engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
};

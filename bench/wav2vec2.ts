/**
 * Wav2Vec2-base beside transformers on PyTorch, with the same random weights: loading them, one clip of 4 s, and the
 * fine-tuning step of 4 clips with the convolutions frozen, dropout and masked spans on, LayerDrop off, gradients clipped to a
 * norm of 1. Rates are a second, so a ratio of 1.67 is 0.6 of the time. The bars hold where PyTorch's matmul is slower than
 * ours, as on AMD; where the two are equal, 1.5 times looser.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, type TimedWork, timed } from './support/comparison.js';
import { MATMUL_FLOPS, prepareMatmul } from './support/matmul-work.js';
import { preparePython, startPeer } from './support/python-peer.js';
import { loadWav2Vec2, prepareWav2Vec2 } from './support/wav2vec2-work.js';

const BATCH = 4;
const N_SAMPLES = 64_000;
const N_ROUNDS = 8;
const N_STEP_ROUNDS = 5;
const BARS = { forward: 1 / 0.7, train: 1 / 0.6, peak: 0.7 };
/** Logits of two frameworks in float32 may differ by so much. */
const TOLERANCE = 1e-4;

/** What the peer answers. */
interface Answer<Result> {
  readonly seconds: number;
  readonly result: Result;
}

/** Loading, inference and fine-tuning. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('transformers', say);
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const peer = startPeer(python, 'wav2vec2.py');
  const directory = mkdtempSync(join(tmpdir(), 'wav2vec2-'));
  const matmul = prepareMatmul();
  try {
    say(`${engine.source}, ${(await peer.ask<Answer<string>>({ action: 'describe' })).result}`);
    const { result } = await peer.ask<Answer<{ nParameters: number; logits: number[] }>>({
      action: 'prepare',
      threads: availableParallelism(),
      directory,
      batch: BATCH,
      samples: N_SAMPLES,
    });
    const fileSize = statSync(join(directory, 'model.safetensors')).size;
    const before = peakBytes();
    const load = () =>
      timed(async () => {
        (await loadWav2Vec2(directory)).dispose();
      });
    const seconds = await load();
    const share = (peakBytes() - before) / fileSize;
    say(`loading: ${seconds.toFixed(2)} s (bar 3), ${share.toFixed(2)} of the file's size in memory (bar 1.5)`);

    const rows: TimedComparison[] = [];
    const row = async (name: string, bar: number | null, rounds: number, ours: TimedWork, action: string) => {
      say(`${name} ...`);
      const there = async () => (await peer.ask<Answer<number>>({ action })).seconds;
      rows.push(await compare({ name, units: 1, rounds, bar, ours, peer: there }));
    };
    await row('load', null, N_STEP_ROUNDS, load, 'load');

    const ours = await prepareWav2Vec2(directory, BATCH, N_SAMPLES);
    const difference = Math.max(...ours.logits().map((logit, i) => Math.abs(logit - result.logits[i])));
    // A race between two different models would say nothing.
    if (ours.nParameters !== result.nParameters || !(difference < TOLERANCE)) {
      throw new VoiceproofError(
        `bench: expected ${result.nParameters} parameters and the logits of transformers, got ${ours.nParameters} and ${difference} apart`,
      );
    }
    const first = await timed(ours.train);
    say(`the first compiled step, recorded and compiled: ${first.toFixed(1)} s`);
    await row('forward, one clip of 4 s', BARS.forward, N_ROUNDS, () => timed(ours.forward), 'forward');
    await row('fine-tuning step, 4 clips', BARS.train, N_STEP_ROUNDS, () => timed(ours.train), 'train');
    const memory = (await peer.ask<Answer<number>>({ action: 'memory' })).result;
    say(`the most memory: ours ${(peakBytes() / 2 ** 30).toFixed(2)} GiB, PyTorch's ${memory.toFixed(2)} GiB`);
    ours.dispose();

    say('fine-tuning step without dropout ...');
    const plain = await prepareWav2Vec2(directory, BATCH, N_SAMPLES, true);
    rows.push(
      await compare({
        name: "without dropout, GFLOP/s beside our matmul's",
        units: plain.flops() / 1e9,
        peerUnits: MATMUL_FLOPS / 1e9,
        rounds: N_STEP_ROUNDS,
        bar: BARS.peak,
        ours: () => timed(plain.train),
        peer: () => timed(matmul.run),
      }),
    );
    plain.dispose();
    return rows;
  } finally {
    peer.close();
    matmul.dispose();
    engine.close();
    rmSync(directory, { recursive: true });
  }
};

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

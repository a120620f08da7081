/**
 * The frozen recipe on Wav2Vec2-base with random weights: embedding clips of 4 s beside transformers on PyTorch (ours from
 * audio files to entries of the cache, one clip at a time; PyTorch's from ready waveforms, eight at a time), and the second
 * epoch of a run beside its first, which embeds.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLoader } from '../src/data/loader.js';
import type { Trial } from '../src/data/trial.js';
import { readExperiment } from '../src/experiment/config.js';
import { importHuggingFace } from '../src/experiment/huggingface-import.js';
import { frozenEncoder } from '../src/models/frozen-encoder.js';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import { encodeNpy } from '../src/runtime/npy.js';
import { PROJECT_ROOT } from '../src/runtime/project-root.js';
import { createRandom } from '../src/runtime/random.js';
import { createEmbedder } from '../src/training/embedding-loader.js';
import { runExperiment } from '../src/training/experiment-run.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, timed } from './support/comparison.js';
import { preparePython, startPeer } from './support/python-peer.js';
import { loadWav2Vec2 } from './support/wav2vec2-work.js';

const N_SAMPLES = 64_000;
/** Clips that are embedded at a time. */
const BATCH = 8;
const N_ROUNDS = 5;
/** Clips of the run: enough that its first epoch is all embedding. */
const N_CLIPS = 256;
const BARS = { embedding: 1.1, epoch: 50 };
const ENVIRONMENT = {
  version: '',
  commit: null,
  node: '',
  platform: '',
  engine: { kind: '', version: '', usesGpu: false },
};

/** Embedding, and an epoch on what is embedded. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('transformers', say);
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const peer = startPeer(python, 'wav2vec2.py');
  const directory = mkdtempSync(join(tmpdir(), 'frozen-'));
  try {
    const weights = join(directory, 'weights');
    await peer.ask({
      action: 'prepare',
      threads: availableParallelism(),
      directory: weights,
      batch: BATCH,
      samples: N_SAMPLES,
    });
    const trials = writeClips(join(directory, 'clips'));
    say('embedding ...');
    const embedding = await embeddingRow(weights, trials.slice(0, BATCH), async () => {
      return (await peer.ask<{ seconds: number }>({ action: 'embed' })).seconds;
    });
    say(`a run on ${N_CLIPS} clips ...`);
    const checkpoint = join(directory, 'checkpoint');
    await importHuggingFace({ directory: weights, output: checkpoint, environment: ENVIRONMENT });
    const { name, config } = await readExperiment(join(PROJECT_ROOT, 'experiments/wav2vec2-frozen.json'), {
      data: { folder: join(directory, 'clips') },
      pretrained: checkpoint,
      training: { numTrainEpochs: 2, tensorboard: false },
    });
    const run = join(directory, 'run');
    await runExperiment({
      ...{ name, config, engine, directory: run, cacheDirectory: join(directory, 'cache') },
      ...{ resume: false, logger: silentLogger },
    });
    const [first, second] = readFileSync(join(run, 'history.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).seconds as number);
    if (first === undefined || second === undefined) throw new VoiceproofError('bench: expected two epochs');
    say(`first epoch ${first.toFixed(1)} s, second ${second.toFixed(2)} s`);
    const ratio = first / second;
    const epochs: TimedComparison = {
      name: 'frozen recipe, clips/s of the second epoch; peer: the first',
      ...{ ours: N_CLIPS / second, peer: N_CLIPS / first, ratio, bar: BARS.epoch, spread: [ratio, ratio] },
    };
    return [embedding, epochs];
  } finally {
    peer.close();
    engine.close();
    rmSync(directory, { recursive: true });
  }
};

/** Clips a second, from files to the cache. */
async function embeddingRow(weights: string, trials: readonly Trial[], peer: () => Promise<number>) {
  const model = await loadWav2Vec2(weights);
  const encoder = frozenEncoder(model);
  if (encoder === undefined) throw new VoiceproofError('bench: expected an encoder');
  const embedder = createEmbedder({
    ...{ encoder, model: { type: 'wav2vec2' }, lengthRule: `start ${N_SAMPLES}` },
    ...{ cacheDirectory: undefined, isCompiled: true, logger: silentLogger },
  });
  let round = 0;
  const embed = () =>
    timed(async () => {
      // Other bytes each time: nothing is found.
      const own = trials.map((trial, i) => rewritten(trial, ++round + i));
      const set = embedder.loader({
        ...{ label: 'clips', trials: own, batchSize: BATCH, shuffle: false, seed: 1 },
        clipsOf: (missing) =>
          createLoader({
            trials: missing,
            mode: 'eval',
            nSamples: N_SAMPLES,
            seed: 1,
            batchSize: 1,
            workers: 1,
            logger: silentLogger,
          }),
      });
      for await (const batch of set.batches(1))
        if (batch.labels.length !== BATCH) throw new VoiceproofError('bench: lost clips');
    });
  const row = await compare({
    ...{ name: 'embedding, clips of 4 s', units: BATCH, rounds: N_ROUNDS, bar: BARS.embedding },
    ...{ ours: embed, peer },
  });
  embedder.dispose();
  model.dispose();
  return row;
}

function writeClips(directory: string): Trial[] {
  return Array.from({ length: N_CLIPS }, (_, i): Trial => {
    const label = i % 2 === 0 ? 'bonafide' : 'spoof';
    const folder = join(directory, label);
    mkdirSync(folder, { recursive: true });
    return rewritten({ utterance: String(i), path: join(folder, `${i}.npy`), label }, -i - 1);
  });
}

function rewritten(trial: Trial, seed: number): Trial {
  const random = createRandom('frozen', seed);
  const data = Float32Array.from({ length: N_SAMPLES }, () => 0.2 * (random.uniform() - 0.5));
  writeFileSync(trial.path, encodeNpy({ shape: [N_SAMPLES], data }));
  return trial;
}

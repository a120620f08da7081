/**
 * AASIST-L beside the authors' own code on PyTorch: the training step of 4 clips of 64,600 samples, and one clip's forward
 * pass. The authors' file is fetched from their repository and checked against its hash, or taken from where
 * VOICEPROOF_AASIST_SOURCE says. Rates are a second, so a ratio of 2.86 is 0.35 of the time. The bars hold where PyTorch's
 * matmul is slower than ours, as on AMD; where the two are equal, 1.5 times looser.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { userCacheDirectory } from '../src/runtime/cache-directory.js';
import { downloadPinned } from '../src/runtime/download.js';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import type { Benchmark } from './main.js';
import { prepareAasist } from './support/aasist-work.js';
import { compare, timed } from './support/comparison.js';
import { preparePython, startPeer } from './support/python-peer.js';

const N_CLIPS = 4;
const N_SAMPLES = 64_600;
const N_ROUNDS = 6;
const N_FORWARD_ROUNDS = 20;
const BAR = 1 / 0.35;

const SOURCE = {
  url: 'https://raw.githubusercontent.com/clovaai/aasist/a04c9863f63d44471dde8a6abcb3b082b07cd1d1/models/AASIST.py',
  bytes: 18_960,
  sha256: '9e0d3e80937dd0577beea7883098465a479da23a198ebc0d712abcc59b0bec50',
};

/** What the peer answers. */
interface Answer<Result> {
  readonly seconds: number;
  readonly result: Result;
}

/** Training and inference. */
export const benchmark: Benchmark = async (say, note) => {
  const python = preparePython('torch', say);
  const source = await findSource();
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const peer = startPeer(python, 'aasist.py');
  const ours = prepareAasist(N_CLIPS, N_SAMPLES);
  try {
    const torch = (await peer.ask<Answer<string>>({ action: 'describe' })).result;
    note(`${engine.source}, ${torch}, ${availableParallelism()} threads`);
    const request = { threads: availableParallelism(), source, batch: N_CLIPS, samples: N_SAMPLES };
    const { result } = await peer.ask<Answer<number>>({ action: 'prepare', ...request });
    // A race between two different models would say nothing.
    if (result !== ours.nParameters) {
      throw new VoiceproofError(`bench: AASIST-L: expected ${ours.nParameters} parameters in PyTorch, got ${result}`);
    }
    note(`AASIST-L's first compiled step, recorded and compiled: ${(await timed(ours.train)).toFixed(1)} s`);
    const row = (name: string, rounds: number, work: () => void, action: string) => {
      say(`${name} ...`);
      return compare({
        name,
        units: 1,
        rounds,
        bar: BAR,
        ours: () => timed(work),
        peer: async () => (await peer.ask<Answer<number>>({ action })).seconds,
      });
    };
    return [
      await row('AASIST-L train, 4 clips', N_ROUNDS, ours.train, 'train'),
      await row('AASIST-L forward, 1 clip', N_FORWARD_ROUNDS, ours.forward, 'forward'),
    ];
  } finally {
    ours.dispose();
    peer.close();
    engine.close();
  }
};

/** The authors' file: named by the user, or fetched once into the user's cache. */
async function findSource(): Promise<string> {
  const named = process.env.VOICEPROOF_AASIST_SOURCE;
  if (named !== undefined) return named;
  const path = join(userCacheDirectory(), 'bench', 'AASIST.py');
  const advice = 'offline, set VOICEPROOF_AASIST_SOURCE to models/AASIST.py of a checkout of clovaai/aasist';
  await downloadPinned(SOURCE, path, { logger: silentLogger, advice });
  return path;
}

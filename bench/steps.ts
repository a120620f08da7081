/**
 * Training steps and forward passes as compiled programs, beside the same op by op, beside TensorFlow.js without us, and
 * beside PyTorch in both of its layouts. Rates are steps per second, so a ratio of 2.5 is 0.4 of the time. The bars hold
 * where PyTorch's matmul is slower than ours, as on AMD; where the two are equal, 1.5 times looser.
 */
import { availableParallelism } from 'node:os';
import { startEngine } from '../src/runtime/engine.js';
import { VoiceproofError } from '../src/runtime/errors.js';
import { silentLogger } from '../src/runtime/logger.js';
import type { Benchmark } from './main.js';
import { compare, type TimedComparison, type TimedWork, timed } from './support/comparison.js';
import { N_DENSE, prepareStack } from './support/dense-stack.js';
import { prepareEncoder } from './support/encoder-work.js';
import { prepareLcnn } from './support/lcnn-work.js';
import { MATMUL_FLOPS, MATMUL_SIZE, prepareMatmul } from './support/matmul-work.js';
import { type PythonPeer, preparePython, startPeer } from './support/python-peer.js';
import { prepareStockLcnn } from './support/stock-lcnn.js';

const SHAPE = [16, 400, 60] as const;
const ENCODER_BATCH = 4;
const N_ROUNDS = 12;
const N_ENCODER_ROUNDS = 6;
/** Rates to reach: the inverse of the share of the other's time; of the encoder, the share of the matmul's rate. */
const BARS = {
  train: 1 / 0.4,
  trainChannelsLast: 1 / 0.6,
  trainStock: 1 / 0.5,
  forward: 1 / 0.5,
  stack: 1 / 0.3,
  forwardChannelsLast: 1,
  encoder: 0.35,
};

/** What the peer answers. */
interface Answer<Result> {
  readonly seconds: number;
  readonly result: Result;
}

/** LCNN's step and forward pass, the step of AASIST-L's encoder, and that of a stack of small layers. */
export const benchmark: Benchmark = async (say, note) => {
  const python = preparePython('torch', say);
  const threads = availableParallelism();
  const engine = await startEngine({ engine: 'native', purpose: 'training', device: 'cpu', logger: silentLogger });
  const peers = [startPeer(python, 'steps.py'), startPeer(python, 'steps.py')];
  const matmul = prepareMatmul();
  try {
    const torch = (await peers[0].ask<Answer<string>>({ action: 'describe' })).result;
    note(`TensorFlow ${engine.version} by the native engine, ${torch}, ${threads} threads`);
    // First, as its memory is measured by the most that the process ever had.
    const encoder = await encoderRow(say, note, matmul.run);
    const rows = await lcnnRows(say, note, peers, matmul.run);
    const stack = prepareStack();
    say('dense layers ...');
    const stackRow = await compare({
      name: `${N_DENSE} dense layers train, op by op`,
      units: 1,
      rounds: N_ROUNDS,
      bar: BARS.stack,
      ours: here(stack.train),
      peer: here(stack.trainPlain),
    });
    stack.dispose();
    return [...rows, stackRow, encoder];
  } finally {
    for (const peer of peers) peer.close();
    matmul.dispose();
    engine.close();
  }
};

type Say = (line: string) => void;

function here(work: () => void): TimedWork {
  return () => timed(work);
}

async function lcnnRows(
  say: Say,
  note: Say,
  peers: readonly PythonPeer[],
  matmul: () => void,
): Promise<TimedComparison[]> {
  const ours = prepareLcnn(SHAPE);
  const stock = prepareStockLcnn(ours.inputs, ours.labels);
  try {
    for (const [index, peer] of peers.entries()) {
      const request = {
        action: 'prepare',
        threads: availableParallelism(),
        shape: SHAPE,
        channelsLast: index === 1,
        matmulSize: MATMUL_SIZE,
      };
      const { result } = await peer.ask<Answer<number>>(request);
      // A race between two different models would say nothing.
      if (result !== ours.nParameters) {
        throw new VoiceproofError(`bench: LCNN: expected ${ours.nParameters} parameters in PyTorch, got ${result}`);
      }
    }
    note(`LCNN's first compiled step, recorded and compiled: ${(await timed(ours.train)).toFixed(2)} s`);
    const there =
      (peer: PythonPeer, action: string): TimedWork =>
      async () =>
        (await peer.ask<Answer<number>>({ action })).seconds;
    const row = (name: string, bar: number | null, work: () => void, peer: TimedWork): Promise<TimedComparison> => {
      say(`${name} ...`);
      return compare({ name, units: 1, rounds: N_ROUNDS, bar, ours: here(work), peer });
    };
    const [standard, last] = peers;
    const peak = await row(`matmul of ${MATMUL_SIZE}, PyTorch`, null, matmul, there(standard, 'matmul'));
    note(`matmul peak: ${((peak.ours * MATMUL_FLOPS) / 1e9).toFixed(0)} GFLOP/s`);
    return [
      peak,
      await row('LCNN train, PyTorch', BARS.train, ours.train, there(standard, 'train')),
      await row('LCNN train, PyTorch channels_last', BARS.trainChannelsLast, ours.train, there(last, 'train')),
      await row('LCNN train, TensorFlow.js', BARS.trainStock, ours.train, here(stock.train)),
      await row('LCNN train, ours op by op', null, ours.train, here(ours.trainPlain)),
      await row('LCNN forward, PyTorch', BARS.forward, ours.forward, there(standard, 'forward')),
      await row('LCNN forward, PyTorch channels_last', BARS.forwardChannelsLast, ours.forward, there(last, 'forward')),
      await shareOfPeak('LCNN train', null, N_ROUNDS, ours.train, ours.flops, matmul),
    ];
  } finally {
    ours.dispose();
    stock.dispose();
  }
}

async function encoderRow(say: Say, note: Say, matmul: () => void): Promise<TimedComparison> {
  say("AASIST-L's encoder ...");
  const encoder = prepareEncoder(ENCODER_BATCH);
  try {
    const seconds = await timed(encoder.train);
    const gibibytes = process.resourceUsage().maxRSS / 2 ** 20;
    note(
      `the encoder's first step, recorded and compiled: ${seconds.toFixed(1)} s, at most ${gibibytes.toFixed(1)} GiB`,
    );
    const { train, flops } = encoder;
    return await shareOfPeak("AASIST-L's encoder train", BARS.encoder, N_ENCODER_ROUNDS, train, flops(), matmul);
  } finally {
    encoder.dispose();
  }
}

/** Floating-point operations a second beside those of a matmul of the same engine. */
function shareOfPeak(
  name: string,
  bar: number | null,
  rounds: number,
  work: () => void,
  flops: number,
  matmul: () => void,
): Promise<TimedComparison> {
  return compare({
    name: `${name}, GFLOP/s beside our matmul's`,
    units: flops / 1e9,
    peerUnits: MATMUL_FLOPS / 1e9,
    rounds,
    bar,
    ours: here(work),
    peer: here(matmul),
  });
}

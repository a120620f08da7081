/**
 * What a person waits for who scores one clip: a whole cold process, beside a Python process that only imports PyTorch; and
 * who asks for help, beside a Node that does nothing.
 * Rates are processes per second, so a ratio above 1 is a shorter wait.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VoiceproofError } from '../src/runtime/errors.js';
import { PROJECT_ROOT } from '../src/runtime/project-root.js';
import type { Benchmark } from './main.js';
import { compare, timed } from './support/comparison.js';
import { preparePython } from './support/python-peer.js';

const CLIP = join(PROJECT_ROOT, 'corpus/ASVspoof2019_LA_dev/flac/DB_D_000002.flac');
const BIN = join(PROJECT_ROOT, 'bin/voiceproof.js');
const N_ROUNDS = 9;

/** `score` of one clip, and `--help`, each a process of its own. */
export const benchmark: Benchmark = async (say) => {
  const python = preparePython('torch', say);
  const directory = mkdtempSync(join(tmpdir(), 'voiceproof-bench-'));
  try {
    say('a checkpoint of LCNN ...');
    const checkpoint = join(directory, 'lcnn');
    run(process.execPath, [BIN, 'experiment', 'lcnn', '--set', 'training.fastDevRun=1', '--output', checkpoint]);

    return [
      await compare({
        name: 'score one clip, cold processes/s; peer: python -c "import torch"',
        units: 1,
        rounds: N_ROUNDS,
        bar: 1 / 0.35,
        ours: () => timed(() => run(process.execPath, [BIN, 'score', '--checkpoint', checkpoint, '--json', CLIP])),
        peer: () => timed(() => run(python, ['-c', 'import torch'])),
      }),
      await compare({
        name: '--help, cold processes/s; peer: node -e 0',
        units: 1,
        rounds: N_ROUNDS,
        bar: 0.5,
        ours: () => timed(() => run(process.execPath, [BIN, '--help'])),
        peer: () => timed(() => run(process.execPath, ['-e', '0'])),
      }),
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
};

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new VoiceproofError(`bench: ${command} ${args.join(' ')} failed: ${stderr.trim()}`);
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/runtime/random.js';
import { readSafetensors } from '../../src/runtime/safetensors.js';
import { runCommand, startCommand } from '../support/run-command.js';
import { copySmallCorpus } from '../support/small-corpus.js';

/** Kills in the run that is killed again and again; `npm run test:kill` asks for twenty. */
const N_KILLS = Number(process.env.VOICEPROOF_KILLS ?? 2);

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-resume-'));
beforeAll(() => copySmallCorpus(join(directory, 'clips'), 6));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

// Three steps an epoch, of which each second one is saved.
const OPTIONS = [
  'durationSeconds=0.6',
  `data.folder=${join(directory, 'clips')}`,
  'training.perDeviceTrainBatchSize=4',
  'training.dataloaderNumWorkers=0',
  'training.numTrainEpochs=3',
  'training.saveSteps=2',
  'training.maxGradNorm=1',
  'augment=[{"type":"time-shift","probability":0.5},{"type":"noise","kind":"white","snrDb":[10,30],"probability":0.5}]',
].flatMap((option) => ['--set', option]);

function argumentsFor(name: string, own: readonly string[] = []): string[] {
  const options = own.flatMap((option) => ['--set', option]);
  return ['experiment', 'lcnn-small', ...OPTIONS, ...options, '--output', join(directory, name), '--threads', '1'];
}

/** All that a run leaves but what holds times: the report, the scalars for TensorBoard, and seconds in history and state. */
function outcome(name: string): Record<string, unknown> {
  const read = (file: string): string => readFileSync(join(directory, name, file), 'latin1');
  const states = readdirSync(join(directory, name)).filter((file) => file.startsWith('checkpoint-'));
  const { tensors } = readSafetensors(join(directory, name, states.sort().at(-1) ?? ''));
  return {
    ...Object.fromEntries(
      ['model.safetensors', 'config.json', 'metrics.json', 'calibration.json', 'scores/dev.txt', 'scores/eval.txt'].map(
        (file) => [file, read(file)],
      ),
    ),
    history: read('history.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => ({ ...JSON.parse(line), seconds: 0 })),
    states,
    state: [...tensors].map(([tensor, { shape, data }]) => [
      tensor,
      shape,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  };
}

describe('a run that is killed and resumed', () => {
  // The first has all kinds of state but a moving average; those after it are for `npm run test:kill`.
  it.each(
    [
      ['averages', ['training.swa={"startRatio":0.5,"learningRate":0.0005}']],
      ['moving', ['training.emaDecay=0.9', 'training.samRho=0.05']],
      ['plain', []],
    ].slice(0, N_KILLS > 3 ? 3 : 1) as [string, string[]][],
  )(
    `ends as one that never was, after ${N_KILLS} SIGKILLs at random moments: %s`,
    async (kind, own) => {
      const [wholeName, killedName] = [`${kind}-whole`, `${kind}-killed`];
      const started = performance.now();
      const whole = await runCommand(argumentsFor(wholeName, own));
      const seconds = (performance.now() - started) / 1000;
      expect(whole.code, whole.stderr).toBe(0);

      const random = createRandom('kill', Date.now());
      for (let kill = 0; kill < N_KILLS; kill++) {
        const running = startCommand([...argumentsFor(killedName, own), '--resume']);
        await Promise.race([setTimeout(1000 * random.uniformBetween(0.05, 0.95) * seconds), running.result]);
        running.process.kill('SIGKILL');
        await running.result;
      }
      const last = await runCommand([...argumentsFor(killedName, own), '--resume']);
      expect(last.code, last.stderr).toBe(0);
      expect(outcome(killedName)).toEqual(outcome(wholeName));
    },
    300_000,
  );

  it('is saved by Ctrl-C, says how to go on, and exits with 130', async () => {
    const running = startCommand(argumentsFor('interrupted'));
    let seen = '';
    running.process.stderr?.on('data', (text: string) => {
      seen += text;
      // Once: a second Ctrl-C stops at once, without saving.
      if (/epoch +1\//.test(seen) && !running.process.killed) running.process.kill('SIGINT');
    });
    const result = await running.result;
    expect(result.code).toBe(130);
    expect(result.stderr).toMatch(/saved/);
    expect(result.stderr).toMatch(/--resume/);
    expect(result.stderr).not.toMatch(/\n {4}at /);
  });

  it('refuses to resume with other options, and names them', async () => {
    const { code, stderr } = await runCommand([
      ...argumentsFor('interrupted'),
      '--resume',
      '--set',
      'training.learningRate=0.5',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/can't resume.*training\.learningRate/);
  });
});

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExperiment } from '../../src/experiment/config.js';
import { type ExportRequest, exportCheckpoint } from '../../src/export/export.js';
import { bundledCheckpoint, openScorer } from '../../src/inference/open-scorer.js';
import { scoreRecording } from '../../src/inference/score-recording.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { runExperiment } from '../../src/training/experiment-run.js';
import { encodeWav, tone } from '../support/clips.js';
import { startTestEngine } from '../support/engine.js';
import { runCommand } from '../support/run-command.js';
import { hasShared, sharedPath } from '../support/shared.js';

const CORPUS = fileURLToPath(new URL('../../corpus/', import.meta.url));
const PROTOCOL = join(CORPUS, 'protocols/ASVspoof2019.LA.cm.dev.trl.txt');
const DEV = ['--protocol', PROTOCOL, '--audio', join(CORPUS, 'ASVspoof2019_LA_dev/flac')];

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-score-'));
const at = (...names: string[]): string => join(directory, ...names);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

beforeAll(async () => {
  const engine = await startTestEngine();
  const lines = readFileSync(join(CORPUS, 'protocols/ASVspoof2019.LA.cm.train.trn.txt'), 'utf8').trimEnd().split('\n');
  const some = ['bonafide', 'spoof'].flatMap((key) => lines.filter((line) => line.endsWith(key)).slice(0, 20));
  writeFileSync(at('train.txt'), `${some.join('\n')}\n`);
  const data = {
    train: { protocol: at('train.txt'), audio: join(CORPUS, 'ASVspoof2019_LA_train/flac') },
    dev: { protocol: PROTOCOL, audio: join(CORPUS, 'ASVspoof2019_LA_dev/flac') },
  };
  for (const seed of [1, 2]) {
    const { config } = await readExperiment('lcnn-small', {
      seed,
      data,
      durationSeconds: 0.5,
      training: { numTrainEpochs: 1, perDeviceTrainBatchSize: 20, dataloaderNumWorkers: 0 },
    });
    const output = at(`lcnn-${seed}`);
    await runExperiment({ name: 'lcnn-small', config, directory: output, engine, resume: false, logger: silentLogger });
  }
  mkdirSync(at('clips', 'deep'), { recursive: true });
  writeFileSync(at('clips', 'a.wav'), encodeWav(tone(24_000, 220, 0.3)));
  writeFileSync(at('clips', 'deep', 'b.wav'), encodeWav(new Float32Array(24_000)));
  writeFileSync(at('clips', 'deep', 'c.flac'), 'no audio');
}, 120_000);

const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('voiceproof score', () => {
  it('goes through folders into a file, past bad clips, and on with it where it was torn', async () => {
    const output = at('scores.jsonl');
    const args = ['score', '--checkpoint', at('lcnn-1'), '--output', output, at('clips')];
    const first = await runCommand(args);
    expect([first.code, first.stdout]).toEqual([1, '']);
    const rows = rowsOf(readFileSync(output, 'utf8'));
    expect(rows.map(({ file }) => file)).toEqual(
      ['a.wav', 'deep/b.wav', 'deep/c.flac'].map((name) => at('clips', name)),
    );
    expect(rows[0]).toMatchObject({ llr: expect.any(Number), probability: expect.any(Number) });
    expect(rows[1].label).toBe('no_speech');
    expect(rows[2]).toEqual({ file: rows[2].file, error: expect.stringContaining('c.flac') });

    expect((await runCommand(args)).stderr).toMatch(/is there already; go on with it by --resume/);
    appendFileSync(output, '{"file":"torn');
    writeFileSync(at('clips', 'deep', 'c.flac'), encodeWav(tone(24_000, 500, 0.3)));
    const second = await runCommand([...args, '--resume']);
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('2 of 3 are there already')]);
    expect(rowsOf(readFileSync(output, 'utf8'))).toEqual([
      rows[0],
      rows[1],
      expect.objectContaining({ file: rows[2].file }),
    ]);
  });

  it('writes the columns of ASVspoof for a protocol, from an ONNX export without an engine', async () => {
    const request: ExportRequest = { checkpoint: at('lcnn-1'), format: 'onnx', output: at('onnx'), version: '0' };
    await exportCheckpoint(request);
    const output = at('scores.txt');
    const { code, stderr } = await runCommand([
      ...['score', '--checkpoint', at('onnx'), ...DEV, '--format', 'asvspoof', '--output', output],
    ]);
    expect(stderr).not.toMatch(/engine:/);
    expect(code).toBe(0);
    // The run scored the same set, by the engine and in batches.
    const parse = (path: string) =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' '));
    const [ours, runs] = [parse(output), parse(at('lcnn-1', 'scores', 'dev.txt'))];
    expect(ours.map((columns) => columns.slice(0, 3))).toEqual(runs.map((columns) => columns.slice(0, 3)));
    const errors = ours.map((columns, i) => Math.abs(Number(columns[3]) - Number(runs[i][3])));
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });

  it.each(['savedmodel', 'tfjs-graph'] as const)('scores with a %s export as with the checkpoint', async (format) => {
    await exportCheckpoint({ checkpoint: at('lcnn-1'), format, output: at(format), version: '0' });
    const clips = [tone(24_000, 220, 0.3), tone(8000, 500, 0.2), tone(16_000, 300, 0.2)];
    const [theirs, ours] = [await openScorer(at(format)), await openScorer(at('lcnn-1'))];
    expect(theirs.calibration).toEqual(ours.calibration);
    const scores = await ours.scoreAll(clips);
    for (const [i, { score, logits }] of (await theirs.scoreAll(clips)).entries()) {
      expect(Math.abs(score - scores[i].score)).toBeLessThan(1e-4);
      expect(Math.abs(logits[0] - scores[i].logits[0])).toBeLessThan(1e-4);
    }
    theirs.dispose();
    ours.dispose();
  });

  it('names the exports that nothing here runs, and models that are gone', async () => {
    const manifest = JSON.parse(readFileSync(at('onnx', 'voiceproof.json'), 'utf8'));
    const write = (name: string, fields: object) => {
      mkdirSync(at(name));
      writeFileSync(at(name, 'voiceproof.json'), JSON.stringify({ ...manifest, ...fields }));
    };
    write('tflite', { format: 'tflite' });
    write('gone', {});
    await expect(openScorer(at('tflite'))).rejects.toThrow(/a tflite export can't be scored with here/);
    await expect(openScorer(at('gone'))).rejects.toThrow(/expected the exported model, got nothing there/);
  });
});

describe('checkpoints of checkpoints', () => {
  const members = [at('lcnn-1'), at('lcnn-2')];

  it('are ensembles, which are evaluated like others', async () => {
    const made = await runCommand(['ensemble', '--members', ...members, '--output', at('both'), '--json']);
    expect(made.code).toBe(0);
    const { eer } = JSON.parse(made.stdout);
    const { code, stdout } = await runCommand(['evaluate', '--checkpoint', at('both'), ...DEV, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).eer).toBeCloseTo(eer, 6);
  });

  it('are cascades, which say what they saved', async () => {
    const [light, heavy] = members;
    const made = await runCommand([
      'cascade',
      '--light',
      light,
      '--heavy',
      heavy,
      '--error',
      '0.1',
      '--output',
      at('two'),
    ]);
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/time saved\t-?\d/)]);
    const { code, stderr } = await runCommand(['score', '--checkpoint', at('two'), at('clips', 'a.wav')]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/the light model decided \d of 1 clips/)]);
  });
});

describe('voiceproof calibrate', () => {
  it('stores what scores mean by other clips', async () => {
    const scores = at('lcnn-2', 'scores', 'dev.txt');
    const { code, stdout } = await runCommand([
      ...['calibrate', '--checkpoint', at('lcnn-2'), '--scores', scores, '--method', 'pav', '--json'],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ map: { method: 'pav' }, fittedOn: { nBonafide: 30, nSpoof: 30 } });
    const scorer = await openScorer(at('lcnn-2'));
    expect(scorer.calibration).toEqual(JSON.parse(stdout));
    scorer.dispose();
  });
});

describe('the checkpoint that comes with the project', () => {
  const bundled = bundledCheckpoint();

  it
    .skipIf(bundled === undefined)
    .each([
      ['corpus/long/DB_L_000001.flac', join(CORPUS, 'long/DB_L_000001.flac'), 10],
      ...(hasShared
        ? [['the shared long/FG_L_000001.flac', sharedPath('corpus/long/FG_L_000001.flac'), 15] as const]
        : []),
    ] as const)('finds within a hop and a window where %s turns from human to spoofed', async (_, path, turn) => {
    const scorer = await openScorer(bundled as string);
    const windowSeconds = Math.min(4, scorer.nSamples / 16_000);
    const hopSeconds = windowSeconds / 4;
    const result = await scoreRecording(scorer, path, { windowSeconds, hopSeconds });
    scorer.dispose();
    if ('error' in result) throw new Error(result.error);
    expect(Math.abs((result.change?.time ?? 0) - turn)).toBeLessThanOrEqual(windowSeconds + hopSeconds);
    expect(result.change?.before).toBeGreaterThan(result.change?.after ?? 0);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAsvScores } from '../../src/data/asv-score-file.js';
import { hasShared, sharedPath } from '../support/shared.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-asv-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const KEYS = [
  'LA_1 U_1 gsm loc_tx bonafide target notrim eval',
  'LA_2 U_1 gsm loc_tx bonafide nontarget notrim eval',
  'LA_1 U_2 gsm loc_tx A07 spoof notrim eval',
  'LA_1 U_3 gsm loc_tx bonafide target notrim progress',
  'LA_2 U_4 gsm loc_tx bonafide nontarget notrim progress',
  'LA_1 U_5 gsm loc_tx A07 spoof notrim progress',
];
const SCORES = 'LA_1 U_1 5\nLA_2 U_1 -5\nLA_1 U_2 1\nLA_1 U_3 6\nLA_2 U_4 -6\nLA_1 U_5 2\n';

describe('reading ASV scores', () => {
  it('reads source, key and score', () => {
    const scores = readAsvScores(
      file('own.txt', 'bonafide target 5.5\nbonafide nontarget -2\nA07 spoof 1\nA08 spoof 2\n'),
    );
    expect(scores).toEqual({
      target: Float64Array.of(5.5),
      nontarget: Float64Array.of(-2),
      spoof: Float64Array.of(1, 2),
    });
  });

  it('finds the keys of the 2021 layout, where one clip meets several speakers', () => {
    file('package/trial_metadata.txt', `${KEYS.join('\n')}\n`);
    const path = file('package/system/score.txt', SCORES);
    const of = (subset?: string) => Object.values(readAsvScores(path, { subset })).map((values) => Array.from(values));
    expect(of()).toEqual([[5], [-5], [1]]);
    expect(of('progress')).toEqual([[6], [-6], [2]]);
    expect(of('all')).toEqual([
      [5, 6],
      [-5, -6],
      [1, 2],
    ]);
    expect(() => of('hidden')).toThrow('has no subset "hidden"');
  });

  it('reads the tables of ASVspoof 5, track 2, with the keys of the protocol', () => {
    const protocol = file(
      'keys.tsv',
      'filename\tspk\tcm-label\tasv-label\na\ts\tbonafide\ttarget\nb\ts\tbonafide\tnontarget\nc\ts\tspoof\tspoof\n',
    );
    const path = file(
      'tables/scores.tsv',
      'filename\tspk\tcm-score\tasv-score\tsasv-score\nb\ts\t9\t-1\t0\na\ts\t9\t1\t0\nc\ts\t9\t0.5\t0\n',
    );
    expect(readAsvScores(path, { protocol })).toEqual({
      target: Float64Array.of(1),
      nontarget: Float64Array.of(-1),
      spoof: Float64Array.of(0.5),
    });
  });
});

describe('ASV scores that can not be used', () => {
  it('names every problem at once', () => {
    const keys = file(
      'bad/keys.txt',
      `${KEYS.slice(0, 3).join('\n')}\nLA_9 U_9 gsm loc_tx bonafide tarjet notrim eval\n`,
    );
    const path = file('bad/scores.txt', 'LA_1 U_1 5\nLA_1 U_1 5\nLA_3 U_1 -5\nLA_1 U_2 nan\n');
    expect(() => readAsvScores(path, { keys })).toThrow(
      /scores\.txt: 1 score that is no finite number \(line 4 "nan"\).*1 ASV score without a key \(line 3 LA_3 U_1.*2 ASV trials without a score.*keys\.txt: 1 unknown key \(line 4 "tarjet"/,
    );
    expect(() => readAsvScores(path, { keys })).toThrow('1 ASV trial given twice (line 2 LA_1 U_1)');
  });

  it('says which kind of trial or which key file is missing', () => {
    expect(() => readAsvScores(file('lone.txt', 'bonafide target 1\nA07 spoof 2\n'))).toThrow(
      'holds no nontarget trial',
    );
    expect(() => readAsvScores(file('lost/deep/plain.txt', SCORES))).toThrow('name the ASV key file');
    expect(() => readAsvScores(file('mixed.txt', 'x target 1\nx tarjet 2\n'))).toThrow(
      '1 unknown key (line 2 "tarjet"',
    );
    expect(() => readAsvScores(file('none.txt', ' '))).toThrow('is empty');
  });
});

describe.skipIf(!hasShared)('ASV score files of the challenges', () => {
  const sizes = (path: string, options = {}) =>
    Object.values(readAsvScores(sharedPath(`reference/metrics/${path}`), options)).map((values) => values.length);

  it('reads the real scores of ASVspoof 2019', () => {
    expect(sizes('asv/ASVspoof2019.LA.asv.dev.gi.trl.scores.txt')).toEqual([1484, 5768, 22296]);
    expect(sizes('asv/ASVspoof2019.LA.asv.eval.gi.trl.scores.txt')).toEqual([5370, 33327, 63882]);
  });

  it('reads the 2021 and ASVspoof 5 layouts', () => {
    expect(sizes('package2021/keys/ASV/ASVTorch_Kaldi/score.txt', { subset: 'progress' })).toEqual([99, 110, 91]);
    const protocol = sharedPath('reference/metrics/package5/track2_keys.tsv');
    expect(sizes('package5/track2_scores.tsv', { protocol }).reduce((sum, n) => sum + n)).toBe(900);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatScores, readScores } from '../../src/data/score-file.js';
import type { ScoredTrial } from '../../src/metrics/summary.js';
import { hasShared, sharedPath } from '../support/shared.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-scores-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const PROTOCOL = 'S1 U_1 - A07 spoof\nS2 U_2 - - bonafide\nS3 U_3 - A08 spoof\n';

describe('reading scores', () => {
  it('reads utterance, source, key and score, in the order of the file', () => {
    expect(readScores(file('four.txt', 'U_1 A07 spoof -1.25e-07\r\nU_2 - bonafide 3\r\n\r\n'))).toEqual([
      { utterance: 'U_1', label: 'spoof', attackId: 'A07', score: -1.25e-7 },
      { utterance: 'U_2', label: 'bonafide', score: 3 },
    ]);
  });

  it('reads utterance, key and score, and names with spaces', () => {
    expect(readScores(file('three.txt', 'U_1 spoof 0\nU_2 genuine 1\n'))).toEqual([
      { utterance: 'U_1', label: 'spoof', score: 0 },
      { utterance: 'U_2', label: 'bonafide', score: 1 },
    ]);
    expect(readScores(file('spaces.txt', 'my voice memo - bonafide 1\nfake/my clip - spoof 0\n'))).toEqual([
      { utterance: 'my voice memo', label: 'bonafide', score: 1 },
      { utterance: 'fake/my clip', label: 'spoof', score: 0 },
    ]);
  });

  it('takes labels and attacks from a protocol', () => {
    const protocol = file('protocol.txt', PROTOCOL);
    expect(readScores(file('two.txt', 'U_3 0.5\nU_2.flac 2\nU_1 -1\n'), { protocol })).toEqual([
      { utterance: 'U_3', label: 'spoof', attackId: 'A08', score: 0.5 },
      { utterance: 'U_2', label: 'bonafide', score: 2 },
      { utterance: 'U_1', label: 'spoof', attackId: 'A07', score: -1 },
    ]);
  });

  it('reads what the LFCC-LCNN baseline of ASVspoof 2021 prints, in which 1 is bona fide', () => {
    expect(readScores(file('output.txt', 'Output, U_1, 0, -0.5\nOutput, U_2, 1, 0.25\n'))).toEqual([
      { utterance: 'U_1', label: 'spoof', score: -0.5 },
      { utterance: 'U_2', label: 'bonafide', score: 0.25 },
    ]);
  });

  it('reads commas without a header, and matches names that have folders in one of the files alone', () => {
    const protocol = file('protocol.txt', PROTOCOL);
    const trials = readScores(file('commas.txt', 'LA/flac/U_3.flac,0.5\nLA/flac/U_2.flac, 2\nU_1,-1\n'), { protocol });
    expect(trials.map(({ label, score }) => [label, score])).toEqual([
      ['spoof', 0.5],
      ['bonafide', 2],
      ['spoof', -1],
    ]);
    const twins = file('twins.txt', 'S1 a/U_1 - A07 spoof\nS2 b/U_1 - - bonafide\n');
    expect(() => readScores(file('one.txt', 'U_1 1\n'), { protocol: twins })).toThrow(/does not list/);
  });

  it('reads tables with a header in any order of columns', () => {
    const scores = file('scores.csv', 'cm-score,filename\n1.5,"a, b.wav"\n-2,c.wav\n');
    const protocol = file('keys.tsv', 'filename\tcm-label\na, b.wav\tbonafide\nc.wav\tspoof\n');
    expect(readScores(scores, { protocol })).toEqual([
      { utterance: 'a, b', label: 'bonafide', score: 1.5 },
      { utterance: 'c', label: 'spoof', score: -2 },
    ]);
    expect(readScores(file('labelled.csv', 'file;label;score;attack\nx;fake;1;TTS\ny;real;2;\n'))).toEqual([
      { utterance: 'x', label: 'spoof', attackId: 'TTS', score: 1 },
      { utterance: 'y', label: 'bonafide', score: 2 },
    ]);
  });

  it('takes the eval subset of a protocol with subsets unless another is asked for', () => {
    const keys = ['eval', 'progress', 'hidden_track'].map(
      (subset, i) =>
        `LA_${i} U_${i}a gsm loc_tx A07 spoof notrim ${subset}\nLA_${i} U_${i}b gsm loc_tx bonafide bonafide notrim ${subset}\n`,
    );
    const protocol = file('trial_metadata.txt', keys.join(''));
    const scores = file('all.txt', 'U_0a 1\nU_0b 2\nU_1a 3\nU_1b 4\nU_2a 5\nU_2b 6\n');
    const of = (subset?: string) => readScores(scores, { protocol, subset }).map(({ score }) => score);
    expect(of()).toEqual([1, 2]);
    expect(of('progress')).toEqual([3, 4]);
    expect(of('hidden')).toEqual([5, 6]);
    expect(of('all')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => of('nonesuch')).toThrow('has no subset "nonesuch"; it has eval, progress, hidden, all');
  });

  it('writes what it reads', () => {
    const trials: ScoredTrial[] = [
      { utterance: 'a b', label: 'spoof', attackId: 'A01', score: 0.1 + 0.2 },
      { utterance: 'c', label: 'bonafide', score: -1e-12 },
      { utterance: 'd', label: 'spoof', score: -0.5 },
    ];
    expect(readScores(file('written.txt', formatScores(trials, 'labelled')))).toEqual(trials);
    const protocol = file('written.csv', 'file,label,attack\n"a b",spoof,A01\nc,bonafide,\nd,spoof,\n');
    expect(readScores(file('plain.txt', formatScores(trials, 'plain')), { protocol })).toEqual(trials);
    expect(formatScores(trials.slice(1), 'labelled')).toBe('c - bonafide -1e-12\nd - spoof -0.5\n');
  });
});

describe('score files that can not be used', () => {
  it('names every problem at once, with counts and lines', () => {
    const path = file(
      'bad.txt',
      'U_1 - spoof nan\nU_2 - bonafide 1\nU_2 - bonafide 2\nU_3 - spuf 1\nU_4\nU_5 - spoof inf\n',
    );
    expect(() => readScores(path)).toThrow(
      `${path}: 2 scores that are no finite number (line 1 "nan", line 6 "inf"); ` +
        `${path}: 1 unknown label (line 4 "spuf"; write bonafide or spoof); ` +
        `${path}: 1 malformed line (line 5 "U_4"; expected "utterance source key score" or "utterance score" throughout); ` +
        `${path}: 1 utterance scored twice (U_2 in lines 2 and 3; keep one score a clip)`,
    );
  });

  it('counts what is missing on either side of the join', () => {
    const protocol = file('protocol.txt', PROTOCOL);
    const path = file('gaps.txt', 'U_1 1\nV_1 2\nV_2 3\nV_3 4\nV_4 5\n');
    expect(() => readScores(path, { protocol })).toThrow(
      `${path}: 4 scored utterances that the protocol does not list (line 2 V_1, line 3 V_2, line 4 V_3 and 1 more; ` +
        `check that the two files belong together); ${path}: 2 utterances of the protocol without a score ` +
        '(U_2 of line 2 there, U_3 of line 3 there; score all of it, or choose the subset that was scored)',
    );
  });

  it('notices labels that contradict the protocol', () => {
    const protocol = file('protocol.txt', PROTOCOL);
    const path = file('contrary.txt', 'U_1 - bonafide 1\nU_2 - bonafide 2\nU_3 A08 spoof 3\n');
    expect(() => readScores(path, { protocol })).toThrow(
      '1 label other than that of the protocol (line 1 U_1 bonafide',
    );
  });

  it('says what is missing where there are no labels, no lines, no file, or no text', () => {
    expect(() => readScores(file('two.txt', 'U_1 1\n'))).toThrow('holds no labels; name the protocol or key file');
    expect(() => readScores(file('empty.txt', '\n \n'))).toThrow('is empty');
    expect(() => readScores(join(folder, 'nowhere.txt'))).toThrow('no such file; check the path');
    expect(() => readScores(folder)).toThrow('is a folder; name a file');
    expect(() => readScores(file('binary.txt', 'RIFF\0\0\0'))).toThrow('is not text');
    expect(() => readScores(file('four.txt', 'U_1 - spoof 1\n'), { subset: 'eval' })).toThrow('name the protocol too');
  });
});

describe.skipIf(!hasShared)('score files of the challenges', () => {
  const metrics = (path: string) => sharedPath(`reference/metrics/${path}`);
  const expected = hasShared ? JSON.parse(readFileSync(metrics('expected.json'), 'utf8')) : undefined;
  const counts = (trials: readonly ScoredTrial[]) => ({
    nBonafide: trials.filter(({ label }) => label === 'bonafide').length,
    nSpoof: trials.filter(({ label }) => label === 'spoof').length,
  });

  it('reads every detector score file with the counts of the reference', () => {
    const sets = Object.values(expected.sets) as { cm_scores: string; n_bonafide: number; n_spoof: number }[];
    expect(sets.length).toBeGreaterThan(10);
    for (const set of sets) {
      expect(counts(readScores(sharedPath(`reference/${set.cm_scores}`)))).toEqual({
        nBonafide: set.n_bonafide,
        nSpoof: set.n_spoof,
      });
    }
  });

  it.each(['progress', 'eval', 'hidden_track'])('reads the 2021 package, %s', (subset) => {
    const protocol = metrics('package2021/keys/CM/trial_metadata.txt');
    const trials = readScores(metrics('package2021/score.txt'), { protocol, subset });
    const phase = expected.package_2021.phases[subset];
    expect(counts(trials)).toEqual({ nBonafide: phase.n_bonafide, nSpoof: phase.n_spoof });
    const attacks = new Set(trials.map(({ attackId }) => attackId).filter((id) => id !== undefined));
    expect([...attacks].sort()).toEqual(Object.keys(phase.eer_per_attack).sort());
  });

  it('reads both tracks of ASVspoof 5', () => {
    const track1 = readScores(metrics('package5/track1_cm_scores.tsv'), {
      protocol: metrics('package5/track1_cm_keys.tsv'),
    });
    const track2 = readScores(metrics('package5/track2_scores.tsv'), { protocol: metrics('package5/track2_keys.tsv') });
    expect(track1).toHaveLength(900);
    expect(track1[0]).toEqual({ utterance: 'E_0000000', label: 'bonafide', score: 0.5052 });
    expect(track2.map(({ score }) => score)).toEqual(track1.map(({ score }) => score));
  });
});

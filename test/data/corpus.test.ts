import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCorpus, loadTrials } from '../../src/data/corpus.js';
import { corpusOptions, protocolOptions } from '../../src/data/corpus-options.js';
import type { Trial } from '../../src/data/trial.js';
import { type Logger, silentLogger } from '../../src/runtime/logger.js';
import { parseOptions } from '../../src/runtime/options.js';
import { hasShared, sharedPath } from '../support/shared.js';

let root = '';
let warnings: string[] = [];
const logger: Logger = { ...silentLogger, warn: (line) => warnings.push(line) };

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'voiceproof-corpus-')));
  warnings = [];
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes files below the root; the content of audio is its own path, so that no two are equal. */
function write(files: Record<string, string> | string[]): void {
  const entries = Array.isArray(files) ? files.map((name) => [name, name] as const) : Object.entries(files);
  for (const [name, content] of entries) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

function load(options: unknown) {
  return loadCorpus(parseOptions(corpusOptions, options, 'test.json', ['data']), { logger, baseDirectory: root });
}

const count = (trials: readonly Trial[]) => [
  trials.filter(({ label }) => label === 'bonafide').length,
  trials.filter(({ label }) => label === 'spoof').length,
];
const names = (trials: readonly Trial[]) => trials.map(({ path }) => path.slice(root.length + 1));

/** A two-clip protocol in the format of ASVspoof 2019, of a speaker for itself. */
const protocol = (prefix: string) => `S_${prefix} ${prefix}_1 - - bonafide\nS_${prefix} ${prefix}_2 - A01 spoof\n`;

describe('the bundled corpus', () => {
  it('is what nothing named means', () => {
    const corpus = load({});
    expect(corpus.name).toBe('bundled corpus');
    expect([corpus.train, corpus.dev, corpus.eval].map(count)).toEqual([
      [90, 80],
      [30, 30],
      [62, 62],
    ]);
    expect(corpus.noise).toHaveLength(4);
    expect(warnings).toEqual([]);
  });

  it('agrees with its list of sources', () => {
    const corpus = load({});
    const sources = readFileSync(fileURLToPath(new URL('../../corpus/sources.tsv', import.meta.url)), 'utf8');
    const attackOf = new Map(
      sources
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([file, , attack]) => [file, attack]),
    );
    for (const { utterance, attackId } of [...corpus.train, ...corpus.dev, ...corpus.eval]) {
      expect(`${utterance} ${attackOf.get(utterance) ?? attackOf.get(`${utterance}.flac`)}`).toBe(
        `${utterance} ${attackId ?? '-'}`,
      );
    }
  });
});

describe('a root', () => {
  const layouts: { name: string; protocols: [string, string, string]; audio: [string, string, string]; ext: string }[] =
    [
      ...['LA', 'PA'].map((track) => ({
        name: `ASVspoof 2019 ${track}`,
        protocols: ['train.trn', 'dev.trl', 'eval.trl'].map(
          (split) => `ASVspoof2019_${track}_cm_protocols/ASVspoof2019.${track}.cm.${split}.txt`,
        ) as [string, string, string],
        audio: ['train', 'dev', 'eval'].map((split) => `ASVspoof2019_${track}_${split}/flac`) as [
          string,
          string,
          string,
        ],
        ext: 'flac',
      })),
      {
        name: 'ASVspoof 2017 V2',
        protocols: [
          'protocol_V2/ASVspoof2017_V2_train.trn.txt',
          'protocol_V2/ASVspoof2017_V2_dev.trl.txt',
          'protocol_V2/ASVspoof2017_V2_eval.trl.txt',
        ],
        audio: ['ASVspoof2017_V2_train', 'ASVspoof2017_V2_dev', 'ASVspoof2017_V2_eval/ASVspoof2017_V2_eval'],
        ext: 'wav',
      },
      {
        name: 'ASVspoof 5',
        protocols: [
          'ASVspoof5.train.tsv',
          'ASVspoof5.dev.track_1.tsv',
          'ASVspoof5_protocols/ASVspoof5.eval.track_1.tsv',
        ],
        audio: ['flac_T', 'flac_D', 'flac_E_eval'],
        ext: 'flac',
      },
    ];

  it.each(layouts)('in the layout of $name is found by itself', ({ protocols, audio, ext }) => {
    ['T', 'D', 'E'].forEach((prefix, i) => {
      write({ [protocols[i] as string]: protocol(prefix) });
      write([1, 2].map((n) => `${audio[i]}/${prefix}_${n}.${ext}`));
    });
    const corpus = load({ root: '.' });
    [corpus.train, corpus.dev, corpus.eval].forEach((trials, i) => {
      expect(names(trials)).toEqual([1, 2].map((n) => `${audio[i]}/${'TDE'[i]}_${n}.${ext}`));
    });
  });

  it('brings its own noise, and may lack an eval set', () => {
    write({
      'protocols/ASVspoof2019.LA.cm.train.trn.txt': protocol('T'),
      'protocols/ASVspoof2019.LA.cm.dev.trl.txt': protocol('D'),
    });
    write(['ASVspoof2019_LA_train/T_1.wav', 'ASVspoof2019_LA_train/T_2.wav', 'noise/b.wav', 'noise/deep/a.wav']);
    write(['ASVspoof2019_LA_dev/flac/D_1.flac', 'ASVspoof2019_LA_dev/flac/D_2.flac']);
    const corpus = load({ root });
    expect(corpus.eval).toEqual([]);
    expect(corpus.noise).toEqual([join(root, 'noise/b.wav'), join(root, 'noise/deep/a.wav')]);
    write({ 'protocols/ASVspoof2019.LA.cm.eval.trl.txt': protocol('E') });
    expect(load({ root }).eval).toEqual([]);
    expect(warnings).toEqual([
      expect.stringContaining('holds the eval protocol of ASVspoof 2019 LA but no audio folder'),
    ]);
    rmSync(join(root, 'ASVspoof2019_LA_dev'), { recursive: true });
    expect(() => load({ root })).toThrow('add it, or name it with data.dev');
  });

  it('that is none is refused with what to do', () => {
    expect(() => load({ root })).toThrow(
      'holds no train and dev protocols of ASVspoof 2019, 2017 or 5; name the files',
    );
    expect(() => load({ root: 'nowhere' })).toThrow(
      `data.root: ${join(root, 'nowhere')}: no such folder; check the path`,
    );
    mkdirSync(join(root, 'LA'));
    expect(() => load({ root })).toThrow(`(do you mean ${join(root, 'LA')}?)`);
    for (const track of ['LA', 'PA']) {
      write({
        [`ASVspoof2019.${track}.cm.train.trn.txt`]: protocol('T'),
        [`ASVspoof2019.${track}.cm.dev.trl.txt`]: protocol('D'),
      });
    }
    expect(() => load({ root })).toThrow('holds both ASVspoof 2019 LA and ASVspoof 2019 PA; choose');
  });
});

describe('parts named one by one', () => {
  beforeEach(() => {
    write({
      'train.txt': protocol('T'),
      'dev.csv': 'file,label,split\nd/D_1.wav,real,dev\nd/D_2.wav,fake,dev\nx,real,test\n',
    });
    write(['clips/T_1.wav', 'clips/part2/T_2.FLAC', 'd/D_1.wav', 'd/D_2.wav']);
  });

  it('make up a corpus', () => {
    const corpus = load({
      train: { protocol: 'train.txt', audio: 'clips' },
      dev: { protocol: 'dev.csv' },
      noise: ['d', 'clips'],
    });
    expect(corpus.name).toBe('train.txt');
    expect(corpus.train).toEqual([
      { utterance: 'T_1', path: join(root, 'clips/T_1.wav'), label: 'bonafide', speaker: 'S_T' },
      { utterance: 'T_2', path: join(root, 'clips/part2/T_2.FLAC'), label: 'spoof', speaker: 'S_T', attackId: 'A01' },
    ]);
    expect(names(corpus.dev)).toEqual(['d/D_1.wav', 'd/D_2.wav']);
    expect(corpus.noise.map((path) => path.slice(root.length + 1))).toEqual([
      'd/D_1.wav',
      'd/D_2.wav',
      'clips/T_1.wav',
      'clips/part2/T_2.FLAC',
    ]);
  });

  it('stand in for those of a named corpus', () => {
    const {
      name,
      train,
      eval: evaluation,
    } = load({
      root: dirname(dirname(load({}).noise[0] as string)),
      eval: { protocol: 'dev.csv', subset: 'dev', format: 'csv' },
    });
    expect(name).toBe('corpus');
    expect(train).toHaveLength(170);
    expect(names(evaluation)).toEqual(['d/D_1.wav', 'd/D_2.wav']);
  });

  it('serve an evaluation', () => {
    const of = (options: unknown) => loadTrials(parseOptions(protocolOptions, options, 'evaluate'), root);
    expect(names(of({ protocol: 'train.txt', audio: ['d', 'clips'] }))).toEqual([
      'clips/T_1.wav',
      'clips/part2/T_2.FLAC',
    ]);
    expect(() => of({ protocol: 'train.txt', audio: 'd' })).toThrow(
      '2 missing audio files (line 1 T_1, line 2 T_2; looked in',
    );
    expect(() => of({ protocol: 'train.txt', format: 'asvspoof2017' })).toThrow(
      '2 malformed lines (line 1 "S_T T_1 - - bonafide"',
    );
  });
});

describe('one protocol or folder', () => {
  it('is split by shares', () => {
    const lines = Array.from({ length: 50 }, (_, i) => `S${i % 10} U_${i} - ${i < 25 ? '- bonafide' : 'A01 spoof'}\n`);
    write({ 'all.txt': lines.join('') });
    write(Array.from({ length: 50 }, (_, i) => `wav/U_${i}.wav`));
    const sizes = (options: object) => {
      const { train, dev, eval: evaluation } = load({ protocol: 'all.txt', audio: 'wav', ...options });
      return [train, dev, evaluation].map(({ length }) => length);
    };
    expect(sizes({})).toEqual([40, 10, 0]);
    expect(sizes({ split: { dev: 0.1, eval: 0.3 } })).toEqual([30, 5, 15]);
    expect(load({ protocol: 'all.txt', audio: 'wav', split: { seed: 1 } }).dev).not.toEqual(
      load({ protocol: 'all.txt', audio: 'wav' }).dev,
    );
    expect(warnings).toEqual([]);
  });

  it('with parts of its own has train and dev split anew where shares are asked for', () => {
    const [own, again] = [{}, { split: { dev: 0.1 } }].map((options) => load(options));
    expect(again.eval).toEqual(own.eval);
    const names = ({ train, dev }: typeof own) => [...train, ...dev].map(({ utterance }) => utterance).sort();
    expect(names(again)).toEqual(names(own));
    expect(again.dev.length).toBeLessThan(own.dev.length);
    expect(again.dev.length).toBeGreaterThan(0);
  });

  it('is split as it says itself, unless shares are asked for', () => {
    const rows = ['train', 'val', 'test'].flatMap((split) => [`${split}_a,real,${split}`, `${split}_b,fake,${split}`]);
    write({ 'meta.csv': `file,label,split\n${rows.join('\n')}\n` });
    write(rows.map((row) => `${row.split(',')[0]}.wav`));
    const corpus = load({ protocol: 'meta.csv' });
    expect([corpus.train, corpus.dev, corpus.eval].map(names)).toEqual(
      ['train', 'val', 'test'].map((split) => [`${split}_a.wav`, `${split}_b.wav`]),
    );
    const shares = load({ protocol: 'meta.csv', split: { dev: 0.34 } });
    expect([shares.train, shares.dev, shares.eval].map(({ length }) => length)).toEqual([4, 2, 0]);
  });

  it('may be a folder, with what lies in no class folder left out', () => {
    write([...'abcde'].flatMap((name) => [`real/${name}/1.wav`, `fake/${name}/1.wav`]));
    write(['stray.wav']);
    const { train, dev } = load({ folder: root, speakers: 'folder' });
    expect([train, dev].map(count)).toEqual([
      [4, 4],
      [1, 1],
    ]);
    expect(new Set(dev.map(({ speaker }) => speaker)).size).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('1 audio files lie in no real/ or fake/ folder')]);
    expect(() => load({ folder: 'real' })).toThrow('no bonafide clip');
  });
});

describe('problems', () => {
  it('of all parts are reported together, with counts and lines', () => {
    write({
      'train.txt': `${protocol('T')}S T_3 - A02 spuf\nS T_1 - - bonafide\nS T_4\n`,
      'dev.txt': `${protocol('T')}S D_1 - - bonafide\nS D_2 - - bonafide\n`,
      'eval.txt': 'S E_1 - - bonafide\n',
    });
    write(['T_1.wav', 'T_2.wav', 'E_1.wav']);
    const options = { train: { protocol: 'train.txt' }, dev: { protocol: 'dev.txt' }, eval: { protocol: 'eval.txt' } };
    const at = (name: string) => join(root, name);
    expect(() => load(options)).toThrow(
      [
        `${at('train.txt')}: 1 unknown label (line 3 "spuf"; write bonafide or spoof)`,
        `${at('train.txt')}: 1 malformed line (line 5 "S T_4"; expected SPEAKER FILE ENVIRONMENT ATTACK KEY)`,
        `${at('train.txt')}: 1 duplicate utterance (T_1 in lines 1 and 4; list each clip once)`,
        `${at('dev.txt')}: 2 missing audio files (line 3 D_1, line 4 D_2; looked in ${root})`,
        `${at('dev.txt')}: 2 clips in more than one split (T_1 in train and dev, T_2 in train and dev; what is trained on must not judge)`,
        `${at('eval.txt')}: 1 class without clips (eval has no spoof clip)`,
      ].join('; '),
    );
  });

  it('do not include two recordings that happen to share a name, but do include copies', () => {
    write({ 'a/list.txt': protocol('X'), 'b/list.txt': protocol('X').replaceAll('S_X', 'S_Y') });
    write(['a/X_1.wav', 'a/X_2.wav', 'b/X_1.wav', 'b/X_2.wav']);
    const options = { train: { protocol: 'a/list.txt' }, dev: { protocol: 'b/list.txt' } };
    expect(names(load(options).dev)).toEqual(['b/X_1.wav', 'b/X_2.wav']);
    write({ 'b/X_1.wav': 'a/X_1.wav' });
    expect(() => load(options)).toThrow('1 clip in more than one split (X_1 in train and dev');
  });

  it('with speakers in two splits are warnings', () => {
    write({ 'a.txt': protocol('A'), 'b.txt': protocol('B').replaceAll('S_B', 'S_A') });
    write(['A_1.wav', 'A_2.wav', 'B_1.wav', 'B_2.wav']);
    expect(load({ train: { protocol: 'a.txt' }, dev: { protocol: 'b.txt' } }).dev).toHaveLength(2);
    expect(warnings).toEqual(['data: 1 speaker is in train and in dev (S_A); dev may look too good']);
  });

  it('of the options are named by path', () => {
    expect(() => load({ rot: '/x' })).toThrow('test.json: unknown option data.rot (did you mean "root"?)');
    expect(() => load({ root: 'a', folder: 'b' })).toThrow("data.folder: can't go with root; name one corpus");
    expect(() => load({ audio: 3 })).toThrow('data.audio: expected a path or a list of paths, got 3');
    expect(() => load({ audio: 'x' })).toThrow('data.audio: belongs to protocol');
    expect(() => load({ speakers: 'folder' })).toThrow('data.speakers: belongs to folder');
    expect(() => load({ split: { eval: 0.1 } })).toThrow('data.split: leaves eval as it is');
    const part = { protocol: 'a.txt' };
    expect(() => load({ train: part, dev: part, split: {} })).toThrow("data.split: can't go with train and dev");
    expect(() => load({ folder: 'a', split: { dev: 0.5, eval: 0.5 } })).toThrow('data.split: dev and eval must leave');
    expect(() => load({ train: { protocol: 'x' } })).toThrow('data.dev: is missing; name it, or a corpus');
  });
});

describe.skipIf(!hasShared)('the larger corpus', () => {
  it('is found by its root alone', () => {
    const corpus = load({ root: sharedPath('corpus') });
    expect([corpus.train, corpus.dev, corpus.eval].map(count)).toEqual([
      [137, 162],
      [46, 57],
      [67, 107],
    ]);
    expect(corpus.noise).toHaveLength(12);
  });

  it('holds clips in the style of ASVspoof 2017', () => {
    const { train, dev, eval: evaluation } = load({ root: sharedPath('corpus/asv2017') });
    expect([train, dev, evaluation].map(count)).toEqual([
      [3, 3],
      [2, 2],
      [0, 0],
    ]);
    expect(train[1]).toMatchObject({ utterance: 'T_1000002', speaker: 'M0001', attackId: 'E01-P01-R01' });
  });
});

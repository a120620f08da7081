import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFolder } from '../../src/data/folder.js';
import { ProblemList } from '../../src/data/problems.js';
import { hasShared, sharedPath } from '../support/shared.js';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'voiceproof-folder-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function read(names: string[], speakers?: string) {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
  const problems = new ProblemList();
  return { ...readFolder(root, speakers, problems), phrases: problems.phrases() };
}

describe('folders of clips', () => {
  it('take the class from a folder anywhere above the clip, by any of its words', () => {
    const { trials, phrases } = read(['x/Real/a.wav', 'Bona-Fide/b.FLAC', 'x/fake/tts/c.mp3', 'spoofed/d.ogg']);
    expect(phrases).toEqual([]);
    expect(trials).toEqual([
      { utterance: 'Bona-Fide/b', path: join(root, 'Bona-Fide/b.FLAC'), label: 'bonafide' },
      { utterance: 'spoofed/d', path: join(root, 'spoofed/d.ogg'), label: 'spoof' },
      { utterance: 'x/Real/a', path: join(root, 'x/Real/a.wav'), label: 'bonafide' },
      { utterance: 'x/fake/tts/c', path: join(root, 'x/fake/tts/c.mp3'), label: 'spoof' },
    ]);
  });

  it('keep clips of one name in both classes apart, and count what is in neither', () => {
    const { trials, nUnlabelled } = read(['real/a.wav', 'fake/a.wav', 'noise/n.wav', 'really/b.wav', 'c.wav']);
    expect(trials.map(({ utterance }) => utterance)).toEqual(['fake/a', 'real/a']);
    expect(nUnlabelled).toBe(3);
  });

  it('know speakers by the folder that holds the clip, or by a pattern', () => {
    const names = ['real/alice/1.wav', 'fake/bob/tts_2.wav'];
    expect(read(names, 'folder').trials.map(({ speaker }) => speaker)).toEqual(['bob', 'alice']);
    expect(read(names, '^\\w+/(\\w)').trials.map(({ speaker }) => speaker)).toEqual(['b', 'a']);
    expect(read(names).trials.some((trial) => 'speaker' in trial)).toBe(false);
  });

  it('name clips whose speaker is not told', () => {
    expect(read(['real/1.wav', 'fake/bob/2.wav'], 'folder').phrases).toEqual([
      `${root}: 1 clip without a speaker (real/1.wav; data.speakers must tell the speaker of every clip)`,
    ]);
    expect(() => read([], '(')).toThrow('data.speakers: expected "folder" or a regular expression');
  });

  it('name clips in folders of both classes and clips in two formats', () => {
    const { phrases } = read(['real/fake/a.wav', 'fake/b.wav', 'fake/b.flac']);
    expect(phrases).toEqual([
      `${root}: 1 clip in two formats (fake/b.flac and fake/b.wav; keep one file a clip)`,
      `${root}: 1 clip in folders of both classes (real/fake/a.wav; give every clip one class folder above it)`,
    ]);
  });

  it('tell the splits where every clip lies in a folder called like one', () => {
    const names = ['training/real/a.wav', 'validation/fake/b.wav', 'testing/real/c.wav'];
    expect(read(names).subsets).toEqual(['eval', 'train', 'dev']);
    expect(read([...names, 'real/d.wav']).subsets).toBeUndefined();
  });

  it.skipIf(!hasShared)('are read in any case of extension', () => {
    const { trials } = readFolder(sharedPath('corpus/folder'), undefined, new ProblemList());
    expect(trials.map(({ path }) => path.split('/').at(-1)).slice(0, 5)).toEqual([
      'fake_01.WAV',
      'fake_02.wav',
      'fake_03.WAV',
      'fake_04.Wav',
      'real_01.wav',
    ]);
  });
});

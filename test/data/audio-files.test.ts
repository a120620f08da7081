import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AudioFinder, hasAudioExtension, listAudio, utteranceOf } from '../../src/data/audio-files.js';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'voiceproof-audio-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
}

describe('names', () => {
  it('know the extensions we decode, in any case, and leave other dots alone', () => {
    expect(['a.FLAC', 'a.Wav', 'a.mp3', 'a.ogg', 'a.opus', 'a.npy'].every(hasAudioExtension)).toBe(true);
    expect(['a', 'a.txt', 'flac', '.wav'].some(hasAudioExtension)).toBe(false);
    expect(['x/a.b.wav', 'a.v1', './a.WAV', 'x\\a.flac'].map(utteranceOf)).toEqual(['x/a.b', 'a.v1', 'a', 'x/a']);
  });
});

describe('listing', () => {
  it('gives audio files only, sorted by code unit whatever the file system says', () => {
    touch('b.wav', 'a.flac', 'B.WAV', 'notes.txt', '.hidden.wav', 'é.wav', 'sub/c.mp3');
    expect(listAudio(root, 'here')).toEqual(['B.WAV', 'a.flac', 'b.wav', 'é.wav']);
    expect(listAudio(root, 'beneath')).toEqual(['B.WAV', 'a.flac', 'b.wav', 'sub/c.mp3', 'é.wav']);
  });

  it('follows links, once, and passes over broken ones', () => {
    touch('real/a.wav', 'elsewhere/b.wav');
    symlinkSync(root, join(root, 'real', 'circle'));
    symlinkSync(join(root, 'elsewhere', 'b.wav'), join(root, 'real', 'link.wav'));
    symlinkSync(join(root, 'nowhere.wav'), join(root, 'real', 'broken.wav'));
    expect(listAudio(join(root, 'real'), 'beneath')).toEqual(['a.wav', 'circle/elsewhere/b.wav', 'link.wav']);
  });

  it('says what is wrong with a folder', () => {
    touch('a.wav');
    expect(() => listAudio(join(root, 'nowhere'), 'here')).toThrow('no such folder; check the path');
    expect(() => listAudio(join(root, 'a.wav'), 'here')).toThrow('is no folder');
  });
});

describe('finding', () => {
  const find = (name: string, ...folders: string[]) => {
    const finder = new AudioFinder(
      folders.map((folder) => join(root, folder)),
      root,
    );
    return finder.find(name)?.slice(root.length + 1);
  };

  it('ignores case and extension', () => {
    touch('flac/U_1.FLAC', 'flac/u_2.wav');
    expect(['U_1', 'u_1.wav', 'U_2', 'U_3'].map((name) => find(name, 'flac'))).toEqual([
      'flac/U_1.FLAC',
      'flac/U_1.FLAC',
      'flac/u_2.wav',
      undefined,
    ]);
  });

  it('prefers the file as it is named, then the spelling, then FLAC', () => {
    touch('a/x.wav', 'a/x.flac', 'a/X.mp3');
    expect(['x', 'x.wav', 'X', 'x.ogg'].map((name) => find(name, 'a'))).toEqual([
      'a/x.flac',
      'a/x.wav',
      'a/X.mp3',
      'a/x.flac',
    ]);
  });

  it('looks in all folders before it looks beneath them', () => {
    touch('one/deep/x.wav', 'two/x.wav', 'one/part01/y.flac');
    expect(find('x', 'one', 'two')).toBe('two/x.wav');
    expect(find('y', 'one', 'two')).toBe('one/part01/y.flac');
  });

  it('takes names with folders from the audio folder, then from where the protocol lies', () => {
    touch('audio/s1/x.wav', 'audio/s2/x.wav', 's3/y.wav');
    expect(['s2/x.wav', 's1\\X', 's3/y', 's4/x'].map((name) => find(name, 'audio'))).toEqual([
      'audio/s2/x.wav',
      'audio/s1/x.wav',
      's3/y.wav',
      undefined,
    ]);
    expect(find(join(root, 'audio/s1/x.wav'), 's3')).toBe('audio/s1/x.wav');
  });
});

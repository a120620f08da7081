/** Lists as people have them: other encodings, comments, delimiters, and letters composed in two ways. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { AudioFinder, listAudio } from '../../src/data/audio-files.js';
import { ProblemList } from '../../src/data/problems.js';
import { parseProtocol, readProtocol } from '../../src/data/protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-lists-'));
afterAll(() => rmSync(folder, { recursive: true }));

function parsed(text: string): (readonly [utterance: string, label: string, attackId: string | undefined])[] {
  const problems = new ProblemList();
  const entries = parseProtocol(text, 'list.txt', 'auto', problems);
  problems.throwIfAny();
  return entries.map(({ utterance, label, attackId }) => [utterance, label, attackId] as const);
}

const CLIPS = [
  ['a', 'bonafide', undefined],
  ['b', 'spoof', undefined],
];

describe('a protocol', () => {
  test('of ASVspoof 2015 has four columns', () => {
    expect(parsed('T1 a human human\nT1 b S1 spoof\n')).toEqual([CLIPS[0], ['b', 'spoof', 'S1']]);
  });

  test.each(['|', ';', '\t', ','])('may part its columns by %j', (delimiter) => {
    expect(parsed(['path|label', 'a.flac|real', 'b.flac|fake'].join('\n').replaceAll('|', delimiter))).toEqual(CLIPS);
  });

  test('may hold comments, before its header and after', () => {
    expect(parsed('# made by hand\n\npath,label\n# the first\na.flac,real\nb.flac,fake\n')).toEqual(CLIPS);
    expect(parsed('# made by hand\n- a - - bonafide\n# one more\n- b - - spoof\n')).toEqual(CLIPS);
  });

  test('may hold # within a name', () => {
    expect(parsed('path,label\na#1.flac,real\n')).toEqual([['a#1', 'bonafide', undefined]]);
  });

  test.each([
    ['utf16le', Buffer.from([0xff, 0xfe])],
    ['utf16be', Buffer.from([0xfe, 0xff])],
  ])('may be %s behind a byte order mark', (encoding, mark) => {
    const text = Buffer.from('path,label\ngrüße.flac,real\n', 'utf16le');
    const path = join(folder, `${encoding}.csv`);
    writeFileSync(path, Buffer.concat([mark, encoding === 'utf16be' ? text.swap16() : text]));
    const problems = new ProblemList();
    expect(readProtocol(path, 'auto', problems).map(({ utterance }) => utterance)).toEqual(['grüße']);
  });
});

describe('a folder of clips', () => {
  test.each([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
  ] as const)('is searched for %s names where they are %s on disk', (listed, stored) => {
    const root = join(folder, `${listed}-${stored}`);
    mkdirSync(join(root, 'é'.normalize(stored)), { recursive: true });
    writeFileSync(join(root, 'café.wav'.normalize(stored)), '');
    writeFileSync(join(root, 'é'.normalize(stored), 'naïve.wav'.normalize(stored)), '');
    const finder = new AudioFinder([root], root);
    expect(finder.find('café'.normalize(listed))).toBe(join(root, 'café.wav'.normalize(stored)));
    expect(finder.find('naïve'.normalize(listed))).toBe(
      join(root, 'é'.normalize(stored), 'naïve.wav'.normalize(stored)),
    );
    expect(finder.find('é/naïve.wav'.normalize(listed))).toBe(
      join(root, 'é'.normalize(stored), 'naïve.wav'.normalize(stored)),
    );
  });

  test('passes over a link to itself', () => {
    const root = join(folder, 'loop');
    mkdirSync(root);
    symlinkSync('selfloop', join(root, 'selfloop'));
    symlinkSync('loop.wav', join(root, 'loop.wav'));
    writeFileSync(join(root, 'clip.wav'), '');
    expect(listAudio(root, 'beneath')).toEqual(['clip.wav']);
  });
});

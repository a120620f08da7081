import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openScoreOutput, type ScoreFormat } from '../../src/inference/score-output.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-output-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function writeAll(path: string, format: ScoreFormat, lines: readonly string[]): ReadonlySet<string> {
  const output = openScoreOutput(path, format, { resume: true });
  for (const line of lines) output.write(line);
  output.close();
  return output.done;
}

describe('a file of scores', () => {
  it('takes out a torn last line and failures when it is resumed, and goes on', () => {
    const path = join(directory, 'new', 'scores.jsonl');
    writeAll(path, 'jsonl', ['{"file":"a.wav","score":1}', '{"file":"b.wav","error":"b.wav: bad"}']);
    appendFileSync(path, '{"file":"c.wav","sco');
    const done = writeAll(path, 'jsonl', ['{"file":"b.wav","score":2}']);
    expect([...done]).toEqual(['a.wav']);
    expect(readFileSync(path, 'utf8')).toBe('{"file":"a.wav","score":1}\n{"file":"b.wav","score":2}\n');
  });

  it('knows utterances of both columns of ASVspoof, with spaces in their names', () => {
    const path = join(directory, 'scores.txt');
    writeFileSync(path, 'a 1.5\nmy clip - bonafide -2\nT_1 A07 spoof 0.25\ntorn');
    const output = openScoreOutput(path, 'asvspoof', { resume: true });
    output.close();
    expect([...output.done]).toEqual(['a', 'my clip', 'T_1']);
    expect(readFileSync(path, 'utf8')).toBe('a 1.5\nmy clip - bonafide -2\nT_1 A07 spoof 0.25\n');
  });

  it('is not written over', () => {
    const path = join(directory, 'there.jsonl');
    writeFileSync(path, 'notes\n');
    expect(() => openScoreOutput(path, 'jsonl', { resume: false })).toThrow(/is there already/);
    expect(() => openScoreOutput(path, 'jsonl', { resume: true })).toThrow(/line 1: expected a JSON object/);
    expect(readFileSync(path, 'utf8')).toBe('notes\n');
  });
});

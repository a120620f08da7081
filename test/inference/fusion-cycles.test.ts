import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { needsEngine, openScorer } from '../../src/inference/open-scorer.js';
import { CheckpointError } from '../../src/runtime/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-cycles-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ensemble(name: string, ...members: string[]): string {
  mkdirSync(join(folder, name), { recursive: true });
  const file = {
    format: 'voiceproof-ensemble-1',
    fusion: 'mean',
    members: members.map((path) => ({ path, weight: 0.5 })),
    bias: 0,
    threshold: 0,
  };
  writeFileSync(join(folder, name, 'ensemble.json'), JSON.stringify(file));
  return join(folder, name);
}

test.each([
  ['itself', () => ensemble('self', '.', '.'), /self > self/],
  [
    'itself through another',
    () => {
      ensemble('ring/b', '../a', '../a');
      return ensemble('ring/a', '../b', '../b');
    },
    /a > b > a/,
  ],
])('an ensemble that contains %s is refused', async (_, make, way) => {
  const directory = make();
  expect(() => needsEngine(directory)).toThrow(CheckpointError);
  await expect(openScorer(directory)).rejects.toThrow(/contains itself/);
  await expect(openScorer(directory)).rejects.toThrow(way);
});

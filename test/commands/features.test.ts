import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createFeature } from '../../src/features/registry.js';
import { decodeNpy, encodeNpy } from '../../src/runtime/npy.js';
import { runCommand } from '../support/run-command.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-features-'));
const clip = join(folder, 'clip.npy');
const speech = synthesizeSpeech(8000);
writeFileSync(clip, encodeNpy({ shape: [speech.length], data: speech }));

afterAll(() => rmSync(folder, { recursive: true }));

test('writes frames x bins with the options that were set, and nothing on stdout', async () => {
  const out = join(folder, 'made', 'out.npy');
  const { code, stdout, stderr } = await runCommand([
    'features',
    '--type',
    'lfcc',
    '--set',
    'nDeltas=1',
    '--set',
    'normalization=mean',
    clip,
    out,
  ]);
  expect([code, stdout, stderr]).toEqual([0, '', `${out}: 51 x 40 (frames x bins)\n`]);
  const { shape, data } = decodeNpy(readFileSync(out), out);
  expect(shape).toEqual([51, 40]);
  expect(data).toEqual(createFeature({ type: 'lfcc', nDeltas: 1, normalization: 'mean' }, 16000).compute(speech));
});

test('joins features whose parts are set as JSON', async () => {
  const out = join(folder, 'joined.npy');
  const parts = [{ type: 'mfcc' }, { type: 'cqt', hopLength: 160, nBins: 40, fMin: 100 }];
  const args = ['--type', 'joined', '--set', `parts=${JSON.stringify(parts)}`, clip, out];
  const { code, stderr } = await runCommand(['features', ...args]);
  expect([code, stderr]).toEqual([0, `${out}: 51 x 60 (frames x bins)\n`]);
  const { data } = decodeNpy(readFileSync(out), out);
  expect(data).toEqual(createFeature({ type: 'joined', parts }, 16000).compute(speech));
});

test('draws a pixel for each value, or axes around them', async () => {
  const [png, svg] = ['png', 'svg'].map((kind) => join(folder, `picture.${kind}`));
  for (const picture of [png, svg]) {
    const args = ['--type', 'log-mel', '--set', 'hopLength=400', '--plot', picture, clip, join(folder, 'x.npy')];
    const { code, stderr } = await runCommand(['features', ...args]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${picture}: a picture`)]);
  }
  const header = readFileSync(png);
  expect([header.toString('latin1', 1, 4), header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual(['PNG', 21, 80]);
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*log-mel.*data:image\/png;base64/s);
});

test.each([
  [['--type', 'lfc', clip], 1, 'voiceproof: feature: unknown "lfc" (did you mean "lfcc"?)\n'],
  [['--type', 'lfcc', '--set', 'nMels=3', clip], 1, /^voiceproof: lfcc: unknown option nMels.*\n$/],
  [['--type', 'lfcc', join(folder, 'none.wav')], 1, /^voiceproof: .*none\.wav: expected an audio file.*\n$/],
  [['--type', 'lfcc', '--plot', 'x.gif', clip], 1, 'voiceproof: --plot: expected a .svg or .png file, got x.gif\n'],
  [[clip], 2, /^voiceproof: .*type.*; see voiceproof --help\n$/],
])('%j ends in one line on stderr', async (args, expectedCode, message) => {
  const { code, stdout, stderr } = await runCommand(['features', ...args, join(folder, 'x.npy')]);
  expect([code, stdout]).toEqual([expectedCode, '']);
  if (typeof message === 'string') expect(stderr).toBe(message);
  else expect(stderr).toMatch(message);
});

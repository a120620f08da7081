import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import { createAugmenter } from '../../src/data/augment/registry.js';
import { encodeWav } from '../support/clips.js';
import { runCommand } from '../support/run-command.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-augment-'));
const at = (name: string) => join(folder, name);
const clip = at('clip.wav');
writeFileSync(clip, encodeWav(synthesizeSpeech(8000)));
const list = [{ type: 'speed' }, { type: 'noise', kind: 'recorded', snrDb: [5, 20] }, { type: 'spec-augment' }];
writeFileSync(at('list.json'), JSON.stringify(list));
const experiment = {
  seed: 9,
  feature: { type: 'lfcc' },
  augment: [{ type: 'gain', gainDb: [30, 30] }, { type: 'mixup' }],
  model: { type: 'lcnn' },
};
writeFileSync(at('experiment.json'), JSON.stringify(experiment));
writeFileSync(at('wrong.json'), JSON.stringify([{ type: 'gian' }]));

afterAll(() => rmSync(folder, { recursive: true }));

test('writes the clip as it would be trained on, and its picture', async () => {
  const options = ['--config', at('list.json'), '--format', 'float32', '--seed', '3', '--epoch', '2'];
  const [out, plot] = [at('made/out.wav'), at('made/plot.svg')];
  const { code, stdout, stderr } = await runCommand(['augment', ...options, '--plot', plot, clip, out]);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/out\.wav: 0\.\d\d s\n.*plot\.svg: power-spectrogram, 51 and \d\d frames of 257 bins\n$/);
  const { waveform } = await readAudio(clip);
  const noise = join(process.cwd(), 'corpus', 'noise');
  const own = [{ type: 'speed' }, { type: 'noise', kind: 'recorded', snrDb: [5, 20], directory: noise }];
  const augmenter = createAugmenter(own, { sampleRate: 16000, noise: [] }, 3);
  const sped = await augmenter.apply('clip', waveform, 2, 'clip');
  expect((await readAudio(out)).waveform).toEqual(await augmenter.apply('waveform', sped, 2, 'clip'));
  expect(readFileSync(plot, 'utf8')).toMatch(/^<svg .*<image .*<\/svg>\n$/s);
});

test("takes an experiment's list and feature, and says what can't be heard or was clipped", async () => {
  const out = at('loud.wav');
  const args = ['augment', '--config', at('experiment.json'), '--plot', at('plot.png'), clip, out];
  const { code, stderr } = await runCommand(args);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning: .*loud\.wav: \d+ samples beyond full scale were clipped; --format float32 keeps/);
  expect(stderr).toMatch(/what mixes the clips of a batch does nothing to one clip/);
  expect(readFileSync(at('plot.png')).subarray(1, 4).toString()).toBe('PNG');
});

test.each([
  [['--config', at('wrong.json'), clip], 1, /wrong\.json: 0\.type: unknown "gian" \(did you mean "gain"\?\)/],
  [['--config', at('none.json'), clip], 1, /none\.json: expected a JSON file/],
  [['--config', at('list.json'), '--plot', 'x.gif', clip], 1, /--plot: expected a \.svg or \.png file, got x\.gif/],
  [[clip], 2, /config/],
])('%j ends in one line on stderr, and writes nothing', async (args, expectedCode, message) => {
  const { code, stderr } = await runCommand(['augment', ...args, at('not.wav')]);
  expect(code).toBe(expectedCode);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(existsSync(at('not.wav'))).toBe(false);
});

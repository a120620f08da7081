/** The page of a tfjs export in a real, headless Chromium; skipped visibly where there is none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium, serveFolders } from '../../src/export/consumer-chromium.js';
import { exportCheckpoint } from '../../src/export/export.js';
import { loadDetector } from '../../src/inference/detector.js';
import { writeTestCheckpoint } from '../support/checkpoints.js';
import { encodeWav } from '../support/clips.js';
import { startTestEngine } from '../support/engine.js';
import { synthesizeSpeech } from '../support/synthetic-speech.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-page-'));
const executablePath = findChromium();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  await startTestEngine();
  writeTestCheckpoint(join(folder, 'checkpoint'), {
    durationSeconds: 0.5,
    feature: { type: 'lfcc', normalization: 'mean' },
    model: { type: 'lcnn-small' },
  });
  const output = join(folder, 'web');
  await exportCheckpoint({
    checkpoint: join(folder, 'checkpoint'),
    format: 'tfjs-graph',
    withFeatures: true,
    output,
    version: '0.0.0',
  });
});

test.skipIf(executablePath === undefined)('the page scores a file and a recording', async () => {
  const server = await serveFolders([join(folder, 'web')]);
  const browser = await chromium.launch({
    executablePath: executablePath as string,
    args: [...CHROMIUM_FLAGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    const page = await browser.newPage();
    const requests: string[] = [];
    const problems: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(server.url);
    await page.waitForSelector('body[data-ready]');
    expect(await page.getAttribute('body', 'data-ready')).not.toBe('failed');

    const file = join(folder, 'speech.wav');
    const waveform = synthesizeSpeech(6000).map((sample) => Math.round(sample * 32767) / 32768);
    writeFileSync(file, encodeWav(waveform.map((sample) => (sample * 32768) / 32767)));
    await page.setInputFiles('#file', file);
    await page.waitForSelector('#results li');
    const score = Number(await page.getAttribute('#results li', 'data-score'));
    const detector = await loadDetector(join(folder, 'checkpoint'));
    // The clip is shorter than the model's: the page repeats it as the detector does.
    expect(Math.abs(score - detector.score(waveform).score)).toBeLessThan(1e-3);
    detector.dispose();

    await page.click('#record');
    await page.waitForSelector('#record.recording');
    await page.waitForTimeout(800);
    await page.click('#record');
    await page.waitForSelector('#results li:nth-child(2)');
    expect(Number.isFinite(Number(await page.getAttribute('#results li', 'data-score')))).toBe(true);
    expect(problems).toEqual([]);
    expect(requests.every((url) => url.startsWith(server.url) || /^(data|blob):/.test(url))).toBe(true);
  } finally {
    await browser.close();
    server.close();
  }
});

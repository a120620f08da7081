/** The page in a real Chromium, with a file as its microphone: `npm test -- CLIP.wav`, which is played over and over. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { openDetector } from 'voiceproof';
import { serve } from './serve.js';

const clip = resolve(process.argv[2] ?? 'clip.wav');
const server = await serve(0);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${clip}`,
    '--autoplay-policy=no-user-gesture-required',
  ],
});
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(server.url);
  await page.click('#listen:not([disabled])');
  await page.waitForFunction(() => scores.filter((value) => value !== null).length >= 4);
  const heard = await page.evaluate(() => scores);
  assert(heard.every((value) => value === null || Number.isFinite(value)));
  assert.match(await page.textContent('#verdict'), /bona fide|spoof/);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });

  // The page's model gives the detector's own score: a tone of the length of a window.
  const detector = await openDetector();
  const waveform = Float32Array.from({ length: 16_000 * detector.maxSeconds }, (_, i) => 0.1 * Math.sin(i * i * 1e-5));
  const expected = await detector.score({ waveform, sampleRate: 16_000 });
  detector.dispose();
  const inPage = await page.evaluate((samples) => score(Float32Array.from(samples)), [...waveform]);
  assert(Math.abs(inPage - expected.score) < 1e-3, `the page says ${inPage}, the detector ${expected.score}`);
  assert.deepEqual(problems, []);
  console.log(`heard ${heard.length} windows; the page and the detector agree`);
} finally {
  await browser.close();
  server.close();
}

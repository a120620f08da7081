/**
 * The page of an export for browsers: scores files and recordings on the reader's own machine. It needs no network but the
 * folder it lies in.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { STYLE } from '../report/style.js';
import { writeFileAtomic } from '../runtime/files.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';

/** TensorFlow.js for browsers, in the order in which its parts need each other: files of npm packages, by package. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  '@tensorflow/tfjs-core': ['tf-core.min.js'],
  '@tensorflow/tfjs-converter': ['tf-converter.min.js'],
  '@tensorflow/tfjs-backend-cpu': ['tf-backend-cpu.min.js'],
  '@tensorflow/tfjs-backend-wasm': [
    'tf-backend-wasm.min.js',
    'tfjs-backend-wasm.wasm',
    'tfjs-backend-wasm-simd.wasm',
    'tfjs-backend-wasm-threaded-simd.wasm',
  ],
};

/** The build puts this one into `dist/vendor`, as nothing else of its package is needed. */
const WEBGL_LIBRARY = 'tf-backend-webgl.min.js';

/** What a page loads to have `tf`, with all backends. */
export const SCRIPTS: readonly string[] = [...Object.values(LIBRARIES).map(([script = '']) => script), WEBGL_LIBRARY];

/** The folder of the vendored files in the export. */
export const VENDOR_FOLDER = 'vendor';

/** Writes the page and the libraries that it loads. */
export function writePage(directory: string): void {
  copyLibraries(join(directory, VENDOR_FOLDER));
  writeFileAtomic(join(directory, 'index.html'), PAGE);
}

/** Copies TensorFlow.js into a folder. */
export function copyLibraries(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { resolve } = createRequire(import.meta.url);
  for (const [name, files] of Object.entries(LIBRARIES)) {
    const dist = dirname(resolve(name));
    for (const file of files) copyFileSync(join(dist, file), join(folder, file));
  }
  copyFileSync(join(PROJECT_ROOT, 'dist/vendor', WEBGL_LIBRARY), join(folder, WEBGL_LIBRARY));
}

const PAGE_STYLE = `
main { max-width: 760px; }
button { font: inherit; color: #fff; background: var(--bonafide); border: 0; border-radius: 8px; padding: 9px 18px; cursor: pointer; }
button:disabled { background: var(--neutral); cursor: default; }
button.recording { background: var(--spoof); }
button:focus-visible, .drop:focus-within { outline: 3px solid var(--bonafide); outline-offset: 2px; }
.drop { display: block; margin: 28px 0 16px; padding: 44px 24px; text-align: center; cursor: pointer; background: var(--panel); border: 2px dashed var(--neutral); border-radius: 14px; }
.drop.over { border-color: var(--bonafide); }
.drop input { position: absolute; opacity: 0; width: 1px; height: 1px; }
.drop b { color: var(--bonafide); }
.row { display: flex; gap: 14px; align-items: center; flex-wrap: wrap; }
#status { color: var(--muted); min-height: 1.5em; }
#results { list-style: none; padding: 0; margin-top: 24px; display: grid; gap: 10px; }
#results li { background: var(--panel); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 16px; }
#results .top { display: flex; justify-content: space-between; gap: 12px; overflow-wrap: anywhere; }
#results .bonafide { color: var(--bonafide); font-weight: 600; }
#results .spoof { color: var(--spoof); font-weight: 600; }
#results p { color: var(--muted); font-size: 13px; }
.scale { position: relative; height: 8px; border-radius: 4px; margin: 12px 0 6px; background: linear-gradient(90deg, var(--spoof), var(--rule) 50%, var(--bonafide)); }
.scale i { position: absolute; top: -4px; width: 4px; height: 16px; margin-left: -2px; border-radius: 2px; background: var(--ink); }
`;

const SCRIPT = `
'use strict';
const SECONDS_OF_RECORDING = 60;
const byId = (id) => document.getElementById(id);
let model, manifest;

/** float32 values of a .npy file, row by row. */
async function readRows(path, nRows) {
  const buffer = await (await fetch(path)).arrayBuffer();
  const values = new Float32Array(buffer.slice(10 + new DataView(buffer).getUint16(8, true)));
  const length = values.length / nRows;
  return Array.from({ length: nRows }, (_, row) => values.subarray(row * length, (row + 1) * length));
}

async function scoreOf(values) {
  const input = tf.tensor(values, [1, ...manifest.input.shape]);
  const output = model.execute({ [manifest.input.name]: input }, 'score');
  const [score] = await output.data();
  tf.dispose([input, output]);
  return score;
}

/** Scores of the self-test's clips on the backend at hand. */
async function selfTest() {
  const rows = await readRows(manifest.selfTest.inputs, manifest.selfTest.clips.length);
  const scores = [];
  for (const row of rows) scores.push(await scoreOf(row));
  return scores;
}

function agrees(scores) {
  const { scores: expected, tolerance } = manifest.selfTest;
  return scores.every((score, i) => Math.abs(score - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])));
}

/** The first backend that gives the checkpoint's own scores. */
async function start(backends = ['wasm', 'webgl', 'cpu']) {
  manifest ??= await (await fetch('voiceproof.json')).json();
  tf.wasm?.setWasmPaths('vendor/');
  for (const backend of backends) {
    try {
      if (!(await tf.setBackend(backend))) continue;
      model = await tf.loadGraphModel(manifest.model);
      const scores = await selfTest();
      if (agrees(scores)) return { backend, scores };
    } catch (error) {
      console.warn(backend, error);
    }
  }
  throw new Error('no way of computing in this browser gives the scores that it should');
}

/** Mono, at the model's rate, of the model's length: shorter clips repeated, longer ones cut. */
async function toClip(encoded) {
  const { sampleRate, nSamples } = manifest.input;
  const decoder = new OfflineAudioContext(1, 1, sampleRate);
  const audio = await decoder.decodeAudioData(encoded);
  const mixer = new OfflineAudioContext(1, Math.max(1, Math.ceil(audio.duration * sampleRate)), sampleRate);
  const source = mixer.createBufferSource();
  source.buffer = audio;
  source.connect(mixer.destination);
  source.start();
  const samples = (await mixer.startRendering()).getChannelData(0);
  return { clip: Float32Array.from({ length: nSamples }, (_, i) => samples[i % samples.length]), seconds: audio.duration };
}

function show(name, score, seconds) {
  const isBonafide = score >= manifest.threshold;
  const item = document.createElement('li');
  item.innerHTML = '<div class="top"><span></span><span></span></div><div class="scale"><i></i></div><p></p>';
  const [title, verdict] = item.querySelectorAll('span');
  title.textContent = name;
  verdict.textContent = isBonafide ? 'bona fide' : 'spoof';
  verdict.className = isBonafide ? 'bonafide' : 'spoof';
  const share = 1 / (1 + Math.exp(-(score - manifest.threshold)));
  item.querySelector('i').style.left = (100 * share).toFixed(1) + '%';
  const cut = seconds > manifest.input.nSamples / manifest.input.sampleRate ? ', of which the beginning was scored' : '';
  item.querySelector('p').textContent =
    'score ' + score.toFixed(4) + ', threshold ' + manifest.threshold.toFixed(4) + ', ' + seconds.toFixed(1) + ' s' + cut;
  item.dataset.score = String(score);
  byId('results').prepend(item);
}

async function scoreFile(name, blob) {
  byId('status').textContent = 'Scoring ' + name + ' …';
  try {
    const { clip, seconds } = await toClip(await blob.arrayBuffer());
    show(name, await scoreOf(clip), seconds);
    byId('status').textContent = '';
  } catch (error) {
    byId('status').textContent = name + ': ' + (error.name === 'EncodingError' ? 'this browser can\\u2019t decode it' : error.message);
  }
}

async function record() {
  const button = byId('record');
  if (button.recorder) return button.recorder.stop();
  try {
    // Untouched: what cleans speech for calls changes what a detector looks for.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    const recorder = new MediaRecorder(stream);
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      button.recorder = undefined;
      button.textContent = 'Record';
      button.classList.remove('recording');
      scoreFile('recording ' + new Date().toLocaleTimeString(), new Blob(parts));
    };
    recorder.start();
    setTimeout(() => recorder.state === 'recording' && recorder.stop(), 1000 * SECONDS_OF_RECORDING);
    button.recorder = recorder;
    button.textContent = 'Stop';
    button.classList.add('recording');
  } catch (error) {
    byId('status').textContent = 'No recording: ' + error.message;
  }
}

async function open() {
  const { backend } = await start();
  byId('about').textContent = manifest.checkpoint.name + ' (' + manifest.checkpoint.architecture + '), on ' + backend;
  byId('status').textContent = '';
  byId('record').disabled = false;
  const drop = byId('drop');
  drop.ondragover = (event) => { event.preventDefault(); drop.classList.add('over'); };
  drop.ondragleave = () => drop.classList.remove('over');
  drop.ondrop = async (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    for (const file of [...event.dataTransfer.files]) await scoreFile(file.name, file);
  };
  byId('file').onchange = async ({ target }) => {
    for (const file of [...target.files]) await scoreFile(file.name, file);
    target.value = '';
  };
  byId('record').onclick = record;
  document.body.dataset.ready = backend;
}

open().catch((error) => {
  byId('status').textContent = error.message;
  document.body.dataset.ready = 'failed';
});
`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Is it a human voice?</title>
<link rel="icon" href="data:,">
<style>${STYLE}${PAGE_STYLE}</style>
${SCRIPTS.map((script) => `<script src="${VENDOR_FOLDER}/${script}"></script>`).join('\n')}
</head>
<body>
<main>
<header>
<p class="kicker">VOICEPROOF</p>
<h1>Is it a human voice?</h1>
<p class="description">Scores speech for signs of synthesis, conversion and replay. Everything is computed here: no audio
leaves this machine. A score is evidence, not proof.</p>
</header>
<label class="drop" id="drop"><input type="file" id="file" accept="audio/*" multiple><b>Choose audio</b> or drop it here</label>
<div class="row"><button id="record" disabled>Record</button><span id="status" role="status">Loading …</span></div>
<ul id="results" aria-live="polite"></ul>
<p class="note" id="about"></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

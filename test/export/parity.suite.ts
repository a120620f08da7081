/**
 * Checkpoints, and what becomes of them in Python TensorFlow, TensorFlow.js in Node and Chromium, and onnxruntime in Node
 * and Python: equal scores on clips of the bundled corpus. Python is the one in VOICEPROOF_PYTHON, or an environment that
 * is made once from bench/requirements-exports.txt; what is not installed is skipped visibly.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preparePython } from '../../bench/support/python-peer.js';
import { readAudio, SAMPLE_RATE } from '../../src/data/audio.js';
import { loadCorpus } from '../../src/data/corpus.js';
import { corpusOptions } from '../../src/data/corpus-options.js';
import { toFixedLength } from '../../src/data/fixed-length.js';
import type { ExportFormat } from '../../src/experiment/export-formats.js';
import type { ConsumerRequest } from '../../src/export/consumer.js';
import { exportCheckpoint } from '../../src/export/export.js';
import { askConsumer, consumers, judge } from '../../src/export/verify.js';
import { createFeature } from '../../src/features/registry.js';
import { loadDetector } from '../../src/inference/detector.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { encodeNpy } from '../../src/runtime/npy.js';
import { writeTestCheckpoint } from '../support/checkpoints.js';
import { startTestEngine } from '../support/engine.js';

const N_CLIPS = 20;
const TOLERANCE = 1e-4;
/** With the front-end in the program: a logarithm of float32 sums against one of float64 sums. */
const FEATURE_TOLERANCE = 1e-3;

const experimentOf = (name: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`../../experiments/${name}.json`, import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;

const TINY_WAV2VEC2 = {
  description: 'Tiny Wav2Vec2',
  durationSeconds: null,
  model: {
    type: 'wav2vec2',
    convolutions: [
      { nChannels: 32, kernelSize: 10, stride: 5 },
      { nChannels: 32, kernelSize: 3, stride: 2 },
      { nChannels: 32, kernelSize: 3, stride: 2 },
      { nChannels: 32, kernelSize: 3, stride: 2 },
      { nChannels: 32, kernelSize: 3, stride: 2 },
      { nChannels: 32, kernelSize: 2, stride: 2 },
      { nChannels: 32, kernelSize: 2, stride: 2 },
    ],
    hiddenSize: 32,
    nLayers: 2,
    nHeads: 2,
    intermediateSize: 64,
    positionKernelSize: 16,
    positionGroups: 4,
    projectionSize: 16,
  },
};

const architectures: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  lcnn: experimentOf('lcnn'),
  resnet2: experimentOf('resnet2'),
  'aasist-l': experimentOf('aasist-l'),
  rawnet2: experimentOf('rawnet2'),
  'wav2vec2 (tiny)': TINY_WAV2VEC2,
};

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-exports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let python: string;
const clips: Float32Array[] = [];

beforeAll(async () => {
  await startTestEngine();
  python = process.env.VOICEPROOF_PYTHON || preparePython('exports', (line) => process.stderr.write(`${line}\n`));
  const { eval: trials } = loadCorpus(corpusOptions.parse({}), { logger: silentLogger });
  const step = Math.floor(trials.length / N_CLIPS);
  for (let i = 0; i < N_CLIPS; i++) clips.push((await readAudio(trials[i * step].path)).waveform);
});

interface Case {
  readonly format: ExportFormat;
  readonly withFeatures?: boolean;
}

async function expectParity(name: string, { format, withFeatures = false }: Case): Promise<void> {
  const checkpoint = join(folder, name.replace(/\W+/g, '-'));
  if (!existsSync(checkpoint)) writeTestCheckpoint(checkpoint, architectures[name]);
  const directory = join(folder, `${name.replace(/\W+/g, '-')}-${format}-${withFeatures}`);
  const manifest = await exportCheckpoint({
    checkpoint,
    format,
    output: directory,
    withFeatures,
    python,
    version: '0.0.0',
  });
  const { nSamples, kind, feature, shape } = manifest.input;
  const fixed = clips.map((clip) => toFixedLength(clip, nSamples));
  const detector = loadDetector(checkpoint);
  const scores = fixed.map((clip) => detector.score(clip).score);
  detector.dispose();
  // Scores that hardly differ from clip to clip would agree whatever is wrong.
  expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(10 * TOLERANCE);
  const extractor = kind === 'features' && feature !== null ? createFeature(feature, SAMPLE_RATE) : undefined;
  const values = extractor === undefined ? fixed : fixed.map((clip) => extractor.compute(clip));
  const data = new Float32Array(N_CLIPS * values[0].length);
  for (const [i, row] of values.entries()) data.set(row, i * row.length);
  const inputs = { shape: [N_CLIPS, ...shape], data };
  const inputsPath = join(folder, 'inputs.npy');
  writeFileSync(inputsPath, encodeNpy(inputs));
  const request: ConsumerRequest = { directory, manifest, inputsPath, inputs, python, chromium: undefined };
  const tolerance = withFeatures ? FEATURE_TOLERANCE : TOLERANCE;
  for (const consumer of consumers[format]) {
    const row = judge(consumer.name, await askConsumer(consumer, request), { scores, tolerance });
    const { status, largestDifference = Number.NaN, reason = '' } = row;
    process.stderr.write(`${name} ${format}: ${consumer.name}: ${status} ${largestDifference} ${reason}\n`);
    expect(row, consumer.name).toMatchObject({ status: expect.stringMatching(/^(ok|skipped)$/) });
  }
  rmSync(directory, { recursive: true });
}

describe.each(Object.keys(architectures))('%s gives the scores of its checkpoint', (name) => {
  test.each([{ format: 'savedmodel' }, { format: 'tfjs-graph' }, { format: 'onnx' }] as const)(
    'as $format',
    async (each) => expectParity(name, each),
  );
});

describe.each(['lcnn', 'resnet2'])('%s with its features', (name) => {
  test.each([
    { format: 'savedmodel', withFeatures: true },
    { format: 'tfjs-graph', withFeatures: true },
    { format: 'onnx', withFeatures: true },
  ] as const)('as $format', async (each) => expectParity(name, each));
});

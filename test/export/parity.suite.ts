/**
 * Checkpoints, and what becomes of them in TensorFlow in Node and Python, TensorFlow.js in Node and Chromium, and
 * onnxruntime in Node, Python and Chromium: equal scores on clips of the bundled corpus. Python is the one in
 * VOICEPROOF_PYTHON, or an environment that is made once from bench/requirements-exports.txt. A consumer that is not there
 * is a skipped test, with the reason: so is WebGL where there is no GPU. Its emulation refuses shaders of large models that
 * GPUs take, so that it runs a small one, and WebAssembly stands for TensorFlow.js in the browser.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { preparePython } from '../../bench/support/python-peer.js';
import { readAudio, SAMPLE_RATE } from '../../src/data/audio.js';
import { loadCorpus } from '../../src/data/corpus.js';
import { corpusOptions } from '../../src/data/corpus-options.js';
import { toFixedLength } from '../../src/data/fixed-length.js';
import { RUN_FILES } from '../../src/experiment/checkpoint.js';
import type { ExportFormat } from '../../src/experiment/export-formats.js';
import type { ExportManifest } from '../../src/experiment/export-manifest.js';
import type { Consumer, ConsumerRequest } from '../../src/export/consumer.js';
import { tfjsInChromium } from '../../src/export/consumer-chromium.js';
import { exportCheckpoint } from '../../src/export/export.js';
import { askConsumer, consumers } from '../../src/export/verify.js';
import { createFeature } from '../../src/features/registry.js';
import { loadDetector } from '../../src/inference/detector.js';
import { messageOf } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { decodeNpy, encodeNpy } from '../../src/runtime/npy.js';
import { readSafetensors, writeSafetensors } from '../../src/runtime/safetensors.js';
import { writeTestCheckpoint } from '../support/checkpoints.js';
import { startTestEngine } from '../support/engine.js';

const N_CLIPS = 20;
const TOLERANCE = 1e-4;
/** With the front-end in the program: a logarithm of float32 sums against one of float64 sums. */
const FEATURE_TOLERANCE = 1e-3;
/** Scores of the clips that hardly differ would agree whatever is wrong. */
const LEAST_SPREAD = 1;
const FORMATS = ['savedmodel', 'tfjs-graph', 'onnx'] as const;

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

const SMALL = { durationSeconds: 0.5, feature: { type: 'lfcc' }, model: { type: 'lcnn-small' } };

/** Those whose front-ends are exported too. */
const WITH_FEATURES = ['lcnn', 'resnet2'];

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-exports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let python = 'python3';
const clips: Float32Array[] = [];

beforeAll(async () => {
  await startTestEngine();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    python = process.env.VOICEPROOF_PYTHON || preparePython('exports', say);
  } catch (error) {
    say(`${messageOf(error)}; python3 as it is here will have to do`);
  }
  const { eval: trials } = loadCorpus(corpusOptions.parse({}), { logger: silentLogger });
  const step = Math.floor(trials.length / N_CLIPS);
  for (let i = 0; i < N_CLIPS; i++) clips.push((await readAudio(trials[i * step].path)).waveform);
});

interface Case {
  readonly checkpoint: string;
  readonly format: ExportFormat;
  readonly withFeatures: boolean;
}

/** An export, and what its consumers are asked. */
async function prepare({ checkpoint, format, withFeatures }: Case): Promise<ConsumerRequest> {
  const directory = `${checkpoint}-${format}-${withFeatures}`;
  const manifest = await exportCheckpoint({ checkpoint, format, output: directory, withFeatures, version: '0.0.0' });
  const { nSamples, kind, feature, shape } = manifest.input;
  const extractor = kind === 'features' && feature !== null ? createFeature(feature, SAMPLE_RATE) : undefined;
  const fixed = clips.map((clip) => toFixedLength(clip, nSamples));
  const values = extractor === undefined ? fixed : fixed.map((clip) => extractor.compute(clip));
  const data = new Float32Array(N_CLIPS * values[0].length);
  for (const [i, row] of values.entries()) data.set(row, i * row.length);
  const inputs = { shape: [N_CLIPS, ...shape], data };
  const inputsPath = join(folder, 'inputs.npy');
  writeFileSync(inputsPath, encodeNpy(inputs));
  return { directory, manifest, inputsPath, inputs, python, chromium: undefined };
}

/** The checkpoint's own scores. */
async function scoresOf(checkpoint: string, { nSamples }: ExportManifest['input']): Promise<number[]> {
  const detector = await loadDetector(checkpoint);
  const scores = clips.map((clip) => detector.score(toFixedLength(clip, nSamples)).score);
  detector.dispose();
  expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(LEAST_SPREAD);
  return scores;
}

function largestDifference(scores: readonly number[], expected: readonly number[]): number {
  expect(scores).toHaveLength(expected.length);
  return Math.max(...scores.map((score, i) => Math.abs(score - expected[i])));
}

/** Consumers that are not there, and why. */
const absences = new Map<Consumer, string>();

/** The scores by a consumer; skips the test where it is not there. */
async function ask(
  consumer: Consumer,
  request: ConsumerRequest,
  skip: TestContext['skip'],
): Promise<readonly number[]> {
  const known = absences.get(consumer);
  if (known !== undefined) skip(known);
  const result = await askConsumer(consumer, request);
  if (result.status === 'absent') {
    absences.set(consumer, result.reason);
    skip(result.reason);
  }
  if (result.status !== 'done') throw new Error(result.reason);
  return result.scores;
}

const expectedOf = new Map<string, number[]>();

/** A test for each consumer of an export. */
function testConsumers({ format, withFeatures, checkpoint }: Case): void {
  let request: ConsumerRequest;
  let expected: number[];
  beforeAll(async () => {
    request = await prepare({ checkpoint, format, withFeatures });
    expected = expectedOf.get(checkpoint) ?? (await scoresOf(checkpoint, request.manifest.input));
    expectedOf.set(checkpoint, expected);
  });

  test.for(consumers[format])('by $name', async (consumer, { skip }) => {
    const scores = await ask(consumer, request, skip);
    expect(largestDifference(scores, expected)).toBeLessThan(withFeatures ? FEATURE_TOLERANCE : TOLERANCE);
  });
}

describe.each(Object.keys(architectures))('%s gives the scores of its checkpoint', (name) => {
  const checkpoint = join(folder, name.replace(/\W+/g, '-'));
  beforeAll(() => writeTestCheckpoint(checkpoint, architectures[name], clips.slice(0, 4)));
  describe.each(FORMATS)('as %s', (format) => testConsumers({ checkpoint, format, withFeatures: false }));
  if (WITH_FEATURES.includes(name)) {
    describe.each(FORMATS)('as %s, with its features', (format) =>
      testConsumers({ checkpoint, format, withFeatures: true }),
    );
  }
});

test('a small model gives the scores of its checkpoint on WebGL, emulated where there is no GPU', async ({ skip }) => {
  const checkpoint = join(folder, 'small');
  writeTestCheckpoint(checkpoint, SMALL, clips);
  const directory = join(folder, 'small-web');
  const manifest = await exportCheckpoint({ checkpoint, format: 'tfjs-graph', output: directory, version: '0.0.0' });
  const path = join(directory, manifest.selfTest.inputs);
  const inputs = decodeNpy(readFileSync(path), path);
  const request = { directory, manifest, inputsPath: path, inputs, python, chromium: undefined };
  const scores = await ask(tfjsInChromium('webgl', true), request, skip);
  expect(largestDifference(scores, manifest.selfTest.scores)).toBeLessThan(TOLERANCE);
});

// What the tests above can see: an export that is off by this little fails them.
describe('a checkpoint with one kernel off by a hundredth', () => {
  const [right, wrong] = ['right', 'wrong'].map((name) => join(folder, name));
  let expected: number[];
  beforeAll(() => {
    writeTestCheckpoint(right, SMALL, clips);
    cpSync(right, wrong, { recursive: true });
    const path = join(wrong, RUN_FILES.model);
    const { tensors, metadata } = readSafetensors(path);
    const [[name, tensor]] = [...tensors].filter(([, { shape }]) => shape.length === 4);
    const data = Float32Array.from(tensor.data as Float32Array, (value) => 1.01 * value);
    writeSafetensors(path, new Map(tensors).set(name, { ...tensor, data }), metadata);
  });
  describe.each(FORMATS)('as %s', (format) => {
    let request: ConsumerRequest;
    beforeAll(async () => {
      request = await prepare({ checkpoint: wrong, format, withFeatures: false });
      expected ??= await scoresOf(right, request.manifest.input);
    });
    test.for(consumers[format])('has other scores by $name', async (consumer, { skip }) => {
      const scores = await ask(consumer, request, skip);
      expect(largestDifference(scores, expected)).toBeGreaterThan(TOLERANCE);
    });
  });
});

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunEnvironment } from '../../src/experiment/checkpoint.js';
import { importHuggingFace } from '../../src/experiment/huggingface-import.js';
import { loadDetector } from '../../src/inference/detector.js';
import { loadEmbedder } from '../../src/inference/embed.js';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../../src/runtime/safetensors.js';
import { startTestEngine } from '../support/engine.js';
import { hasShared, sharedPath } from '../support/shared.js';
import { PickleWriter, torchArchive, zip } from '../support/torch-files.js';

const environment: RunEnvironment = {
  version: '0',
  commit: null,
  node: 'v20',
  platform: 'test',
  engine: { kind: 'native', version: '2', usesGpu: false },
};

/** Of float32 against float32, as the references have it. */
const DIGITS = 4;

let root: string;
let folder: string;
let output: string;

beforeAll(async () => {
  await startTestEngine();
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'huggingface-'));
  folder = join(root, 'model');
  output = join(root, 'checkpoint');
});

afterEach(() => rmSync(root, { recursive: true }));

/** Copies a reference folder without its expectations, with these fields of its config changed. */
function copyOf(name: string, change: Readonly<Record<string, unknown>> = {}): void {
  for (const file of ['config.json', 'preprocessor_config.json', 'model.safetensors']) {
    cpSync(sharedPath(`reference/wav2vec2/${name}/${file}`), join(folder, file));
  }
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  rmSync(join(folder, 'config.json'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, ...change }));
}

const run = (bonafideLabel?: string) => importHuggingFace({ directory: folder, output, bonafideLabel, environment });
const expectedOf = (name: string, file = 'expected') =>
  readSafetensors(sharedPath(`reference/wav2vec2/${name}/${file}.safetensors`)).tensors;
const values = (tensor: StoredTensor | undefined) => Array.from((tensor as StoredTensor).data as Float32Array);

describe.skipIf(!hasShared)('a folder', () => {
  test('for classification scores as it is, in its own order beside its labels', async () => {
    const clip = expectedOf('tiny-cls-base').get('raw_a')?.data as Float32Array;
    const [first, second] = values(expectedOf('tiny-cls-base').get('single.logits'));
    for (const [labels, isReversed] of [
      [['fake', 'real'], false],
      [['Bona fide', 'Spoof'], true],
    ] as const) {
      copyOf('tiny-cls-base', { id2label: { 1: labels[1], 0: labels[0] } });
      await run();
      const detector = await loadDetector(output);
      const { logits, score } = detector.score(clip);
      expect(detector.metadata.labels).toEqual(labels);
      expect(logits[0]).toBeCloseTo(first, DIGITS);
      expect(logits[1]).toBeCloseTo(second, DIGITS);
      expect(score).toBeCloseTo(isReversed ? first - second : second - first, DIGITS);
      // Compiled, as a second clip of the same length is.
      expect(detector.score(clip).score).toBeCloseTo(score, 5);
      detector.dispose();
      rmSync(output, { recursive: true });
      rmSync(folder, { recursive: true });
    }
  });

  test('with a weighted sum of layers scores as transformers 4 has it', async () => {
    copyOf('tiny-cls-xlsr-weighted');
    await run();
    const detector = await loadDetector(output);
    const { logits } = detector.score(expectedOf('tiny-cls-xlsr-weighted').get('raw_a')?.data as Float32Array);
    const wanted = values(expectedOf('tiny-cls-xlsr-weighted', 'expected_v4').get('single.logits'));
    wanted.forEach((value, i) => {
      expect(logits[i]).toBeCloseTo(value, DIGITS);
    });
    detector.dispose();
  });

  test('with an encoder alone embeds, and says why it can not score', async () => {
    copyOf('tiny-wavlm');
    expect((await run()).labels).toBeUndefined();
    await expect(loadDetector(output)).rejects.toThrow(/an encoder without a head/);
    const clip = expectedOf('tiny-wavlm').get('raw_a')?.data as Float32Array;
    const all = await loadEmbedder(output, 'all');
    const states = all.embed(clip);
    expect([...states.keys()]).toEqual([0, 1, 2, 3].map((i) => `hidden_states.${i}`));
    const wanted = values(expectedOf('tiny-wavlm').get('single.hidden_states.2'));
    values(states.get('hidden_states.2')).forEach((value, i) => {
      expect(Math.abs(value - wanted[i])).toBeLessThan(1e-4);
    });
    expect(() => all.embed(new Float32Array(399))).toThrow(/at least 400 samples \(25 ms\), got 399/);
    expect(all.embed(new Float32Array(400)).get('hidden_states.0')?.shape).toEqual([1, 1, 48]);
    expect([...(await loadEmbedder(output, 'last')).embed(clip).keys()]).toEqual(['hidden_states.3']);
    expect([...(await loadEmbedder(output, 1)).embed(clip).keys()]).toEqual(['hidden_states.1']);
    await expect(loadEmbedder(output, 4)).rejects.toThrow(/all, last or 0 to 3, got 4/);
  });

  test('in shards is read by its index', async () => {
    copyOf('tiny-base');
    const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
    rmSync(join(folder, 'model.safetensors'));
    const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const names = [...tensors.keys()];
    shards.forEach((shard, part) => {
      const own = names.filter((_, i) => i % 2 === part);
      writeSafetensors(join(folder, shard), new Map(own.map((name) => [name, tensors.get(name) as StoredTensor])));
    });
    const weight_map = Object.fromEntries(names.map((name, i) => [name, shards[i % 2]]));
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ metadata: {}, weight_map }));
    expect((await run()).nParameters).toBe(94_000);
  });

  test('of another task keeps its encoder', async () => {
    copyOf('tiny-base', { architectures: ['Wav2Vec2ForPreTraining'] });
    const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
    const prefixed = [...tensors].map(([name, tensor]): [string, StoredTensor] => [`wav2vec2.${name}`, tensor]);
    const other: StoredTensor = { dtype: 'F32', shape: [2], data: new Float32Array(2) };
    const more = ['quantizer.codevectors', 'project_hid.weight', 'lm_head.bias', 'wav2vec2.masked_spec_embed'];
    writeSafetensors(join(folder, 'weights'), new Map([...prefixed, ...more.map((name) => [name, other] as const)]));
    cpSync(join(folder, 'weights'), join(folder, 'model.safetensors'), { force: true });
    expect((await run()).labels).toBeUndefined();
  });

  test('is not written over what is there', async () => {
    copyOf('tiny-base');
    await run();
    await expect(run()).rejects.toThrow(/expected a new or an empty folder/);
    await expect(importHuggingFace({ directory: folder, output: folder, environment })).rejects.toThrow(
      /choose another/,
    );
  });
});

describe.skipIf(!hasShared)('hostile and broken folders', () => {
  /** The one line by which the folder is refused, nothing being written. */
  async function refusal(): Promise<string> {
    const error = await run().then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toMatch(/^(Checkpoint|Config)Error$/);
    expect(error.message).toMatch(/^[^\n]+$/);
    expect(existsSync(output)).toBe(false);
    return error.message;
  }

  /** Replaces the weights by what `change` makes of them. */
  function change(edit: (tensors: Map<string, StoredTensor>) => void): void {
    const tensors = new Map(readSafetensors(join(folder, 'model.safetensors')).tensors);
    edit(tensors);
    rmSync(join(folder, 'model.safetensors'));
    writeSafetensors(join(folder, 'model.safetensors'), tensors);
  }

  const pickled = (bytes: Buffer): void => {
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'pytorch_model.bin'), bytes);
  };
  const indexed = (weight_map: unknown): void => {
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  };

  test.each<[string, () => void, RegExp]>([
    ['no config', () => rmSync(join(folder, 'config.json')), /config.json, got none/],
    ['a config cut short', () => writeFileSync(join(folder, 'config.json'), '{"model_type"'), /expected JSON/],
    ['another model', () => copyOf('tiny-base', { model_type: 'bert' }), /model_type: .*got "bert"/],
    ['an adapter', () => copyOf('tiny-base', { add_adapter: true }), /add_adapter: adapters are not supported/],
    ['another activation', () => copyOf('tiny-base', { hidden_act: 'relu' }), /hidden_act: expected "gelu"/],
    ['a size of no number', () => copyOf('tiny-base', { hidden_size: 'large' }), /hidden_size/],
    ['too few kernels', () => copyOf('tiny-base', { conv_kernel: [10] }), /conv_kernel: expected as many/],
    [
      'heads that don’t fit',
      () => copyOf('tiny-base', { num_attention_heads: 5 }),
      /num_attention_heads: expected a divisor of hidden_size, 48, got 5/,
    ],
    ['another width', () => copyOf('tiny-base', { hidden_size: 64 }), /of another shape/],
    ['more layers than weights', () => copyOf('tiny-base', { num_hidden_layers: 4 }), /16 missing: encoder.layers.3/],
    ['fewer layers than weights', () => copyOf('tiny-base', { num_hidden_layers: 2 }), /16 unexpected/],
    ['no weights', () => rmSync(join(folder, 'model.safetensors')), /expected model.safetensors/],
    [
      'weights cut short',
      () => {
        const path = join(folder, 'model.safetensors');
        const bytes = readFileSync(path);
        rmSync(path);
        writeFileSync(path, bytes.subarray(0, 1000));
      },
      /cut short/,
    ],
    [
      'a tensor missing',
      () => change((all) => all.delete('encoder.layer_norm.bias')),
      /1 missing: encoder.layer_norm.bias/,
    ],
    [
      'integers for floats',
      () =>
        change((all) => all.set('encoder.layer_norm.bias', { dtype: 'I32', shape: [48], data: new Int32Array(48) })),
      /expected floats \[48\], got I32/,
    ],
    [
      'a pickle that calls a function',
      () =>
        pickled(
          torchArchive(new PickleWriter().global('os', 'system').op('(').text('touch hacked').op('tR').end(), {}),
        ),
      /"os.system"/,
    ],
    [
      'a zip bomb',
      () => pickled(zip([{ name: 'a/data.pkl', bytes: Buffer.alloc(99), method: 8, size: 4e9 }])),
      /compressed/,
    ],
    ['a shard elsewhere', () => indexed({ 'encoder.layer_norm.bias': '../../etc/passwd' }), /a file beside it, got/],
    ['a shard at an absolute path', () => indexed({ a: '/etc/passwd.safetensors' }), /a file beside it, got/],
    ['a shard that is not there', () => indexed({ a: 'model-1.safetensors' }), /no such file/],
    ['an index of no map', () => indexed([1, 2]), /weight_map/],
  ])('with %s are refused', async (_, harm, message) => {
    copyOf('tiny-base');
    harm();
    expect(await refusal()).toMatch(message);
    expect(readdirSync(root)).toEqual(['model']);
  });

  test('with classes that can not be told apart are refused, unless they are told', async () => {
    copyOf('tiny-cls-base', { id2label: undefined });
    expect(await refusal()).toMatch(/can't tell which class is bona fide: LABEL_0, LABEL_1/);
    await run('LABEL_0');
    const detector = await loadDetector(output);
    const [first, second] = values(expectedOf('tiny-cls-base').get('single.logits'));
    const { score } = detector.score(expectedOf('tiny-cls-base').get('raw_a')?.data as Float32Array);
    expect(score).toBeCloseTo(first - second, DIGITS);
    detector.dispose();
  });
});

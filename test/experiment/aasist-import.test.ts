import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fetchPretrained, importAasistFile, PRETRAINED_BASE_URL } from '../../src/experiment/aasist-import.js';
import { type RunEnvironment, readModel, readRunConfig } from '../../src/experiment/checkpoint.js';
import { loadDetector } from '../../src/inference/detector.js';
import { aasistWeightRules } from '../../src/models/aasist.weights.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { type StoredTensor, writeSafetensors } from '../../src/runtime/safetensors.js';
import { readReference } from '../support/arrays.js';
import { startTestEngine } from '../support/engine.js';
import { hasShared, sharedPath } from '../support/shared.js';

const environment: RunEnvironment = {
  version: '0',
  commit: null,
  node: 'v20',
  platform: 'test',
  engine: { kind: 'native', version: '2', usesGpu: false },
};

let root: string;
let output: string;

beforeAll(async () => {
  await startTestEngine();
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aasist-'));
  output = join(root, 'checkpoint');
});

afterEach(() => rmSync(root, { recursive: true }));

/** Fresh weights of one of our models under the published names, as the authors' files have them. */
function publishedTensors(type: string): Map<string, StoredTensor> {
  const weights = namedWeights(buildModel({ type }, [null], 7));
  return new Map(
    aasistWeightRules.map(({ from, to, axes }) => {
      const { variable } = weights.get(to) as { variable: tf.Variable };
      const inverse = axes?.map((_, axis) => axes.indexOf(axis));
      const tensor = inverse === undefined ? variable : tf.transpose(variable, inverse);
      return [from, { dtype: 'F32', shape: tensor.shape, data: tensor.dataSync<'float32'>().slice() }];
    }),
  );
}

test.each(['aasist', 'aasist-l'] as const)('a file of %s becomes a checkpoint that scores', async (type) => {
  const file = join(root, 'mine.safetensors');
  writeSafetensors(file, publishedTensors(type), {});
  expect(await importAasistFile({ file, output, environment })).toMatchObject({ type });
  const { name, config } = await readRunConfig(output);
  expect(name).toBe('mine');
  expect(config).toMatchObject({ description: 'Imported from mine.safetensors.', model: { type }, feature: null });
  expect(readModel(output)).toMatchObject({ threshold: 0, inputShape: [64_600] });
  if (type === 'aasist') return;
  const detector = await loadDetector(output, { compile: false });
  const clip = Float32Array.from({ length: 70_000 }, (_, i) => Math.sin(i * 0.05 + Math.sin(i * 0.001)));
  const net = buildModel({ type }, [64_600], 7);
  const wanted = [...(net.apply(tf.tensor2d(clip.slice(0, 64_600), [1, 64_600])) as tf.Tensor).dataSync()];
  expect(detector.score(clip).logits).toEqual(wanted);
  detector.dispose();
});

test('what can’t be imported is refused, and nothing is written', async () => {
  const file = join(root, 'other.safetensors');
  const tensors = publishedTensors('aasist-l');
  const attempt = () => importAasistFile({ file, output, environment });
  await expect(attempt()).rejects.toThrow(/other\.safetensors: expected a file of weights, got nothing there$/);
  tensors.delete('out_layer.bias');
  writeSafetensors(file, tensors, {});
  await expect(attempt()).rejects.toThrow(/out_layer\.bias: missing/);
  tensors.delete('pos_S');
  writeSafetensors(file, tensors, {});
  await expect(attempt()).rejects.toThrow(/expected the weights of AASIST or AASIST-L/);
  expect(existsSync(output)).toBe(false);
  mkdirSync(output);
  writeFileSync(join(output, 'note'), '');
  await expect(attempt()).rejects.toThrow(/expected a new or an empty folder, got one with files/);
});

describe.skipIf(!hasShared)('the published files', () => {
  test.each(['AASIST-L.pth', 'AASIST-L.safetensors'])('%s give the reference’s logits', async (name) => {
    await importAasistFile({ file: sharedPath(`reference/aasist/${name}`), output, environment });
    const detector = await loadDetector(output, { compile: false });
    const clip = readReference('inputs/batch4_64600.npy').data.slice(64_600, 2 * 64_600) as Float32Array;
    const wanted = readReference('aasist/AASIST-L.logits.npy').data.slice(2, 4) as Float32Array;
    const { logits, score } = detector.score(clip);
    logits.forEach((logit, i) => {
      expect(Math.abs(logit - (wanted[i] as number))).toBeLessThan(1e-4);
    });
    expect(score).toBeCloseTo((wanted[1] as number) - (wanted[0] as number), 3);
    detector.dispose();
  });

  test('are fetched from a server, checked, kept, and imported', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end(readFileSync(sharedPath('reference/aasist/AASIST-L.pth')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`;
      const request = { name: 'aasist-l', cacheDirectory: join(root, 'cache'), baseUrl, environment } as const;
      await fetchPretrained({ ...request, output, logger: silentLogger });
      await fetchPretrained({ ...request, output: `${output}2`, logger: silentLogger });
      expect(asked).toEqual(['/mirror/models/weights/AASIST-L.pth']);
      expect((await readRunConfig(output)).config.description).toMatch(
        /clovaai\/aasist at a04c986 \(MIT, NAVER Corp\.\)/,
      );
      const weights = [output, `${output}2`].map((folder) => readFileSync(join(folder, 'model.safetensors')));
      expect(weights[1]).toEqual(weights[0]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('are the pinned ones', () => {
    const hash = (name: string) =>
      createHash('sha256')
        .update(readFileSync(sharedPath(`reference/aasist/${name}.pth`)))
        .digest('hex');
    const source = readFileSync(new URL('../../src/experiment/aasist-import.ts', import.meta.url), 'utf8');
    for (const name of ['AASIST', 'AASIST-L']) expect(source).toContain(hash(name));
  });
});

test('offline, the message says what to do', async () => {
  expect(PRETRAINED_BASE_URL).toMatch(/^https:\/\/raw\.githubusercontent\.com\/clovaai\/aasist\/[0-9a-f]{40}$/);
  const request = { name: 'aasist-l', cacheDirectory: root, baseUrl: 'http://127.0.0.1:1', environment } as const;
  await expect(fetchPretrained({ ...request, output, logger: silentLogger })).rejects.toThrow(
    /can't be fetched \(.*\); offline, fetch it elsewhere and run "voiceproof import aasist AASIST-L\.pth --output /,
  );
});

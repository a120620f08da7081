import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fetchHuggingFaceFolder } from '../../src/experiment/huggingface-hub.js';
import { silentLogger } from '../../src/runtime/logger.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const config = Buffer.from('{"model_type":"wav2vec2"}');
const weights = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251));

/** A hub with one model of a config, weights and a file that nobody needs. */
const files = new Map<string, Buffer>();
let hub: ReturnType<typeof createServer>;
let hubUrl: string;
let asked: string[];
let tokens: (string | undefined)[];
let cacheDirectory: string;

function answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent(url.split('?')[0]);
  asked.push(path + (headers.range === undefined || headers.range === 'bytes=0-0' ? '' : ` ${headers.range}`));
  tokens.push(headers.authorization);
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  const body = files.get(path.split('/').at(-1) ?? '');
  if (path.startsWith('/api/models/some/model/revision/')) json({ id: 'some/model', sha: COMMIT });
  else if (path === `/api/models/some/model/tree/${COMMIT}`) {
    json(
      [...files].map(([name, bytes]) => {
        const lfs = { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 130 };
        return { type: 'file', path: name, size: bytes.length, oid: '1', ...(name.startsWith('model') ? { lfs } : {}) };
      }),
    );
  } else if (path.startsWith(`/some/model/resolve/${COMMIT}/`) && body !== undefined) {
    const [, from, to] = /bytes=(\d+)-(\d+)?/.exec(headers.range ?? '') ?? [];
    const part = body.subarray(Number(from ?? 0), to === undefined ? undefined : Number(to) + 1);
    response.writeHead(from === undefined ? 200 : 206, {
      etag: '"1"',
      'content-length': part.length,
      'content-range': `bytes ${from ?? 0}-${Number(from ?? 0) + part.length - 1}/${body.length}`,
    });
    response.end(part);
  } else {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end('{"error":"Repository not found"}');
  }
}

beforeAll(async () => {
  hub = createServer(answer);
  await new Promise<void>((resolve) => {
    hub.listen(0, '127.0.0.1', resolve);
  });
  hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
});
afterAll(() => {
  hub.close();
});
beforeEach(() => {
  files.clear();
  files.set('config.json', config).set('model.safetensors', weights).set('README.md', Buffer.from('read me'));
  asked = [];
  tokens = [];
  cacheDirectory = mkdtempSync(join(tmpdir(), 'hub-'));
});
afterEach(() => rmSync(cacheDirectory, { recursive: true }));

const fetchModel = (more: object = {}) =>
  fetchHuggingFaceFolder({ name: 'some/model', cacheDirectory, logger: silentLogger, hubUrl, ...more });

test('the files that matter are fetched once, to a folder of their commit', async () => {
  const folder = await fetchModel({ token: 'hf_secret' });
  expect(folder).toBe(join(cacheDirectory, 'some--model', COMMIT));
  expect(readFileSync(join(folder, 'config.json'))).toEqual(config);
  expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
  expect(existsSync(join(folder, 'README.md'))).toBe(false);
  expect(new Set(tokens)).toEqual(new Set(['Bearer hf_secret']));
  asked = [];
  expect(await fetchModel({ revision: 'v1.0' })).toBe(folder);
  expect(asked).toEqual(['/api/models/some/model/revision/v1.0']);
});

test('a download that broke off goes on where it stopped', async () => {
  const folder = await fetchModel();
  for (const name of ['model.safetensors', '.complete']) rmSync(join(folder, name));
  writeFileSync(join(folder, 'model.safetensors.part'), weights.subarray(0, 1234));
  asked = [];
  await fetchModel();
  expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
  expect(asked).toContain(`/some/model/resolve/${COMMIT}/model.safetensors bytes=1234-4999`);
});

test('bytes that are not the hub’s are thrown away', async () => {
  const folder = join(cacheDirectory, 'some--model', COMMIT);
  await fetchModel();
  for (const name of ['model.safetensors', '.complete']) rmSync(join(folder, name));
  writeFileSync(join(folder, 'model.safetensors.part'), Buffer.alloc(1234));
  await expect(fetchModel()).rejects.toThrow(/some\/model: model.safetensors: damaged on the way/);
  await fetchModel();
  expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(weights);
});

test('without a network what was fetched before serves, and else the message says what to do', async () => {
  const folder = await fetchModel();
  const nowhere = 'http://127.0.0.1:9';
  expect(await fetchModel({ hubUrl: nowhere })).toBe(folder);
  await expect(fetchModel({ hubUrl: nowhere, name: 'other/model' })).rejects.toThrow(
    /^other\/model: no such folder, and the hub can't be reached \(.*\); copy the model's folder here and give its path$/,
  );
});

test('a model that is not there, is no model, or leads out of the cache is refused', async () => {
  await expect(fetchModel({ name: 'no/such' })).rejects.toThrow(/^no\/such: the hub has no such model .*HF_TOKEN/);
  await expect(fetchModel({ name: '../up' })).rejects.toThrow(/expected a hub name/);
  await expect(fetchModel({ revision: '../up' })).rejects.toThrow(/expected a hub name/);
  files.delete('model.safetensors');
  await expect(fetchModel()).rejects.toThrow(/expected config.json and model.safetensors or/);
});

test('an index that names a file elsewhere is refused', async () => {
  files.delete('model.safetensors');
  files.set('model.safetensors.index.json', Buffer.from('{"weight_map":{"a":"../b.safetensors"}}'));
  await expect(fetchModel()).rejects.toThrow(/a file beside it/);
});

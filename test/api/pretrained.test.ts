import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, PRETRAINED_MODELS, pretrained } from '../../src/index.js';
import { countParameters, namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { startTestEngine } from '../support/engine.js';
import { hasShared, sharedPath } from '../support/shared.js';

let folder: string;
const servers: Server[] = [];
beforeAll(startTestEngine);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voiceproof-pretrained-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) server.close();
});

/** A mirror of the authors' repository. @returns its address, and the ranges that it was asked for */
async function mirror(answer: (response: ServerResponse, from: number) => void) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200);
    answer(response, from);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ranges };
}

describe('a pretrained model', () => {
  it.each([...PRETRAINED_MODELS])('%s knows what it is, and nothing is fetched for that', (name) => {
    const model = pretrained(name);
    expect(model).toMatchObject({ name, sampleRate: 16_000, durationSeconds: 4.0375, licence: 'MIT' });
    expect(model.polarity).toBe('higher is bona fide');
    expect(model.source).toMatch(/^https:\/\/github\.com\/clovaai\/aasist\/tree\/[0-9a-f]{40}$/);
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    const built = buildModel({ type: model.architecture }, [64_600], 1);
    expect(countParameters(namedWeights(built))).toBe(model.nParameters);
    built.dispose();
  });

  it('is found by its nearest name', () => {
    const other = () => pretrained('aasist-1' as 'aasist-l');
    expect(other).toThrow(ConfigError);
    expect(other).toThrow(
      /^pretrained: expected one of aasist, aasist-l, got "aasist-1" \(did you mean "aasist-l"\?\)/,
    );
  });

  it('of other content is refused, and nothing is left', async () => {
    const { baseUrl } = await mirror((response) => response.end(Buffer.alloc(426_428)));
    const output = join(folder, 'checkpoint');
    const downloading = pretrained('aasist-l').download({ output, baseUrl, cacheDirectory: folder });
    await expect(downloading).rejects.toThrow(/expected sha256 814331d08803\.\.\., got/);
    expect(existsSync(output)).toBe(false);
  });

  it.skipIf(!hasShared)(
    'stops in the middle of its download, goes on from there, and opens from the cache',
    async () => {
      const file = readFileSync(sharedPath('reference/aasist/AASIST-L.pth'));
      let isWhole = false;
      const { baseUrl, ranges } = await mirror((response, from) => {
        if (isWhole) {
          response.end(file.subarray(from));
          return;
        }
        // At first it sends a little now and then.
        let sent = 0;
        const timer = setInterval(() => {
          response.write(file.subarray(sent, sent + 100));
          sent += 100;
        }, 1);
        response.on('close', () => clearInterval(timer));
      });
      const options = { baseUrl, cacheDirectory: folder };
      const stop = new AbortController();
      const reason = new Error('the train is leaving');
      const part = join(folder, 'pretrained', 'AASIST-L.pth.part');
      const onProgress = () => void ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 0 && stop.abort(reason));
      await expect(pretrained('aasist-l').open({ ...options, signal: stop.signal, onProgress })).rejects.toBe(reason);
      isWhole = true;
      for (let time = 0; time < 2; time++) {
        await using detector = await pretrained('aasist-l').open(options);
        expect([detector.description, detector.maxSeconds]).toEqual(['AASIST-L, epoch 0', 4.0375]);
        const { score } = await detector.score({ waveform: new Float32Array(16_000).fill(0.1), sampleRate: 16_000 });
        expect(Number.isFinite(score)).toBe(true);
      }
      // Twice, and the second time only the rest.
      expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    },
  );
});

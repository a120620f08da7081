import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mlflowListener } from '../../examples/mlflow-listener/mlflow-listener.js';
import { runExperiment } from '../../src/index.js';
import { startTestEngine } from '../support/engine.js';
import { writeTinyCorpus } from '../support/tiny-corpus.js';

const folder = mkdtempSync(join(tmpdir(), 'voiceproof-mlflow-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  writeTinyCorpus(join(folder, 'clips'), 16);
  await startTestEngine();
});

/** A request without its moments, which are not ours to say. */
type Call = [path: string, body: unknown];

let server: Server;
let url: string;
let calls: Call[];
/** Path from which on the server is out of order. */
let broken: string | undefined;

beforeEach(async () => {
  calls = [];
  broken = undefined;
  // Answers as MLflow's tracking server does, to what the listener asks of it.
  server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace('/api/2.0/mlflow/', '');
    const body = request.method === 'POST' ? await json(request) : undefined;
    calls.push([path, body]);
    const answers: Record<string, unknown> = {
      'experiments/create': { experiment_id: '7' },
      'runs/create': { run: { info: { run_id: 'run-1' } } },
      'runs/log-batch': {},
      'runs/update': {},
    };
    const answer = path === broken ? undefined : answers[path];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { error_code: 'RESOURCE_DOES_NOT_EXIST' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

const tiny = {
  durationSeconds: 1,
  data: { folder: join(folder, 'clips'), split: { dev: 0.25, eval: 0.25 } },
  feature: { type: 'log-mel', nMels: 40 },
  model: { type: 'lcnn-small', nLogits: 2 },
  training: { perDeviceTrainBatchSize: 4, fastDevRun: 2, dataloaderNumWorkers: 0 },
};
const train = (name: string) =>
  runExperiment(tiny, {
    directory: join(folder, name),
    listeners: [mlflowListener({ url, experiment: 'voice proof' })],
  });

describe('the MLflow listener', () => {
  it('creates a run, logs its options, steps, epoch and evaluation, and ends it', async () => {
    const { dev, eval: evaluated } = await train('whole');
    expect(calls.map(([path]) => path)).toEqual([
      'experiments/get-by-name?experiment_name=voice%20proof',
      'experiments/create',
      'runs/create',
      // Options, the epoch with its steps, dev, eval.
      ...['runs/log-batch', 'runs/log-batch', 'runs/log-batch', 'runs/log-batch'],
      'runs/update',
    ]);
    const bodies = calls.map(([, body]) => body);
    expect(bodies[2]).toMatchObject({ experiment_id: '7', run_name: 'whole' });
    expect(bodies[3]).toMatchObject({
      run_id: 'run-1',
      params: expect.arrayContaining([{ key: 'seed', value: '42' }]),
    });
    const logged = (bodies[4] as { metrics: { key: string; step: number }[] }).metrics;
    expect(logged.map(({ key, step }) => [key, step])).toEqual([
      ...[1, 2].map((step) => ['step/loss', step]),
      ...['epoch/loss', 'epoch/learning_rate', 'dev/loss', 'dev/eer'].map((key) => [key, 2]),
    ]);
    expect(bodies[5]).toMatchObject({ metrics: [{ key: 'dev/eer', value: dev.eer }] });
    expect(bodies[6]).toMatchObject({ metrics: [{ key: 'eval/eer', value: evaluated?.eer }] });
    expect(bodies[7]).toMatchObject({ run_id: 'run-1', status: 'FINISHED' });
  });

  it('ends the run with a line that names it where the server fails', async () => {
    broken = 'runs/create';
    await expect(train('broken')).rejects.toThrow(
      /^listener mlflow: onStart failed: http:\S+: runs\/create: the server answered 404; the run ends/,
    );
  });
});

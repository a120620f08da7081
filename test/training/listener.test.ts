import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../src/experiment/config.js';
import type { Engine } from '../../src/runtime/engine.js';
import { TrainingError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { type ExperimentRun, runExperiment } from '../../src/training/experiment-run.js';
import { type RunListener, RunListeners } from '../../src/training/listener.js';
import { startTestEngine } from '../support/engine.js';
import { writeTinyCorpus } from '../support/tiny-corpus.js';

const directory = mkdtempSync(join(tmpdir(), 'voiceproof-listener-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

let engine: Engine;
beforeAll(async () => {
  writeTinyCorpus(join(directory, 'clips'), 16);
  engine = await startTestEngine();
});

const config = parseExperiment(
  {
    durationSeconds: 1,
    data: { folder: join(directory, 'clips'), split: { dev: 0.25, eval: 0.25 } },
    feature: { type: 'log-mel', nMels: 40 },
    model: { type: 'lcnn-small', nLogits: 2 },
    training: {
      perDeviceTrainBatchSize: 4,
      overfitBatches: 3,
      numTrainEpochs: 2,
      dataloaderNumWorkers: 0,
      saveSteps: 2,
    },
  },
  'test',
);

const run = (name: string, listeners: readonly RunListener[], also: Partial<ExperimentRun> = {}) =>
  runExperiment({
    ...{ name, config, engine, listeners, resume: false, logger: silentLogger },
    directory: join(directory, name),
    ...also,
  });

/** A listener that notes the events, each with what tells it from others. */
function recorder(): { readonly events: string[]; readonly listener: RunListener } {
  const events: string[] = [];
  const listener: RunListener = {
    onStart: ({ resumed, history, nEpochs }) => {
      events.push(`start ${resumed?.epoch ?? 'new'}.${resumed?.batch ?? ''} ${history.length}/${nEpochs}`);
    },
    onStep: ({ epoch, batch, nBatches, step, isUpdate }) => {
      events.push(`step ${epoch}.${batch}/${nBatches} ${step}${isUpdate ? '' : ' gathered'}`);
    },
    onEpoch: ({ record }) => void events.push(`epoch ${record.epoch}`),
    onBest: ({ epoch }) => void events.push(`best ${epoch}`),
    onSaved: ({ epoch, batch }) => void events.push(`saved ${epoch}.${batch}`),
    onEvaluated: ({ set, scored, metrics }) => {
      events.push(`evaluated ${set} ${scored.length === metrics.nBonafide + metrics.nSpoof}`);
    },
    onEnd: ({ outcome }) => void events.push(`end ${outcome}`),
  };
  return { events, listener };
}

const historyOf = (name: string) => {
  const lines = readFileSync(join(directory, name, 'history.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => ({ ...JSON.parse(line), seconds: 0 }));
};
const scoresOf = (name: string) => readFileSync(join(directory, name, 'scores', 'eval.txt'), 'utf8');

describe('the listeners of a run', () => {
  it('hear what happens in order, in the middle of an epoch and after a resume, and change nothing', async () => {
    const { events, listener } = recorder();
    // One that takes its time is waited for.
    const slow: RunListener = {
      onEpoch: async ({ record }) => {
        await setTimeout(5);
        events.push(`waited ${record.epoch}`);
      },
    };
    await run('heard', [listener, slow]);
    expect(events.filter((event) => !event.startsWith('best'))).toEqual([
      'start new. 0/2',
      ...['step 1.1/3 1', 'step 1.2/3 2', 'saved 0.2', 'step 1.3/3 3', 'saved 1.0', 'epoch 1', 'waited 1'],
      ...['step 2.1/3 4', 'saved 1.1', 'step 2.2/3 5', 'step 2.3/3 6', 'saved 2.0', 'epoch 2', 'waited 2'],
      ...['evaluated dev true', 'evaluated eval true', 'end finished'],
    ]);
    expect(events.indexOf('best 1')).toBeLessThan(events.indexOf('saved 1.0'));

    // The same run without any, but interrupted and resumed: bit for bit.
    const stop = new AbortController();
    const stopping: RunListener = { onStep: ({ step }) => (step === 4 ? stop.abort() : undefined) };
    const first = recorder();
    await expect(run('resumed', [stopping, first.listener], { signal: stop.signal })).rejects.toThrow(/interrupted/);
    expect(first.events.slice(-2)).toEqual(['saved 1.1', 'end interrupted']);
    const { events: rest, listener: second } = recorder();
    await run('resumed', [second], { resume: true });
    expect(rest.slice(0, 2)).toEqual(['start 1.1 1/2', 'step 2.2/3 5']);
    expect(historyOf('resumed')).toEqual(historyOf('heard'));
    expect(scoresOf('resumed')).toBe(scoresOf('heard'));
  });

  it.each([
    ['onStart', /^listener mlflow: onStart failed: no server; the run ends, with what it has saved/, undefined],
    ['onStep', /^listener mlflow: onStep failed: no server/, 'start 0.1 0/2'],
    ['onBest', /^listener mlflow: onBest failed: no server/, 'start 1.0 1/2'],
    ['onEpoch', /^listener mlflow: onEpoch failed: no server/, 'start 1.0 1/2'],
    ['onEvaluated', /^listener mlflow: onEvaluated failed: no server/, 'start 2.0 2/2'],
  ] as const)('end the run with one line and what it has saved where %s throws', async (hook, message, start) => {
    const failing: RunListener = {
      name: 'mlflow',
      [hook]: () => {
        throw new Error('no\nserver');
      },
    };
    const { events, listener } = recorder();
    const failed = run(hook, [failing, listener]);
    await expect(failed).rejects.toThrow(TrainingError);
    await expect(failed).rejects.toThrow(message);
    // The others are told to the end.
    expect(events.at(-1)).toBe('end failed');
    if (start === undefined) return;
    const { events: rest, listener: second } = recorder();
    await run(hook, [second], { resume: true });
    expect([rest[0], rest.at(-1)]).toEqual([start, 'end finished']);
    expect(historyOf(hook)).toEqual(historyOf('heard'));
  });

  it('fail by place where they have no name, and a finished run stays finished', async () => {
    const unnamed: RunListener = { onEnd: () => Promise.reject(new Error('gone')) };
    await expect(run('ended', [{}, unnamed])).rejects.toThrow(/^listener 2 of 2: onEnd failed: gone; the run itself/);
    expect(existsSync(join(directory, 'ended', 'report.html'))).toBe(true);
  });

  it('hear warnings, one after the log, and fail by them too', () => {
    const lines: string[] = [];
    const failing: RunListener = {
      onWarning: () => {
        throw new Error('full');
      },
    };
    const listeners = new RunListeners([], [failing, { onWarning: ({ message }) => void lines.push(message) }]);
    const logger = listeners.listening({ ...silentLogger, warn: (line) => void lines.push(`log: ${line}`) });
    for (const line of ['odd', 'odder']) logger.warn(line);
    expect(lines).toEqual(['log: odd', 'odd', 'log: odder', 'odder']);
    expect(() => listeners.throwIfFailed()).toThrow(/^listener 1 of 2: onWarning failed: full/);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, listExperiments, parseExperiment, readExperiment } from '../../src/experiment/config.js';
import { ConfigError } from '../../src/runtime/errors.js';

const MINIMAL = { feature: { type: 'lfcc' }, model: { type: 'lcnn' } };

describe('parseExperiment', () => {
  it('fills in every default, and takes its own result back', () => {
    const config = parseExperiment(MINIMAL, 'x.json');
    expect(config.training.numTrainEpochs).toBeGreaterThan(0);
    expect(config.feature).toMatchObject({ type: 'lfcc', nFilters: 20 });
    expect(parseExperiment(JSON.parse(JSON.stringify(config)), 'x.json')).toEqual(config);
  });

  it('reports the problems of all sections at once, by path, with the nearest names', () => {
    const wrong = {
      feature: { type: 'lfcc', nFilter: 3 },
      model: { type: 'lcn' },
      augment: [{ type: 'time-shif' }],
      training: { learningrate: 1, numTrainEpochs: 0 },
    };
    let message = '';
    try {
      parseExperiment(wrong, 'x.json');
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as Error).message;
    }
    expect(message.startsWith('x.json: ')).toBe(true);
    expect(message).not.toContain('\n');
    for (const part of [
      'unknown option feature.nFilter (did you mean "nFilters"?)',
      'model.type: unknown "lcn" (did you mean "lcnn"?)',
      'augment.0.type: unknown "time-shif" (did you mean "time-shift"?)',
      'unknown option training.learningrate (did you mean "learningRate"?)',
      'training.numTrainEpochs',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('takes a loss and a schedule by name or with options, and names the nearest of either', () => {
    const model = { type: 'lcnn' };
    const feature = { type: 'lfcc' };
    const parse = (training: object) => parseExperiment({ feature, model, training }, 'x.json').training;
    expect(parse({ loss: 'am-softmax' }).loss).toEqual({ type: 'am-softmax', scale: 20, margin: 0.9 });
    expect(parse({ loss: { type: 'am-softmax', margin: 0.4 } }).loss).toMatchObject({ margin: 0.4, scale: 20 });
    expect(parse({ lrSchedulerType: 'cosine' }).lrSchedulerType).toEqual({ type: 'cosine', numCycles: 0.5 });
    expect(() => parse({ loss: 'cross-entropi' })).toThrow(
      'x.json: training.loss.type: unknown "cross-entropi" (did you mean "cross-entropy"?)',
    );
    expect(() => parse({ loss: { type: 'focal', gama: 1 } })).toThrow(
      /unknown option training.loss.gama \(did you mean "gamma"\?\)/,
    );
    expect(() => parse({ loss: {} })).toThrow(/training.loss.type: expected one of cross-entropy, .*, got undefined/);
    expect(() => parse({ lrSchedulerType: { type: 'cosine_with_min_lr' } })).toThrow(
      /training.lrSchedulerType.minLr: /,
    );
  });

  it('refuses a model of features without a feature', () => {
    expect(() => parseExperiment({ model: { type: 'lcnn' } }, 'x.json')).toThrow(/lcnn takes a feature matrix/);
  });
});

describe('readExperiment', () => {
  it('merges overrides into objects and replaces everything else', async () => {
    const { name, config } = await readExperiment('lcnn', {
      training: { numTrainEpochs: 7 },
      augment: [{ type: 'time-shift' }],
    });
    expect(name).toBe('lcnn');
    expect(config.training.numTrainEpochs).toBe(7);
    expect(config.feature?.type).toBe('lfcc');
    expect(config.augment).toHaveLength(1);
  });

  it('takes the path of a file, and names the file in errors', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-config-'));
    const path = join(directory, 'mine.json');
    writeFileSync(path, JSON.stringify(MINIMAL));
    expect((await readExperiment(path)).name).toBe('mine');
    writeFileSync(path, '{ "model": ');
    await expect(readExperiment(path)).rejects.toThrow(new RegExp(`^${path}: expected JSON`));
    rmSync(directory, { recursive: true });
  });

  it('takes a module whose default export it is, and the experiment itself', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-config-'));
    const path = join(directory, 'mine.ts');
    writeFileSync(path, `const seed: number = 7;\nexport default { ...${JSON.stringify(MINIMAL)}, seed };\n`);
    const { name, config } = await readExperiment(path, { durationSeconds: 2 });
    expect([name, config.seed, config.durationSeconds]).toEqual(['mine', 7, 2]);
    const bare = await readExperiment({ $schema: 'x', feature: 'lfcc', model: 'lcnn', seed: 7, durationSeconds: 2 });
    expect(bare).toEqual({ name: 'experiment', config });
    const other = join(directory, 'other.mjs');
    writeFileSync(other, 'export const model = "lcnn";\n');
    await expect(readExperiment(other)).rejects.toThrow(
      /other\.mjs: expected an experiment as the default export, got none/,
    );
    rmSync(directory, { recursive: true });
  });

  it('names the nearest experiment, and a file that is not there', async () => {
    await expect(readExperiment('lcnn-smal')).rejects.toThrow(/did you mean "lcnn-small"/);
    await expect(readExperiment('nowhere/x.json')).rejects.toThrow(/nowhere\/x\.json: expected an experiment/);
  });

  it.each(listExperiments())('reads experiments/%s.json, which says what it is', async (name) => {
    expect((await readExperiment(name)).config.description).not.toBe('');
  });
});

describe('differences', () => {
  it('gives the paths at which two configs differ, at any depth and on either side', () => {
    expect(differences({ a: 1, b: { c: [1], d: 2 } }, { a: 1, b: { c: [2], e: 3 } })).toEqual(['b.c', 'b.d', 'b.e']);
    expect(differences(MINIMAL, { ...MINIMAL })).toEqual([]);
  });
});

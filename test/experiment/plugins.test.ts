import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRunConfig, writeRunConfig } from '../../src/experiment/checkpoint.js';
import { parseExperiment, readExperiment } from '../../src/experiment/config.js';
import { defineSchedule } from '../../src/experiment/definitions.js';
import { loadPlugins } from '../../src/experiment/plugins.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { hashModule } from '../../src/runtime/module-files.js';
import { createRecordingLogger } from '../support/recording-logger.js';

const PLUGINS = fileURLToPath(new URL('../fixtures/plugins/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'voiceproof-plugins-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXPERIMENT = { plugins: ['./parts.ts', './network.ts'], feature: 'powers', model: 'weighed' } as const;
const at = (name: string) => join(PLUGINS, name);
/** As a file beside the plugins would say it. */
const read = (experiment: object) =>
  readExperiment({ model: 'weighed', ...experiment, plugins: [at('parts.ts'), at('network.ts')] } as never);

describe('an experiment that names plugins', () => {
  it('takes what they define as it takes ours: defaults filled in, options checked, the nearest named', async () => {
    const { config } = await read({
      feature: { type: 'powers' },
      augment: ['flipped'],
      training: { loss: 'squared', optim: { type: 'signs', beta: 0.5 }, lrSchedulerType: 'halved' },
    });
    expect(config.feature).toEqual({ type: 'powers', hopLength: 1600 });
    expect(config.augment).toEqual([{ type: 'flipped', probability: 1 }]);
    expect(config.training).toMatchObject({
      loss: { type: 'squared', scale: 1 },
      optim: { type: 'signs', beta: 0.5 },
      lrSchedulerType: { type: 'halved', share: 0.1 },
    });
    await expect(read({ feature: { type: 'powers', hopLenght: 3 } })).rejects.toThrow(
      'unknown option feature.hopLenght (did you mean "hopLength"?)',
    );
    await expect(read({ feature: 'power' })).rejects.toThrow('feature.type: unknown "power" (did you mean "powers"?)');
    await expect(read({ feature: 'powers', training: { optim: { type: 'signs', beta: 2 } } })).rejects.toThrow(
      /training\.optim\.beta: .*got 2/,
    );
    await expect(read({ feature: 'powers', training: { metricForBestModel: 'distanze' } })).rejects.toThrow(
      'training.metricForBestModel.type: unknown "distanze" (did you mean "distance"?)',
    );
  });

  it('joins a plugin’s feature to ours', async () => {
    const parts = ['powers', { type: 'lfcc', hopLength: 1600 }];
    const { config } = await read({ feature: { type: 'joined', parts } });
    expect(config.feature).toMatchObject({ parts: [{ type: 'powers', hopLength: 1600 }, { type: 'lfcc' }] });
  });

  it('finds them beside its file, whatever the working directory', async () => {
    const path = join(folder, 'mine.json');
    cpSync(PLUGINS, join(folder, 'lib'), { recursive: true });
    // Another copy of a plugin that is there takes the same names.
    writeFileSync(path, JSON.stringify({ ...EXPERIMENT, plugins: ['./lib/parts.ts', at('network.ts')] }));
    await expect(readExperiment(path)).rejects.toThrow(
      /lib\/parts\.ts: .*parts\.ts has added a feature "powers" already/,
    );
    writeFileSync(path, JSON.stringify({ ...EXPERIMENT, plugins: ['./gone.ts'] }));
    await expect(readExperiment(path)).rejects.toThrow(
      /plugins: \.\/gone\.ts: expected a file at .*gone\.ts, got none/,
    );
    writeFileSync(path, JSON.stringify({ ...EXPERIMENT, plugins: ['no-such-package'] }));
    await expect(readExperiment(path)).rejects.toThrow(/plugins: no-such-package: expected a package/);
    writeFileSync(path, JSON.stringify({ ...EXPERIMENT, plugins: [3] }));
    await expect(readExperiment(path)).rejects.toThrow(/plugins\.0: .*string.*got 3/);
  });

  it('must name those whose parts it uses, though another has loaded them', async () => {
    await loadPlugins([at('parts.ts'), at('network.ts')]);
    const parse = () => parseExperiment({ feature: 'powers', model: 'lcnn' }, 'x.json');
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(/x\.json: feature: "powers" is of the plugin .*parts\.ts; name that in plugins too/);
    await expect(
      readExperiment({ feature: 'lfcc', model: 'lcnn', training: { optim: 'signs' as never } }),
    ).rejects.toThrow(/training\.optim: "signs" is of the plugin/);
  });
});

describe('loadPlugins', () => {
  it('loads the same again without a word, and records it once', async () => {
    const [once] = await loadPlugins(
      ['parts.ts', './parts.ts'].map((name) => (name.startsWith('.') ? name : `./${name}`)),
      PLUGINS,
    );
    expect(await loadPlugins(['./parts.ts', at('parts.ts')], PLUGINS)).toEqual([once]);
    expect(once).toEqual({ module: at('parts.ts'), sha256: hashModule(at('parts.ts')) });
  });

  it.each([
    ['shadowing.ts', /shadowing\.ts: Voiceproof has a model "lcnn" already; give yours another name/],
    [
      'shadowing-layer.ts',
      /layer VoiceproofConvolution: there is another of that name already; give yours another className/,
    ],
    ['nothing.ts', /nothing\.ts: expected a plugin, .*got exports of other kinds: answer/],
  ])('refuses %s', async (name, message) => {
    await expect(loadPlugins([at(name)])).rejects.toThrow(message);
  });

  it('takes names that configs can hold alone', () => {
    const named = (name: string) => () => defineSchedule({ name, schema: z.strictObject({}), create: () => () => 1 });
    expect(named('My Schedule')).toThrow(ConfigError);
    expect(named('My Schedule')).toThrow('schedule "My Schedule": expected a name of small letters, digits and dashes');
    expect(named('my-schedule')().with()).toEqual({ type: 'my-schedule' });
  });

  it('says what is wrong with a module that can’t be loaded', async () => {
    const path = join(folder, 'broken.mjs');
    writeFileSync(path, 'throw new Error("out of order");');
    await expect(loadPlugins([path])).rejects.toThrow(/broken\.mjs: can't be loaded: out of order/);
  });
});

it('a plugin’s hash changes with what it imports by relative paths', () => {
  const copy = join(folder, 'copy');
  cpSync(PLUGINS, copy, { recursive: true });
  const before = hashModule(join(copy, 'parts.ts'));
  expect(before).toBe(hashModule(at('parts.ts')));
  writeFileSync(join(copy, 'nothing.ts'), '// not imported\n');
  expect(hashModule(join(copy, 'parts.ts'))).toBe(before);
  writeFileSync(join(copy, 'loudness.ts'), `${readFileSync(at('loudness.ts'), 'utf8')}\n`);
  expect(hashModule(join(copy, 'parts.ts'))).not.toBe(before);
});

describe('a run folder', () => {
  const environment = {
    version: '0',
    commit: null,
    node: '',
    platform: '',
    engine: { kind: 'native', version: '', usesGpu: false },
  };

  it('records plugins relative to itself, and loads them from there', async () => {
    const { config } = await read({ feature: 'powers' });
    const run = join(folder, 'runs/mine');
    mkdirSync(run, { recursive: true });
    writeRunConfig(run, { name: 'mine', config, environment });
    const stored = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(stored.config.plugins[0].module).toMatch(/^\.\.\/.*test\/fixtures\/plugins\/parts\.ts$/);
    const logger = createRecordingLogger();
    expect((await readRunConfig(run, logger)).config).toEqual(config);
    expect(logger.warnings).toEqual([]);

    stored.config.plugins[0].sha256 = '0'.repeat(64);
    writeFileSync(join(run, 'config.json'), JSON.stringify(stored));
    await readRunConfig(run, logger);
    expect(logger.warnings.join()).toMatch(
      /parts\.ts: this plugin has changed since .*runs\/mine was made; results may differ/,
    );

    stored.config.plugins[0].module = '../gone.ts';
    writeFileSync(join(run, 'config.json'), JSON.stringify(stored));
    await expect(readRunConfig(run)).rejects.toThrow(/plugins: \.\.\/gone\.ts: expected a file at/);
  });

  it('of ours alone says nothing of plugins', async () => {
    const { config } = await readExperiment('lcnn');
    const run = join(folder, 'runs/ours');
    writeRunConfig(run, { name: 'ours', config, environment });
    expect(Object.keys(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).config)).toEqual([
      'description',
      'seed',
      'durationSeconds',
      'pretrained',
      'ignoreMismatchedSizes',
      'data',
      'feature',
      'augment',
      'model',
      'training',
    ]);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { engineOptions } from '../../src/api/engine.js';
import { compileArgument, engineArguments, engineChoiceFrom } from '../../src/commands/engine-options.js';
import { ConfigError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';

afterEach(() => vi.unstubAllEnvs());

const parse = async (...words: string[]) => {
  const args = await engineArguments(yargs(words).exitProcess(false).strict().fail(false)).parseAsync();
  return engineOptions(engineChoiceFrom(args, silentLogger), 'inference');
};

describe('the engine options of the commands', () => {
  it('leave every choice to the engine by default', async () => {
    expect(await parse()).toEqual({
      engine: 'auto',
      device: 'auto',
      purpose: 'inference',
      logger: silentLogger,
      libraryPath: undefined,
      intraOpThreads: undefined,
      interOpThreads: undefined,
      memoryGrowth: true,
    });
  });

  it('reach the engine', async () => {
    const words = ['--engine', 'native', '--device', 'cuda', '--threads', '3', '--no-memory-growth'];
    expect(await parse(...words)).toMatchObject({
      engine: 'native',
      device: 'cuda',
      intraOpThreads: 3,
      interOpThreads: 3,
      memoryGrowth: false,
    });
  });

  it('let a model run op by op', async () => {
    const parsed = (...words: string[]) => compileArgument(yargs(words).exitProcess(false).strict()).parseAsync();
    expect((await parsed()).compile).toBe(true);
    expect((await parsed('--no-compile')).compile).toBe(false);
  });

  it('take the library from the environment, unless the command line names one', async () => {
    vi.stubEnv('VOICEPROOF_LIBRARY', '/from/environment');
    expect((await parse()).libraryPath).toBe('/from/environment');
    expect((await parse('--library', '/from/words')).libraryPath).toBe('/from/words');
    vi.stubEnv('VOICEPROOF_LIBRARY', '');
    expect((await parse()).libraryPath).toBeUndefined();
  });

  it.each(['0', '-1', '1.5', 'many'])('refuse %s threads', async (threads) => {
    await expect(parse(`--threads=${threads}`)).rejects.toThrow(ConfigError);
  });
});

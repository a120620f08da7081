import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseKernels } from '../../../src/runtime/native/kernel-choice.js';
import { createRecordingLogger } from '../../support/recording-logger.js';

const VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';
const here = { platform: 'linux', arch: 'x64' };

afterEach(() => vi.unstubAllEnvs());

// What is chosen by default is tested in processes of their own, as choosing sets the variable.
describe('the choice of kernels', () => {
  it.each([
    ['1', 'onednn'],
    ['true', 'onednn'],
    ['TRUE', 'onednn'],
    ['0', 'eigen'],
    ['False', 'eigen'],
  ] as const)('holds to the environment: %s is %s', (value, wanted) => {
    vi.stubEnv(VARIABLE, value);
    expect(chooseKernels('auto', undefined, here)).toBe(wanted);
    expect(process.env[VARIABLE]).toBe(value);
  });

  it('warns where the environment overrules an option, and only there', () => {
    vi.stubEnv(VARIABLE, '0');
    const logger = createRecordingLogger();
    expect(chooseKernels('eigen', logger, here)).toBe('eigen');
    expect(chooseKernels('auto', logger, here)).toBe('eigen');
    expect(logger.warnings).toEqual([]);
    expect(chooseKernels('onednn', logger, here)).toBe('eigen');
    expect(logger.warnings).toEqual([
      expect.stringContaining(`kernels onednn: ${VARIABLE}=0 stands in the environment`),
    ]);
  });

  it('leaves other processors to TensorFlow', () => {
    vi.stubEnv(VARIABLE, '');
    expect(chooseKernels('auto', undefined, { platform: 'linux', arch: 'arm64' })).toBe('eigen');
    expect(chooseKernels('onednn', undefined, { platform: 'darwin', arch: 'arm64' })).toBe('eigen');
    expect(process.env[VARIABLE]).toBe('');
  });
});

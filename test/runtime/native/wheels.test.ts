import { describe, expect, it } from 'vitest';
import { isNeeded, TENSORFLOW_VERSION, wheelSetFor } from '../../../src/runtime/native/wheels.js';

const machines = [
  ['linux', 'x64', 'cpu'],
  ['linux', 'x64', 'cuda'],
  ['linux', 'arm64', 'cpu'],
  ['darwin', 'arm64', 'cpu'],
] as const;

describe('the pinned wheels', () => {
  it.each(machines)('pin every wheel for %s-%s %s by a hash of its own', (platform, arch, variant) => {
    const set = wheelSetFor(platform, arch, variant);
    expect(set?.version).toBe(TENSORFLOW_VERSION);
    expect(set?.id).toBe(`tensorflow-${TENSORFLOW_VERSION}-${platform}-${arch}-${variant}`);
    const hashes = set?.wheels.map(({ sha256 }) => sha256) ?? [];
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('bring all companions that the CUDA build opens, under names of one release line', () => {
    const projects = wheelSetFor('linux', 'x64', 'cuda')?.wheels.map(({ project }) => project) ?? [];
    expect(projects).toHaveLength(13);
    for (const project of projects.slice(1)) expect(project).toMatch(/^nvidia-.*-cu12$/);
  });

  it('are none for Windows, Intel Macs, and CUDA elsewhere than on Linux x64', () => {
    expect(wheelSetFor('win32', 'x64', 'cpu')).toBeUndefined();
    expect(wheelSetFor('darwin', 'x64', 'cpu')).toBeUndefined();
    expect(wheelSetFor('linux', 'arm64', 'cuda')).toBeUndefined();
  });
});

describe('what is taken out of a wheel', () => {
  it.each([
    'tensorflow/libtensorflow_cc.so.2',
    'tensorflow/libtensorflow_framework.2.dylib',
    'nvidia/cudnn/lib/libcudnn_ops.so.9',
    'nvidia/cuda_nvcc/bin/ptxas',
    'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
    'tensorflow-2.21.0.dist-info/licenses/LICENSE',
    'nvidia_nccl_cu12-2.32.3.dist-info/License.txt',
  ])('includes %s', (path) => expect(isNeeded(path)).toBe(true));

  it.each([
    'tensorflow/python/_pywrap_tfe.so',
    'tensorflow/include/LICENSE',
    'nvidia/cuda_runtime/lib/libcudart_static.a',
    'nvidia/cusolver/lib/libcusolverMg.so.11',
    'nvidia/cuda_nvrtc/lib/libnvrtc.alt.so.12',
    'nvidia/cublas/lib/__init__.py',
  ])('leaves %s', (path) => expect(isNeeded(path)).toBe(false));
});

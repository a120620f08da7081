import { defineConfig } from 'vitest/config';

/**
 * `npm run test:kernels`: the tests of numbers with each set of kernels that a CPU may run, whatever this one would. oneDNN
 * is held to what a CPU with AVX2 has; TensorFlow's own kernels can't be.
 */
const SETS = [
  { name: 'eigen, 1 thread', threads: 1, env: { TF_ENABLE_ONEDNN_OPTS: '0' } },
  { name: 'oneDNN of AVX2, 1 thread', threads: 1, env: { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'AVX2' } },
  { name: 'oneDNN of AVX2, 4 threads', threads: 4, env: { TF_ENABLE_ONEDNN_OPTS: '1', ONEDNN_MAX_CPU_ISA: 'AVX2' } },
];

export default defineConfig({
  test: {
    projects: SETS.map(({ name, threads, env }) => ({
      test: {
        name,
        include: [
          'test/layers/*.test.ts',
          'test/losses/*.test.ts',
          'test/models/aasist.test.ts',
          'test/training/optimizers.test.ts',
          'test/training/step.test.ts',
        ],
        env: { ...env, VOICEPROOF_TEST_THREADS: String(threads) },
        pool: 'forks' as const,
        testTimeout: 600_000,
        hookTimeout: 600_000,
      },
    })),
    maxWorkers: 2,
  },
});

import { defineConfig } from 'vitest/config';

/** `npm run test:package`: the package, packed and installed elsewhere, on every Node that it is for. */
export default defineConfig({
  test: {
    include: ['test/package/*.suite.ts'],
    reporters: ['verbose'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});

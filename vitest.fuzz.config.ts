import { defineConfig } from 'vitest/config';

/** `npm run test:fuzz`: mutated inputs of every format, and every decoder after every other; minutes. */
export default defineConfig({
  test: {
    include: ['test/data/decoders/pairs.suite.ts', 'test/fuzz/*.suite.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});

import { defineConfig } from 'vitest/config';

/** `npm run test:exports`: exports in their real consumers, which are other programs and take minutes. */
export default defineConfig({
  test: {
    include: ['test/export/*.suite.ts'],
    // Tells what was skipped, and why.
    reporters: ['verbose'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});

import { defineConfig } from 'vitest/config';

/** `npm run test:docs`: every code block of README, guides and examples, run with the packed and installed package. */
export default defineConfig({
  test: {
    include: ['test/docs/*.suite.ts'],
    globalSetup: ['test/docs/workplace.ts'],
    // Tells what was changed or skipped, and why.
    reporters: ['verbose'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});

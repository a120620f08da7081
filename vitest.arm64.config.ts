import { defineConfig } from 'vitest/config';

/** `npm run test:arm64`: the program on an emulated processor, which takes minutes. */
export default defineConfig({
  test: {
    include: ['test/platforms/arm64.suite.ts'],
    // Tells what was skipped, and why.
    reporters: ['verbose'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_200_000,
    hookTimeout: 1_800_000,
  },
});

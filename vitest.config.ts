import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Rooms whose files run for long: begun last, one of them would keep one process busy while the other has nothing left. */
const COSTLY = /\/test\/(commands|models|training)\//;

class CostlyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isCostly = ({ moduleId }: TestSpecification) => COSTLY.test(moduleId);
    return [...sorted.filter(isCostly), ...sorted.filter((file) => !isCostly(file))];
  }
}

/** What plugins import the package by: the sources that are tested. Threads, which Node runs, have the built package. */
const source = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^voiceproof$/, replacement: source('index.ts') },
      { find: /^voiceproof\/(testing|tf)$/, replacement: source('$1.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // One process a file: the engine is a process-wide resource, and two cores leave no room for more than two.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: CostlyFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

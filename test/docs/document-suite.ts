/** The suite of a document: a test for each of its blocks, in order, which ends at the first that fails. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, test } from 'vitest';
import { type Block, changedCode, readBlocks } from './blocks.js';
import { makeFixture } from './fixtures.js';
import { type DocumentState, placeOf, runBlock } from './run-block.js';
import { REPOSITORY } from './workplace.js';

/**
 * Declares the tests of `document`.
 *
 * @param document path in the repository
 * @param folder where its blocks run, in the project that has the package; default: one of its own
 */
export function documentSuite(document: string, folder = document.replace(/\W+/g, '-')): void {
  const blocks = readBlocks(document, readFileSync(join(REPOSITORY, document), 'utf8'));
  describe(document, () => {
    let state: DocumentState;
    let failed: string | undefined;
    beforeAll(() => {
      const { project, clone } = inject('workplace');
      const own = join(project, folder);
      const home = document.includes('/') ? own : clone;
      state = { folder: own, home, printed: { stdout: '', stderr: '' }, running: new Set() };
      mkdirSync(own, { recursive: true });
    });
    afterAll(() => {
      for (const { pid } of state.running) if (pid !== undefined) process.kill(-pid);
    });
    for (const [i, block] of blocks.entries()) {
      const title = titleOf(block);
      if (block.skip !== undefined) {
        test.skip(`${title}: not run here, ${block.skip}`);
        continue;
      }
      test(title, async (context) => {
        if (failed !== undefined) context.skip(`after ${failed} failed`);
        failed = title;
        for (const name of block.fixtures) await makeFixture(name, placeOf(block, state));
        await runBlock(block, blocks.slice(i + 1), state);
        failed = undefined;
      });
    }
  });
}

/** Says what is run, and what the test changes in it. */
function titleOf(block: Block): string {
  const { line, language, file, isOutput, changes } = block;
  const reasons = changes.map(({ reason }) => reason).join('; ');
  const first = changedCode(block).trim().split('\n')[0];
  const what = isOutput ? 'what it prints' : (file ?? first);
  return `line ${line}, ${language}: ${what}${reasons && ` (changed: ${reasons})`}`;
}

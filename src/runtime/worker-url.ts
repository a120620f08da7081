/** Where the compiled code of a worker thread lies. */
import { existsSync } from 'node:fs';
import { VoiceproofError } from './errors.js';

/**
 * The URL to start a worker thread from. Node runs JavaScript only, so where the caller itself runs from `src` (under
 * the test runner) this is the compiled twin in `dist`. Bundled code moves, and the worker's file does not: it is looked
 * for from the caller's folder upward.
 *
 * @param caller `import.meta.url` of the calling file
 * @param file the worker's file below `src`, such as `data/worker.js`
 * @throws VoiceproofError where the project has not been built
 */
export function workerUrl(caller: string, file: string): URL {
  const from = new URL(caller);
  // The last one: a clone may itself lie in a folder called src.
  const at = caller.endsWith('.ts') ? from.pathname.lastIndexOf('/src/') : -1;
  if (at >= 0) from.pathname = `${from.pathname.slice(0, at)}/dist/${from.pathname.slice(at + '/src/'.length)}`;
  for (let folder = new URL('./', from); ; folder = new URL('../', folder)) {
    const url = new URL(file, folder);
    if (existsSync(url)) return url;
    if (folder.pathname === new URL('../', folder).pathname) break;
  }
  throw new VoiceproofError(`${file}: expected the compiled worker above ${from.href}, found none; run npm run build`);
}

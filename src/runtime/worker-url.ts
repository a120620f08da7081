/** Where the compiled code of a worker thread lies. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VoiceproofError } from './errors.js';

/**
 * The URL to start a worker thread from. Node runs JavaScript only, so where the caller itself runs from `src` (under
 * the test runner) this is the compiled twin in `dist`.
 *
 * @param caller `import.meta.url` of the calling file
 * @param file the worker's file next to it, such as `./worker.js`
 * @throws VoiceproofError where the project has not been built
 */
export function workerUrl(caller: string, file: string): URL {
  const url = new URL(file, caller);
  // The last one: a clone may itself lie in a folder called src.
  const at = caller.endsWith('.ts') ? url.pathname.lastIndexOf('/src/') : -1;
  if (at >= 0) url.pathname = `${url.pathname.slice(0, at)}/dist/${url.pathname.slice(at + '/src/'.length)}`;
  if (!existsSync(url)) {
    throw new VoiceproofError(`${fileURLToPath(url)}: expected the compiled worker, found none; run npm run build`);
  }
  return url;
}

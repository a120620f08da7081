/** TensorFlow's C library for tests of the layer below the engine. */

import { userCacheDirectory } from '../../src/runtime/cache-directory.js';
import { silentLogger } from '../../src/runtime/logger.js';
import type { LibraryFiles } from '../../src/runtime/native/c-api.js';
import { obtainLibrary } from '../../src/runtime/native/obtain.js';

/** Its files; fetched where they are nowhere. */
export async function testLibraryFiles(): Promise<LibraryFiles> {
  const library = await obtainLibrary({
    device: 'cpu',
    cacheDirectory: userCacheDirectory(),
    logger: silentLogger,
  });
  return library.files;
}

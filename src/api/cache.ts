/** Where things are kept between calls: beside the engine, in the user's cache or where the caller says. */
import { join } from 'node:path';
import { userCacheDirectory } from '../runtime/cache-directory.js';
import type { EngineChoice } from './engine.js';

/** A folder of the cache, by what it holds; it may not exist yet. */
export function cacheFolder(
  { cacheDirectory }: Pick<EngineChoice, 'cacheDirectory'>,
  part: 'features' | 'huggingface' | 'pretrained',
): string {
  return join(cacheDirectory ?? userCacheDirectory(), part);
}

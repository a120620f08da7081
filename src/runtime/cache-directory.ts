/** The per-user cache of Voiceproof, shared by every clone of the project: XDG on Linux, the platform's own elsewhere. */
import envPaths from 'env-paths';

/** Its folder, which may not exist yet. */
export function userCacheDirectory(): string {
  return envPaths('voiceproof', { suffix: '' }).cache;
}

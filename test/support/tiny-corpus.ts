/** A corpus that is trained on in a moment: human voices are low hums here, fakes high ones. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWav, tone } from './clips.js';

/** Writes `real/` and `fake/`, each with `nClips` clips of a second. @returns their paths */
export function writeTinyCorpus(folder: string, nClips = 8): string[] {
  return ['real', 'fake'].flatMap((kind, isFake) => {
    mkdirSync(join(folder, kind), { recursive: true });
    return Array.from({ length: nClips }, (_, i) => {
      const path = join(folder, kind, `${kind}-${i}.wav`);
      writeFileSync(path, encodeWav(tone(16_000, (isFake === 1 ? 2000 : 300) + 20 * i)));
      return path;
    });
  });
}

/** A few clips of the bundled corpus, for runs that are to be short. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS = fileURLToPath(new URL('../../corpus/', import.meta.url));

/** Copies so many clips of each class and set into `folder`, as `SET/real` and `SET/fake`. */
export function copySmallCorpus(folder: string, nClips: number): void {
  for (const set of ['train', 'dev', 'eval']) {
    const protocol = `ASVspoof2019.LA.cm.${set}.${set === 'train' ? 'trn' : 'trl'}.txt`;
    const lines = readFileSync(join(CORPUS, 'protocols', protocol), 'utf8')
      .trimEnd()
      .split('\n');
    for (const [label, name] of [
      ['bonafide', 'real'],
      ['spoof', 'fake'],
    ]) {
      const to = join(folder, set, name);
      mkdirSync(to, { recursive: true });
      for (const line of lines.filter((each) => each.endsWith(label)).slice(0, nClips)) {
        const file = `${line.split(/\s+/)[1]}.flac`;
        copyFileSync(join(CORPUS, `ASVspoof2019_LA_${set}`, 'flac', file), join(to, file));
      }
    }
  }
}

/** What the readers of the documents have, made for the test: clips, folders of clips, weights. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAudio } from '../../src/data/audio.js';
import { writeWav } from '../../src/data/wav-file.js';
import { copySmallCorpus } from '../support/small-corpus.js';
import { REPOSITORY } from './workplace.js';

const CORPUS = join(REPOSITORY, 'corpus');

function clipOf(set: 'dev' | 'eval', index: number): string {
  const folder = join(CORPUS, `ASVspoof2019_LA_${set}`, 'flac');
  return join(folder, readdirSync(folder)[index]);
}

/** Makers by what the documents call the thing; each writes into the folder of the document. */
const fixtures: Readonly<Record<string, (folder: string) => void | Promise<void>>> = {
  'clip.wav': async (folder) => {
    const { waveform, sampleRate } = await readAudio(clipOf('eval', 0));
    writeWav(join(folder, 'clip.wav'), waveform, sampleRate, 'pcm16');
  },
  'clip.flac': (folder) => copyFileSync(clipOf('eval', 0), join(folder, 'clip.flac')),
  'other.flac': (folder) => copyFileSync(clipOf('eval', 1), join(folder, 'other.flac')),
  'recording.flac': (folder) => copyFileSync(join(CORPUS, 'long', 'DB_L_000001.flac'), join(folder, 'recording.flac')),
  /** As a user has them: `real/` and `fake/` beneath, no sets. */
  clips: (folder) => {
    for (const name of ['real', 'fake']) mkdirSync(join(folder, 'clips', name), { recursive: true });
    copySmallCorpus(join(folder, 'sets'), 6);
    for (const set of ['train', 'dev', 'eval'])
      cpSync(join(folder, 'sets', set), join(folder, 'clips'), { recursive: true });
  },
  /** A run folder, which is the bundled detector's. */
  'checkpoints/lcnn': (folder) =>
    cpSync(join(REPOSITORY, 'checkpoints', 'lcnn-bundled'), join(folder, 'checkpoints', 'lcnn'), { recursive: true }),
  /** Clips with their labels. */
  'calls.csv': async (folder) => {
    await fixtures.clips(folder);
    const rows = ['real', 'fake'].flatMap((name) =>
      readdirSync(join(folder, 'clips', name)).map(
        (file) => `clips/${name}/${file},${name === 'real' ? 'bonafide' : 'spoof'}`,
      ),
    );
    writeFileSync(join(folder, 'calls.csv'), `file,label\n${rows.join('\n')}\n`);
  },
  /** Laid out as ASVspoof 2019 LA is unpacked. */
  LA: (folder) => cpSync(CORPUS, join(folder, 'LA'), { recursive: true }),
  /** As the keys of ASVspoof 2021 LA are written, with the clips in `flac/`. */
  'trial_metadata.txt': (folder) => {
    mkdirSync(join(folder, 'flac'), { recursive: true });
    const protocol = join(CORPUS, 'protocols', 'ASVspoof2019.LA.cm.eval.trl.txt');
    const lines = readFileSync(protocol, 'utf8')
      .trim()
      .split('\n')
      .slice(0, 24)
      .map((line) => {
        const [speaker, name, , attack, key] = line.split(' ');
        copyFileSync(
          join(CORPUS, 'ASVspoof2019_LA_eval', 'flac', `${name}.flac`),
          join(folder, 'flac', `${name}.flac`),
        );
        return `${speaker} ${name} alaw ita_tx ${attack === '-' ? 'bonafide' : attack} ${key} notrim progress`;
      });
    writeFileSync(join(folder, 'trial_metadata.txt'), `${lines.join('\n')}\n`);
  },
  /** A folder of Hugging Face's layout with a tiny Wav2Vec2 of random weights. */
  'my-wav2vec2': (folder) => {
    const script = join(REPOSITORY, 'examples', 'fine-tune-wav2vec2', 'make-tiny-weights.js');
    execFileSync(process.execPath, [script, join(folder, 'my-wav2vec2')]);
  },
};

/** Makes `name` in `folder`. */
export async function makeFixture(name: string, folder: string): Promise<void> {
  const make = fixtures[name];
  if (make === undefined)
    throw new Error(`the test can't make "${name}": it knows ${Object.keys(fixtures).join(', ')}`);
  await make(folder);
}

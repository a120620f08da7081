import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudio } from '../../src/data/audio.js';
import { loadCorpus, openCorpus } from '../../src/data/corpus.js';
import { type CorpusOptions, corpusOptions } from '../../src/data/corpus-options.js';
import { readParquet } from '../../src/data/parquet.js';
import { ConfigError, DataError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { encodeWav, tone } from '../support/clips.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-parquet-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Dataset {
  /** What stands in the column `audio`. */
  readonly audio: readonly unknown[];
  readonly labels: readonly unknown[];
  /** Names of the classes, where the labels are numbers. */
  readonly names?: readonly string[];
  /** Further columns of words. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

const STRUCT: readonly SchemaElement[] = [
  { name: 'audio', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
];

/** Writes a file as `datasets` does, with two rows a row group. */
function write(name: string, { audio, labels, names, words = {} }: Dataset): string {
  const isStruct = typeof audio[0] === 'object' && !(audio[0] instanceof Uint8Array);
  const label: Omit<SchemaElement, 'name'> =
    names === undefined ? { type: 'BYTE_ARRAY', converted_type: 'UTF8' } : { type: 'INT64' };
  const features = {
    audio: { sampling_rate: 16000, _type: 'Audio' },
    ...(names === undefined ? {} : { label: { names, _type: 'ClassLabel' } }),
  };
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'audio', data: [...audio] },
      { name: 'label', data: [...labels] },
      ...Object.entries(words).map(([name, data]) => ({ name, data: [...data] })),
    ],
    schema: [
      { name: 'root', num_children: 2 + Object.keys(words).length },
      ...(isStruct ? STRUCT : [{ name: 'audio', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' } as SchemaElement]),
      { name: 'label', repetition_type: 'OPTIONAL', ...label },
      ...Object.keys(words).map((name) => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }) as SchemaElement),
    ],
    rowGroupSize: 2,
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
  });
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, Buffer.from(buffer));
  return path;
}

const clip = (i: number) => encodeWav(tone(1600, 200 + 50 * i, 0.3));
/** Clips with bytes and names, every other one real. */
const dataset = (n: number, from = 0): Dataset => ({
  audio: Array.from({ length: n }, (_, i) => ({ bytes: clip(from + i), path: `clip_${from + i}.wav` })),
  labels: Array.from({ length: n }, (_, i) => BigInt(i % 2)),
  names: ['real', 'fake'],
});
const read = (...paths: string[]) =>
  readParquet(paths, { cacheDirectory: join(directory, 'cache'), logger: silentLogger });
const open = (options: object) =>
  openCorpus(corpusOptions.parse(options) as CorpusOptions, {
    logger: silentLogger,
    baseDirectory: directory,
    cacheDirectory: join(directory, 'cache'),
  });

describe('a parquet file', () => {
  it('gives its clips byte for byte, with the labels that its schema names', async () => {
    const { trials } = await read(write('data.parquet', dataset(5)));
    expect(trials.map(({ utterance, label }) => [utterance, label])).toEqual([
      ['clip_0', 'bonafide'],
      ['clip_1', 'spoof'],
      ['clip_2', 'bonafide'],
      ['clip_3', 'spoof'],
      ['clip_4', 'bonafide'],
    ]);
    for (const [i, { path }] of trials.entries()) {
      const { waveform } = await readAudio(path);
      expect(waveform).toHaveLength(1600);
      expect(readFileSync(path).equals(clip(i))).toBe(true);
    }
  });

  it('is unpacked once, and again where it has changed or the cache is not whole', async () => {
    const path = write('data.parquet', dataset(3));
    const first = await read(path);
    const times = () => first.trials.map((trial) => statSync(trial.path).ino);
    const before = times();
    expect((await read(path)).trials).toEqual(first.trials);
    expect(times()).toEqual(before);
    rmSync(first.trials[1].path);
    expect((await read(path)).trials).toEqual(first.trials);
    expect(statSync(first.trials[1].path).size).toBe(clip(1).length);
    utimesSync(path, new Date(), new Date(1_700_000_000_000));
    await read(path);
    expect(readdirSync(join(directory, 'cache', 'parquet'))).toHaveLength(2);
  });

  it('may hold bare bytes with words for labels, speakers and attacks', async () => {
    const words = { speaker: ['a', 'b'], attack: ['-', 'A07'] };
    const path = write('x.parquet', { audio: [clip(0), clip(1)], labels: ['bona-fide', 'Spoof'], words });
    const { trials } = await read(path);
    expect(trials.map(({ path: _, ...trial }) => trial)).toEqual([
      { utterance: 'x-0', label: 'bonafide', speaker: 'a' },
      { utterance: 'x-1', label: 'spoof', speaker: 'b', attackId: 'A07' },
    ]);
  });

  it('may name files, from its own folder on', async () => {
    writeFileSync(join(directory, 'a.wav'), clip(0));
    const audio = [
      { bytes: null, path: 'a.wav' },
      { bytes: null, path: 'b.wav' },
    ];
    const path = write('paths.parquet', { audio, labels: [0n, 1n], names: ['real', 'fake'] });
    await expect(read(path)).rejects.toThrow(/1 missing audio file \(row 1 b.wav/);
    writeFileSync(join(directory, 'b.wav'), clip(1));
    const { trials } = await read(path);
    expect(trials.map((trial) => trial.path)).toEqual([join(directory, 'a.wav'), join(directory, 'b.wav')]);
  });

  it.each<[string, Dataset, RegExp]>([
    ['labels of other things', { ...dataset(2), names: ['cat', 'dog'] }, /classes are bonafide and spoof.*cat, dog/],
    ['a row without a label', { ...dataset(2), labels: [0n, null] }, /unknown label.*line 1/],
    ['a number without a name', { ...dataset(2), labels: [0n, 7n] }, /numeric label.*line 1 "7"/],
    [
      'a row without audio',
      { ...dataset(2), audio: [{ bytes: null, path: null }, dataset(1).audio[0]] },
      /row without audio/,
    ],
  ])('with %s is refused in one line', async (_, value, message) => {
    const problem = await read(write('bad.parquet', value)).catch((error) => error);
    expect(problem).toBeInstanceOf(DataError);
    expect(problem.message).toMatch(message);
    expect(problem.message).not.toContain('\n');
  });

  it('that is none, that is cut off, or that is not there is refused', async () => {
    const path = write('data.parquet', dataset(3));
    writeFileSync(join(directory, 'text.parquet'), 'no parquet at all, but text');
    await expect(read(join(directory, 'text.parquet'))).rejects.toThrow(/text.parquet: expected a parquet file/);
    await expect(read(join(directory, 'none.parquet'))).rejects.toThrow(/no such file/);
    const columns = parquetWriteBuffer({ columnData: [{ name: 'x', data: [1, 2] }] });
    writeFileSync(join(directory, 'other.parquet'), Buffer.from(columns));
    await expect(read(join(directory, 'other.parquet'))).rejects.toThrow(/expected a column "audio".*got x/);
    const call = readParquet([path], { cacheDirectory: undefined, logger: silentLogger });
    await expect(call).rejects.toThrow(ConfigError);
  });
});

describe('a corpus of parquet files', () => {
  it('has the splits that the files are named by', async () => {
    write('data/train-00000-of-00002.parquet', dataset(4));
    write('data/train-00001-of-00002.parquet', dataset(4, 4));
    write('data/validation-00000-of-00001.parquet', dataset(2, 8));
    write('data/test-00000-of-00001.parquet', dataset(2, 10));
    const corpus = await open({ parquet: 'data' });
    expect([corpus.train, corpus.dev, corpus.eval].map(({ length }) => length)).toEqual([8, 2, 2]);
    expect(corpus.name).toBe('data');
    const again = await open({ parquet: 'data', split: { dev: 0.4 } });
    expect([again.train, again.dev, again.eval].map(({ length }) => length)).toEqual([6, 4, 2]);
  });

  it('takes dev from train where there is none, and splits what is not split', async () => {
    write('two/train-0.parquet', dataset(10));
    write('two/test-0.parquet', dataset(2, 10));
    const two = await open({ parquet: 'two' });
    expect([two.train, two.dev, two.eval].map(({ length }) => length)).toEqual([8, 2, 2]);
    const one = await open({ parquet: join('two', 'train-0.parquet'), split: { dev: 0.2, eval: 0.2 } });
    expect([one.train, one.dev, one.eval].map(({ length }) => length)).toEqual([6, 2, 2]);
  });

  it('names clips by file and row where a name comes twice', async () => {
    write('twice/a.parquet', dataset(2));
    write('twice/b.parquet', dataset(2));
    const { trials } = await read(join(directory, 'twice'));
    expect(trials.map(({ utterance }) => utterance)).toEqual(['a-0', 'a-1', 'b-0', 'b-1']);
  });

  it('waits to be unpacked', () => {
    const options = corpusOptions.parse({ parquet: 'data' });
    expect(() => loadCorpus(options, { logger: silentLogger })).toThrow(/openCorpus/);
  });
});

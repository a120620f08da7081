import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FeatureIdentity, openFeatureCache } from '../../src/data/feature-cache.js';

const identity: FeatureIdentity = {
  type: 'log-mel',
  version: 1,
  options: { nMels: 3, fMin: 20 },
  sampleRate: 16000,
  lengthRule: 'start 320',
};
const content = Buffer.from('the bytes of a clip');
const matrix = Float32Array.of(1, 2, 3, 4, 5, -0.1);

describe('openFeatureCache', () => {
  let directory: string;
  let warnings: string[];
  const open = (other: Partial<FeatureIdentity> = {}, shape: readonly [number | null, number] = [2, 3]) =>
    openFeatureCache(directory, { ...identity, ...other }, shape, (line) => warnings.push(line));
  const entries = () => readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((p) => p.includes('.'));
  const entry = () => join(directory, entries()[0]);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'voiceproof-cache-'));
    warnings = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('gives back what was written, in another process of the same identity too', () => {
    const key = open().keyOf(content);
    expect(open().read(key)).toBeUndefined();
    open().write(key, matrix);
    expect(open().read(open().keyOf(content))).toEqual(matrix);
    expect(open({}, [null, 3]).read(key)).toEqual(matrix);
    expect(entries()).toEqual([`${key.slice(0, 2)}/${key}.npy`]);
    expect(warnings).toEqual([]);
  });

  it('has another name for other content and for anything else that decides the numbers', () => {
    const keys = [
      open().keyOf(content),
      open().keyOf(Buffer.from('other bytes')),
      open({ type: 'lfcc' }).keyOf(content),
      open({ version: 2 }).keyOf(content),
      open({ options: { nMels: 3, fMin: 21 } }).keyOf(content),
      open({ sampleRate: 8000 }).keyOf(content),
      open({ lengthRule: 'repeat 320' }).keyOf(content),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is a .npy file to whoever reads arrays in order', () => {
    const cache = open();
    cache.write(cache.keyOf(content), matrix);
    const bytes = readFileSync(entry());
    const start = 10 + bytes.readUInt16LE(8);
    expect(bytes.toString('latin1', 0, start)).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)");
    expect(new Float32Array(new Uint8Array(bytes.subarray(start, start + 24)).buffer)).toEqual(matrix);
  });

  describe('does not trust an entry', () => {
    const flip = (at: number) => () => {
      const bytes = readFileSync(entry());
      const place = at < 0 ? bytes.length + at : at;
      bytes[place] ^= 1;
      writeFileSync(entry(), bytes);
    };
    it.each<[string, () => void]>([
      ['with a changed bit in the data', flip(-40)],
      ['with a changed bit in the header', flip(40)],
      ['with a changed bit in the seal', flip(-1)],
      ['that is empty', () => truncateSync(entry(), 0)],
      ['that is cut short', () => truncateSync(entry(), 100)],
      ['of zeros, as a power cut leaves them', () => writeFileSync(entry(), Buffer.alloc(184))],
      [
        'that is longer than it was',
        () => writeFileSync(entry(), Buffer.concat([readFileSync(entry()), Buffer.of(0)])),
      ],
      [
        'that is a folder',
        () => {
          const path = entry();
          rmSync(path);
          mkdirSync(path);
        },
      ],
    ])('%s', (_, damage) => {
      const cache = open();
      const key = cache.keyOf(content);
      cache.write(key, matrix);
      damage();
      expect(cache.read(key)).toBeUndefined();
    });

    it('of another name', () => {
      const cache = open();
      const [key, other] = [cache.keyOf(content), cache.keyOf(Buffer.from('other'))];
      cache.write(key, matrix);
      const from = entry();
      mkdirSync(join(directory, other.slice(0, 2)), { recursive: true });
      copyFileSync(from, join(directory, other.slice(0, 2), `${other}.npy`));
      expect(cache.read(other)).toBeUndefined();
    });

    it('of another shape', () => {
      const key = open().keyOf(content);
      open().write(key, matrix);
      expect(open({}, [3, 2]).read(key)).toBeUndefined();
      expect(open({}, [1, 3]).read(key)).toBeUndefined();
    });
  });

  it('replaces a damaged entry', () => {
    const cache = open();
    const key = cache.keyOf(content);
    cache.write(key, matrix);
    truncateSync(entry(), 30);
    cache.write(key, matrix);
    expect(cache.read(key)).toEqual(matrix);
  });

  it('says once where it can keep nothing, and goes on', () => {
    writeFileSync(join(directory, 'file'), '');
    directory = join(directory, 'file');
    const cache = open();
    cache.write(cache.keyOf(content), matrix);
    cache.write(cache.keyOf(Buffer.from('other')), matrix);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/not cached from here on: .*file/);
    expect(cache.read(cache.keyOf(content))).toBeUndefined();
    directory = join(directory, '..');
  });
});

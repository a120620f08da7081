import { describe, expect, it } from 'vitest';
import { DecoderPool } from '../../../src/data/decoders/pool.js';

describe('DecoderPool', () => {
  const counted = () => {
    let made = 0;
    return new DecoderPool(async () => ++made);
  };

  it('lends the same decoder again, and another while that one is out', async () => {
    const pool = counted();
    expect(await pool.use(async (decoder) => decoder)).toBe(1);
    expect(await pool.use(async (decoder) => decoder)).toBe(1);
    const both = await pool.use(async (outer) => [outer, await pool.use(async (inner) => inner)]);
    expect(both).toEqual([1, 2]);
  });

  it('never lends a decoder again whose work failed', async () => {
    const pool = counted();
    await expect(pool.use(() => Promise.reject(new Error('stuck')))).rejects.toThrow('stuck');
    expect(await pool.use(async (decoder) => decoder)).toBe(2);
  });
});

/** Comparison with a reference number. */
import { expect } from 'vitest';

/** Fails unless `got` is within `tolerance` of `want`, relative where `want` is beyond 1. */
export function expectNear(got: number | null | undefined, want: number, tolerance: number): void {
  expect(got).toBeTypeOf('number');
  expect(Math.abs((got as number) - want)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));
}

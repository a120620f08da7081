import { describe, expect, it } from 'vitest';
import { computeErrorRates } from '../../src/metrics/error-rates.js';
import { computeTEer } from '../../src/metrics/t-eer.js';
import { createRandom } from '../../src/runtime/random.js';
import { expectNear } from '../support/expect-near.js';
import { TOLERANCE } from '../support/metric-sets.js';
import { loadSasvSet, type TandemScores } from '../support/sasv-set.js';
import { hasShared } from '../support/shared.js';

/** The definition, by trying every pair of thresholds. */
function tEerByTrying(asv: TandemScores, bonafide: number[], spoof: number[]): number {
  const { frr, far } = computeErrorRates(bonafide, spoof);
  const trials = (['target', 'nontarget', 'spoof'] as const)
    .flatMap((kind) => asv[kind].map((score) => ({ kind, score })))
    .sort((a, b) => a.score - b.score);
  const rejected = { target: 0, nontarget: 0, spoof: 0 };
  let nearest = Number.POSITIVE_INFINITY;
  let tEer = Number.NaN;
  for (const trial of [undefined, ...trials]) {
    if (trial !== undefined) rejected[trial.kind]++;
    const miss = rejected.target / asv.target.length;
    const accepts = 1 - rejected.nontarget / asv.nontarget.length;
    const spoofAccepts = 1 - rejected.spoof / asv.spoof.length;
    if (miss >= 0.5 * accepts + 0.5 * spoofAccepts) continue;
    const gaps = Array.from(frr, (missCm, i) =>
      Math.abs(missCm + (1 - missCm) * miss - (0.5 * (1 - missCm) * accepts + 0.5 * far[i] * spoofAccepts)),
    );
    const i = gaps.indexOf(Math.min(...gaps));
    const gap = Math.abs(accepts / spoofAccepts - far[i] / (1 - frr[i]));
    if (gap < nearest) {
      nearest = gap;
      tEer = spoofAccepts * far[i];
    }
  }
  return tEer;
}

describe('computeTEer', () => {
  it.skipIf(!hasShared)('gives the value of the ASVspoof 5 package, as a fraction', () => {
    const { asv, cm, expected } = loadSasvSet();
    const tEer = computeTEer(asv, [...cm.target, ...cm.nontarget], cm.spoof);
    expectNear(tEer, expected.t_eer / 100, TOLERANCE.value);
  });

  it.each([1, 2, 3, 4, 5, 6])('finds by bisection what trying every pair of thresholds finds (seed %i)', (seed) => {
    const random = createRandom(seed, 't-eer');
    // Rounded, so that ties occur in both systems.
    const draw = (n: number, mean: number): number[] =>
      Array.from({ length: n }, () => Math.round(4 * (mean + random.normal())) / 4);
    const asv = { target: draw(31, 2), nontarget: draw(41, -2), spoof: draw(37, 1) };
    const bonafide = draw(43, 1.5);
    const spoof = draw(47, -0.5);
    expectNear(computeTEer(asv, bonafide, spoof), tEerByTrying(asv, bonafide, spoof), 1e-12);
  });

  it('refuses an ASV system that tells nothing apart', () => {
    expect(() => computeTEer({ target: [0], nontarget: [], spoof: [0] }, [1], [0])).toThrow(/ASV nontarget/);
  });
});

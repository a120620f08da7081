import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNear } from '../support/expect-near.js';
import { loadFixtureSet, TOLERANCE } from '../support/metric-sets.js';
import { runCommand } from '../support/run-command.js';
import { hasShared, sharedPath } from '../support/shared.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/metrics/', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'metrics-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('voiceproof metrics', () => {
  it('prints one JSON object with every figure of a labelled score file', async () => {
    const { expected } = loadFixtureSet('gauss_100');
    const { code, stdout, stderr } = await runCommand([
      'metrics',
      ...[
        '--scores',
        `${FIXTURES}cm/gauss_100.txt`,
        '--asv-scores',
        `${FIXTURES}asv/synthetic.asv.scores.txt`,
        '--json',
      ],
    ]);
    expect([code, stderr]).toEqual([0, '']);
    const got = JSON.parse(stdout);
    expectNear(got.eer, expected.eer, TOLERANCE.value);
    expectNear(got.eerThreshold, expected.eer_threshold, TOLERANCE.threshold);
    expectNear(got.minTdcf2019, (expected.min_tdcf_legacy_2019 as { value: number }).value, TOLERANCE.value);
    expectNear(got.minTdcf2021, (expected.min_tdcf_revised_2021 as { value: number }).value, TOLERANCE.value);
    expectNear(got.auc, expected.auc, TOLERANCE.value);
    expectNear(got.cllr, expected.cllr_bits, TOLERANCE.value);
    expectNear(got.minDcf, expected.minDCF_asvspoof5.value, TOLERANCE.value);
    expectNear(got.actDcf, expected.actDCF_asvspoof5.value, TOLERANCE.value);
    expect(got).toMatchObject({ nBonafide: 40, nSpoof: 60, notes: [] });
    expect(got.eerConfidenceInterval).toMatchObject({ confidence: 0.95, resamples: 1000 });
    expect(got.attacks).toHaveLength(1);
  });

  it('takes labels from a protocol, in whatever order', async () => {
    const scores = file('scores.txt', 'u3 0.1\nu1 0.9\nu2 0.5\nu4 -1\n');
    const protocol = file('protocol.txt', 's u1 - - bonafide\ns u2 - - bonafide\ns u3 - A07 spoof\ns u4 - A08 spoof\n');
    const args = ['metrics', '--scores', scores, '--protocol', protocol, '--known-attacks', 'A07', '--json'];
    const { code, stdout } = await runCommand(args);
    expect(code).toBe(0);
    const got = JSON.parse(stdout);
    expect(got).toMatchObject({ nBonafide: 2, nSpoof: 2, eer: 0, eerThreshold: 0.1, minTdcf2019: null, tEer: null });
    expect(got.attacks.map(({ attackId, known }: never) => [attackId, known])).toEqual([
      ['A07', true],
      ['A08', false],
    ]);
    expect(got.notes).toEqual([expect.stringContaining('ASV')]);
  });

  it('gives null with a note, not a failure, where t-DCF has no meaning', async () => {
    const { code, stdout } = await runCommand([
      'metrics',
      ...[
        '--scores',
        `${FIXTURES}cm/two_values.txt`,
        '--asv-scores',
        `${FIXTURES}asv/synthetic.asv.scores.txt`,
        '--json',
      ],
    ]);
    expect(code).toBe(0);
    const got = JSON.parse(stdout);
    expect(got).toMatchObject({ eer: 0.25, minTdcf2019: null, minTdcf2021: null });
    expect(got.notes).toEqual([expect.stringContaining('at least 3 distinct')]);
  });

  it('prints a table without --json, and leaves intervals out where asked', async () => {
    const args = ['metrics', '--scores', `${FIXTURES}cm/gauss_100.txt`, '--resamples', '0', '--threshold', '0'];
    const { code, stdout } = await runCommand(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^EER +2\.92 % +threshold -0\.1286$/m);
    expect(stdout).toMatch(/^accuracy +98\.00 % +at threshold 0\.0000/m);
    expect(stdout).not.toContain('CI');
  });

  it('gives the same interval for the same seed', async () => {
    const args = ['metrics', '--scores', `${FIXTURES}cm/ties_rounded.txt`, '--seed', '5', '--json'];
    const [first, second] = await Promise.all([runCommand(args), runCommand(args)]);
    expect(second.stdout).toBe(first.stdout);
  });

  it.each([
    ['a score that is not a number', 'a - bonafide 1\nb A07 spoof nan\n', /line 2/],
    ['one class only', 'a A07 spoof 1\nb A07 spoof 0\n', /at least one bona fide trial/],
    ['no labels and no protocol', 'a 1\nb 0\n', /holds no labels/],
    ['nothing in the file', '', /is empty/],
  ])('ends with one line and exit code 1 for %s', async (_, text, message) => {
    const { code, stdout, stderr } = await runCommand(['metrics', '--scores', file('bad.txt', text), '--json']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['no score file', ['metrics', '--json']],
    ['an unknown option', ['metrics', '--scores', 'x', '--scroes', 'y']],
    ['an ASV key file without ASV scores', ['metrics', '--scores', 'x', '--asv-protocol', 'y']],
  ])('ends with exit code 2 for %s', async (_, args) => {
    const { code, stdout } = await runCommand(args);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.skipIf(!hasShared)('reads the ASVspoof 2021 and 5 packages as they are', async () => {
    const from = (path: string): string => sharedPath(`reference/metrics/${path}`);
    const [la2021, track1] = await Promise.all([
      runCommand([
        'metrics',
        ...['--scores', from('package2021/score.txt'), '--protocol', from('package2021/keys/CM/trial_metadata.txt')],
        ...['--asv-scores', from('package2021/keys/ASV/ASVTorch_Kaldi/score.txt'), '--subset', 'progress', '--json'],
      ]),
      runCommand([
        'metrics',
        ...[
          '--scores',
          from('package5/track1_cm_scores.tsv'),
          '--protocol',
          from('package5/track1_cm_keys.tsv'),
          '--json',
        ],
      ]),
    ]);
    // metrics/expected.json, package_2021.phases.progress and package_asvspoof5.track1.
    const progress = JSON.parse(la2021.stdout);
    expectNear(progress.eer, 0.22286888052036974, TOLERANCE.value);
    expectNear(progress.minTdcf2021, 0.6884762122232155, TOLERANCE.value);
    const five = JSON.parse(track1.stdout);
    expectNear(five.eer, 0.12889822619982422, TOLERANCE.value);
    expectNear(five.minDcf, 0.3437506175279121, TOLERANCE.value);
    expectNear(five.cllr, 0.445287910792223, TOLERANCE.value);
    expectNear(five.actDcf, 0.35909495109178935, TOLERANCE.value);
  });

  it.skipIf(!hasShared)('takes the ASV keys of ASVspoof 5 from the protocol', async () => {
    const from = (name: string): string => sharedPath(`reference/metrics/package5/${name}`);
    const args = ['--scores', from('track2_scores.tsv'), '--protocol', from('track2_keys.tsv')];
    const { stdout } = await runCommand(['metrics', ...args, '--asv-scores', from('track2_scores.tsv'), '--json']);
    // metrics/expected.json, package_asvspoof5.track2, which is in percent.
    expectNear(JSON.parse(stdout).tEer, 0.12150967561842677, TOLERANCE.value);
  });
});

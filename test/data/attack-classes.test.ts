import { expect, test } from 'vitest';
import { attackClasses, attacksOf } from '../../src/data/attack-classes.js';
import type { Trial } from '../../src/data/trial.js';
import { DataError } from '../../src/runtime/errors.js';

const trial = (attackId?: string): Trial => ({
  utterance: `clip-${attackId}`,
  path: '/clip.wav',
  label: attackId === undefined ? 'bonafide' : 'spoof',
  ...(attackId === undefined ? {} : { attackId }),
});
const trials = ['A02', undefined, 'A01', 'A02'].map(trial);

test('bona fide is class 0, attacks follow in their order', () => {
  const attacks = attacksOf(trials);
  expect(attacks).toEqual(['A01', 'A02']);
  expect([...attackClasses(trials, attacks)]).toEqual([2, 0, 1, 2]);
});

test('a spoof clip of another attack, or of none, is refused by name', () => {
  expect(() => attackClasses([trial('A07')], ['A01', 'A02'])).toThrow(DataError);
  expect(() => attackClasses([trial('A07')], ['A01', 'A02'])).toThrow(
    /clip-A07: expected an attack of A01, A02, got A07/,
  );
  expect(() => attackClasses([{ ...trial(), label: 'spoof' }], ['A01'])).toThrow(/got none/);
});

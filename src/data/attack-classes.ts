/** Attacks as classes, for models that also tell which one made a clip. */
import { DataError } from '../runtime/errors.js';
import type { Trial } from './trial.js';

/** The attacks among trials, sorted. */
export function attacksOf(trials: readonly Trial[]): string[] {
  return [...new Set(trials.flatMap(({ attackId }) => attackId ?? []))].sort();
}

/**
 * The class of each trial: 0 bona fide, and from 1 the attacks in their order.
 *
 * @throws DataError where a spoof trial's attack is not known, or not among them
 */
export function attackClasses(trials: readonly Trial[], attacks: readonly string[]): Int32Array {
  return Int32Array.from(trials, ({ utterance, label, attackId }) => {
    if (label === 'bonafide') return 0;
    const index = attackId === undefined ? -1 : attacks.indexOf(attackId);
    if (index >= 0) return index + 1;
    throw new DataError(
      `${utterance}: expected an attack of ${attacks.join(', ')}, got ${attackId ?? 'none'}; add it to the protocol, or choose a model without attack logits`,
    );
  });
}

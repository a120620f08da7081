/** What others call bona fide and spoof. */

import { CLASS_INDEX } from '../data/trial.js';
import { ConfigError } from '../runtime/errors.js';

/** Words for human speech; a name that holds one of them, and none of the others, means bona fide. */
const BONAFIDE = /bona|real|genuine|human|authentic|natural|original|legit|live|truth|true/;
const SPOOF =
  /spoof|fake|synth|generated|machine|artificial|clone|convert|replay|attack|tts|vocod|forge|altered|^ai|^false$/;

/**
 * Which class of a checkpoint is bona fide.
 *
 * @param labels names of its two classes in its own order, in any wording: real and fake, spoof and bona-fide, …
 * @param told name of the class that is bona fide, where the names don't tell
 * @returns 0 or 1
 * @throws ConfigError where there are not two classes, or it can't be told which is which
 */
export function bonafideIndexOf(labels: readonly string[], told?: string): 0 | 1 {
  const shown = labels.join(', ');
  if (labels.length !== 2)
    throw new ConfigError(`expected a checkpoint of two classes, got ${labels.length}: ${shown}`);
  if (told !== undefined) {
    const index = labels.indexOf(told);
    if (index < 0) throw new ConfigError(`expected one of the checkpoint's classes, ${shown}, got ${told}`);
    return index as 0 | 1;
  }
  const kinds = labels.map((label) => {
    const word = label.toLowerCase().replace(/[^a-z]/g, '');
    return BONAFIDE.test(word) === SPOOF.test(word) ? 'unknown' : BONAFIDE.test(word) ? 'bonafide' : 'spoof';
  });
  if (kinds[0] === kinds[1] || (kinds[0] === 'unknown' && kinds[1] === 'unknown')) {
    throw new ConfigError(`can't tell which class is bona fide: ${shown}; name it with \`bonafideLabel: NAME\``);
  }
  return kinds[0] === 'bonafide' || kinds[1] === 'spoof' ? 0 : 1;
}

/** Our own order of logits, spoof and bona fide, brought into that of a checkpoint. */
export function inOrderOf(logits: readonly number[], bonafideIndex: 0 | 1): readonly number[] {
  return bonafideIndex === CLASS_INDEX.bonafide ? logits : [...logits].reverse();
}

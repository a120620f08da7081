/** What a model gives, and the score that is made of it. */

/**
 * Scores of a batch of logits, row-major `[batch, nLogits]`: the difference bona fide minus spoof of two logits, or the
 * one logit itself. Both are the model's log odds of bona fide; of cosines, a measure in the same order.
 */
export function scoresOf(logits: ArrayLike<number>, nLogits: number): number[] {
  return Array.from({ length: logits.length / nLogits }, (_, row) =>
    nLogits === 1 ? logits[row] : logits[row * 2 + 1] - logits[row * 2],
  );
}

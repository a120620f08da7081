/**
 * Trades time for memory: what lies between the input and the output of a block is not kept for the backward pass but
 * computed there again (Chen et al., "Training deep nets with sublinear memory cost", arXiv:1604.06174).
 */
import * as tf from '@tensorflow/tfjs-core';
import { runAfter } from '../runtime/run-after.js';

/** The part of tfjs's engine that its declaration hides. */
interface TapeHolder {
  readonly state: { activeTape: unknown };
}

/**
 * `block(...inputs)`, with the same result and gradients to the bit, but only the inputs kept in between: one more forward
 * pass of the block for the memory of all its intermediate results. Eager or compiled.
 *
 * The block must be a function of its inputs and variables: random layers in it draw by a seed, and so the same again.
 * Variables that it assigns (batch statistics) are assigned once.
 *
 * @param block from float32 tensors to one float32 tensor; may take other tensors, such as masks and seeds, from around it,
 *   but no gradient flows to these
 * @param inputs the tensors whose gradients the block takes part in
 * @param variables every variable that the block reads or assigns, trained or not
 */
export function recomputed<Inputs extends readonly tf.Tensor[]>(
  block: (...inputs: Inputs) => tf.Tensor,
  inputs: Inputs,
  variables: readonly tf.Variable[],
): tf.Tensor {
  const trained = variables.filter(({ trainable }) => trainable);
  const run = tf.customGrad((...args) => {
    // The last argument is tfjs's function for saving; the tensors before it are those below.
    const save = args.at(-1) as tf.GradSaveFunc;
    const given = args.slice(0, inputs.length) as unknown as Inputs;
    save([...given]);
    return {
      value: block(...given),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const again = saved as unknown as Inputs;
        return unassigned(variables, () =>
          gradientsOf(() => runAfter(dy, () => block(...again)), [...again, ...trained], dy),
        );
      },
    };
  });
  return run(...inputs, ...trained);
}

/** The gradients of `sum(fn() * dy)`, zeros where `fn` does not depend on a tensor; inside another gradient. */
function gradientsOf(fn: () => tf.Tensor, to: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const engine = tf.engine();
  const { state } = engine as unknown as TapeHolder;
  // tfjs keeps one tape, which the gradient around us still needs for its own end.
  const outer = state.activeTape;
  try {
    return tf.tidy(() =>
      engine.gradients(fn, to, dy, true).grads.map((gradient, i) => gradient ?? tf.zerosLike(to[i])),
    );
  } finally {
    state.activeTape = outer;
  }
}

/** Runs `fn` and gives variables back what they held. */
function unassigned<Result>(variables: readonly tf.Variable[], fn: () => Result): Result {
  const before = variables.map((variable) => ({ variable, dataId: variable.dataId, held: variable.clone() }));
  try {
    return fn();
  } finally {
    for (const { variable, dataId, held } of before) {
      if (variable.dataId !== dataId) variable.assign(held);
      held.dispose();
    }
  }
}

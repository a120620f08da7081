/** Programs without captures, for those who run them elsewhere. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Constant, Program } from './program.js';

/**
 * The program with the values that its captures have now as constants.
 *
 * @param isFrozen which captures; all by default
 */
export function freezeCaptures(program: Program, isFrozen: (tensor: tf.Tensor) => boolean = () => true): Program {
  const frozen: Constant[] = [];
  const captures = program.captures.filter(({ value, tensor }) => {
    if (!isFrozen(tensor)) return true;
    frozen.push({ value, values: tensor.dataSync() as Float32Array | Int32Array | Uint8Array });
    return false;
  });
  return { ...program, captures, constants: [...frozen, ...program.constants] };
}

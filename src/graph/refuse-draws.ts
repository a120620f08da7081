/**
 * Random numbers that JavaScript draws while a function is recorded would be constants of its program: the same dropout mask
 * in every step, and no sign of it.
 */
import { GraphError } from '../runtime/errors.js';
import type { KernelBackend } from '../runtime/native/kernel-backend.js';
import { watchDraws } from '../runtime/random.js';
import { callSite, randomOpOnStack } from './call-site.js';

/**
 * Runs `fn`, in which tfjs's random ops, `Math.random` and the streams of `createRandom` throw. A generator that the function
 * brings along itself can't be seen.
 *
 * @throws GraphError that names the op and the place
 */
export function refuseDraws<Result>(backend: KernelBackend, fn: () => Result): Result {
  const { random } = Math;
  const { write } = backend;
  const refuse = (what: string): never => {
    throw new GraphError(
      `record: ${what} at ${callSite()}: it draws in JavaScript, and a program would repeat these numbers in each run; ` +
        'draw by a stateless op from a seed that is an input, as uniformTensor does',
    );
  };
  Math.random = () => refuse(randomOpOnStack() ?? 'Math.random');
  // Whatever JavaScript computed comes this way.
  backend.write = (...args) => {
    const op = randomOpOnStack();
    if (op !== undefined) refuse(op);
    return write.apply(backend, args);
  };
  try {
    return watchDraws(() => refuse('a random stream'), fn);
  } finally {
    Math.random = random;
    // Back to the prototype's own.
    Reflect.deleteProperty(backend, 'write');
  }
}

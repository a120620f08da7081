/** What the contract suites are made of: named checks that throw, for any test runner. */
import { isDeepStrictEqual } from 'node:util';
import { messageOf, VoiceproofError } from '../runtime/errors.js';

/** One thing that a contract asks for. */
export interface Check {
  /** What is so where it holds, as a sentence. */
  readonly name: string;
  /** @throws where it does not hold */
  run(): void | Promise<void>;
}

/** What a contract found amiss. */
export class ContractError extends VoiceproofError {}

/**
 * Runs all checks, whatever comes of the ones before.
 *
 * @param subject what is checked; opens the message
 * @throws ContractError that lists every check that does not hold, with why
 */
export async function runChecks(subject: string, checks: readonly Check[]): Promise<void> {
  const failures: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${messageOf(error)}`);
    }
  }
  if (failures.length === 0) return;
  throw new ContractError(
    `${subject}: ${failures.length} of ${checks.length} checks failed:\n${failures.map((line) => `  - ${line}`).join('\n')}`,
  );
}

/** @throws ContractError with `message` unless it holds */
export function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ContractError(message);
}

/** @throws ContractError unless both are the same in structure and value */
export function assertEqual(got: unknown, wanted: unknown, what: string): void {
  assert(isDeepStrictEqual(got, wanted), `${what}: expected ${shown(wanted)}, got ${shown(got)}`);
}

/** @throws ContractError unless both lists hold the same numbers, to the bit */
export function assertSameNumbers(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  assertEqual(got.length, wanted.length, `${what}: length`);
  for (let i = 0; i < wanted.length; i++) {
    assert(Object.is(got[i], wanted[i]), `${what}: expected ${wanted[i]} at ${i}, got ${got[i]}`);
  }
}

/** Whether two lists hold the same numbers. */
export function areSameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
}

/** @throws ContractError unless every number is finite */
export function assertFinite(values: ArrayLike<number>, what: string): void {
  const at = Array.from(values).findIndex((value) => !Number.isFinite(value));
  assert(at < 0, `${what}: expected finite numbers, got ${values[at]} at ${at}`);
}

/**
 * Makes sure that something is refused.
 *
 * @param pattern what the message must say
 * @throws ContractError where it is taken, or refused with other words
 */
export function assertThrows(act: () => unknown, pattern: RegExp, what: string): void {
  let message: string | undefined;
  try {
    act();
  } catch (error) {
    message = messageOf(error);
  }
  assert(message !== undefined, `${what}: expected an error like ${pattern}, got none`);
  assert(pattern.test(message), `${what}: expected an error like ${pattern}, got: ${message}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

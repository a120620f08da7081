/**
 * Seeded random numbers. Randomness in Voiceproof is stateless: every draw comes from a stream named by the run's seed
 * and by what it is for (`('augment', epoch, utterance)`), so that a result depends neither on the number of workers
 * nor on where a run was interrupted.
 */
import seedrandom from 'seedrandom';

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform in [low, high). */
  uniformBetween(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

let watcher: (() => void) | undefined;

/** Runs `fn`, and calls `onDraw` before each number that a stream gives in it. */
export function watchDraws<Result>(onDraw: () => void, fn: () => Result): Result {
  const outer = watcher;
  watcher = onDraw;
  try {
    return fn();
  } finally {
    watcher = outer;
  }
}

/**
 * The stream named by `key`. Equal keys give equal streams, in every process and on every platform.
 *
 * @param key the run's seed first, then what the stream is for
 */
export function createRandom(...key: readonly (string | number)[]): Random {
  const { double } = seedrandom(JSON.stringify(key));
  const uniform = (): number => {
    watcher?.();
    return double();
  };
  let spare: number | undefined;
  return {
    uniform,
    uniformBetween: (low, high) => low + (high - low) * uniform(),
    integer: (n) => Math.floor(uniform() * n),
    normal: () => {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** A 31-bit seed named by `key`, for engines that want one number. */
export function deriveSeed(...key: readonly (string | number)[]): number {
  return seedrandom(JSON.stringify(key)).int32() & 0x7fffffff;
}

/** A new array with the items in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

/** Ctrl-C and termination as a signal to save and stop. */
import type { Logger } from '../runtime/logger.js';
import { EXIT } from './terminal.js';

/** A pending interrupt. */
export interface Interrupt {
  /** Set at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** Listens for Ctrl-C and SIGTERM: the first asks to save and stop, a second Ctrl-C ends the process at once. */
export function onInterrupt(logger: Logger): Interrupt {
  const interrupt = new AbortController();
  const stop = (): void => {
    logger.info('interrupted: saving after this step (Ctrl-C again to stop at once)');
    process.exitCode = EXIT.interrupted;
    interrupt.abort();
    process.once('SIGINT', () => process.exit(EXIT.interrupted));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    signal: interrupt.signal,
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** A logger that keeps what it was told. */
import type { Logger } from '../../src/runtime/logger.js';

/** A logger, and its lines by kind. */
export interface RecordingLogger extends Logger {
  readonly infos: string[];
  readonly warnings: string[];
  /** How many progress displays were opened and not ended. */
  openDisplays(): number;
}

/** Makes one. */
export function createRecordingLogger(): RecordingLogger {
  const infos: string[] = [];
  const warnings: string[] = [];
  let open = 0;
  return {
    infos,
    warnings,
    openDisplays: () => open,
    info: (line) => infos.push(line),
    warn: (line) => warnings.push(line),
    progress: () => {
      open++;
      return { update: () => {}, end: () => open-- };
    },
  };
}

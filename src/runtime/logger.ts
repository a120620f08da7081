/**
 * Where library code says something to a person. Library code never prints: it is handed a `Logger`, and the commands
 * decide what becomes of the lines.
 */
export interface Logger {
  /** A line of normal progress. */
  info(line: string): void;
  /** A line the user should act on, or know of. */
  warn(line: string): void;
  /**
   * Opens a progress display of `total` units; `total` 0 means unknown. Where the output is no terminal, an
   * implementation prints nothing or occasional plain lines.
   */
  progress(label: string, total: number): Progress;
}

/** One progress display. `update` and `end` are cheap enough to call for every unit. */
export interface Progress {
  /** Sets the units done, and an optional note such as `loss 0.31`; a `total` corrects the one given at the start. */
  update(done: number, note?: string, total?: number): void;
  /** Takes the display away. */
  end(): void;
}

/** A logger that says nothing: for tests, and for callers who want silence. */
export const silentLogger: Logger = {
  info: () => {},
  warn: () => {},
  progress: () => ({ update: () => {}, end: () => {} }),
};

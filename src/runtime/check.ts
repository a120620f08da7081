/** One finding of a diagnosis, and the ways to write one. */

/** One thing that was looked at. A note is worth knowing; a problem makes the diagnosis not ok. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'note' | 'problem';
  readonly detail: string;
  /** What mends it; null where nothing has to be. */
  readonly fix: string | null;
}

/** Nothing to do. */
export const fine = (name: string, detail: string): Check => ({ name, status: 'ok', detail, fix: null });
/** Worth knowing. */
export const note = (name: string, detail: string, fix: string | null = null): Check => ({
  name,
  status: 'note',
  detail,
  fix,
});
/** Has to be mended. */
export const problem = (name: string, detail: string, fix: string): Check => ({ name, status: 'problem', detail, fix });

/** Where in the user's code a call comes from. */

/** Frames of tfjs, of the recorder, and of the thin layer between them say nothing to a reader. */
const INSIDE =
  /node_modules|node:internal|[\\/]graph[\\/](recorder|record|call-site)\.[jt]s|[\\/]runtime[\\/]native[\\/]/;

/** The innermost place outside tfjs and the recorder, as `file:line:column`. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  // tfjs's scopes and kernels nest deep.
  Error.stackTraceLimit = 100;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n').slice(1)) {
    const place = /(?:file:\/\/)?((?:[A-Za-z]:)?[^\s():]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined && !INSIDE.test(line)) return place;
  }
  return 'an unknown place';
}

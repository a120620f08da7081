/** Where in the user's code a call comes from, and through which of tfjs's random ops. */

/** Frames of tfjs, of the recorder, and of the thin layer between them say nothing to a reader. */
const INSIDE =
  /node_modules|node:internal|[\\/]graph[\\/](recorder|record|refuse-draws|layer-origin|call-site)\.[jt]s|[\\/]runtime[\\/]random\.[jt]s|[\\/]runtime[\\/]native[\\/]/;

/** Ops of tfjs that draw in JavaScript, by the names of the functions that they are. */
const RANDOM_OPS =
  /\b(dropout|rand|randomGamma|randomNormal|randomStandardNormal|randomUniform|randomUniformInt|truncatedNormal)_$/;

/** The innermost place outside tfjs and the recorder, as `file:line:column`. */
export function callSite(): string {
  for (const line of stackLines()) {
    const place = /(?:file:\/\/)?((?:[A-Za-z]:)?[^\s():]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined && !INSIDE.test(line)) return place;
  }
  return 'an unknown place';
}

/** The outermost of tfjs's random ops that is being run, if any. */
export function randomOpOnStack(): string | undefined {
  return callers()
    .map((name) => RANDOM_OPS.exec(name)?.[1])
    .findLast((name) => name !== undefined);
}

/** tfjs's scopes and kernels nest deep. */
const STACK_DEPTH = 100;

function stackLines(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_DEPTH;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  return stack.split('\n').slice(1);
}

/** The names of the functions that are being run, the innermost first: without their places, which take most of the time. */
function callers(): string[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = STACK_DEPTH;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunctionName() ?? '');
  try {
    return new Error().stack as unknown as string[];
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  }
}

/** `--set path=value`: options from the command line, laid over those of a file. */
import { ConfigError } from '../runtime/errors.js';

/**
 * Turns `['a.b=1', 'c=text']` into `{ a: { b: 1 }, c: 'text' }`. A value is JSON where it reads as such, and plain text
 * otherwise; of two settings of one path the later one wins.
 *
 * @throws ConfigError where a setting has no `=` or an empty name in its path, or one sets a part of what another made
 *   a plain value
 */
export function parseOverrides(settings: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    const path = setting.slice(0, Math.max(equals, 0)).split('.');
    if (equals < 0 || path.some((name) => name.trim() === '' || name === '__proto__')) {
      throw new ConfigError(`--set: expected path=value, such as training.learningRate=1e-4, got "${setting}"`);
    }
    let parent = result;
    for (const [depth, name] of path.slice(0, -1).entries()) {
      if (!Object.hasOwn(parent, name)) parent[name] = {};
      const next = parent[name];
      if (typeof next !== 'object' || next === null || Array.isArray(next)) {
        const whole = path.slice(0, depth + 1).join('.');
        throw new ConfigError(`--set: "${setting}" sets a part of ${whole}, which another --set made a plain value`);
      }
      parent = next as Record<string, unknown>;
    }
    parent[path[path.length - 1]] = parseValue(setting.slice(equals + 1));
  }
  return result;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The library's messages in the words of the command line. The library names options between backticks, as `resume` or
 * `engine: native`; whoever reads a command's output knows them as `--resume` and `--engine native`.
 */

/** Flags that are not their option's name in kebab case. */
const FLAGS: Readonly<Record<string, string>> = {
  windowSeconds: 'window',
  hopSeconds: 'hop',
  libraryPath: 'library',
  aggregation: 'aggregate',
  bonafideLabel: 'bonafide',
  statedError: 'error',
};

/** A line with its options as flags. */
export function inFlags(line: string): string {
  return line.replace(/`(\w+)(?:: ([^`]+))?`/g, (_, name: string, value: string | undefined) => {
    const flag = FLAGS[name] ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (value === 'false') return `--no-${flag}`;
    return value === undefined || value === 'true' ? `--${flag}` : `--${flag} ${value}`;
  });
}

import { expect, it } from 'vitest';
import { inFlags } from '../../src/commands/flags.js';

it.each([
  ['go on with it by `resume`, or name another', 'go on with it by --resume, or name another'],
  ['train with `engine: native`', 'train with --engine native'],
  ['run without `compile: false`, and add `resume: true`', 'run without --no-compile, and add --resume'],
  ['`windowSeconds` needs `hopSeconds`; leave `withFeatures` out', '--window needs --hop; leave --with-features out'],
  ['name it with `bonafideLabel: NAME`', 'name it with --bonafide NAME'],
  ['no option here, but a ` alone', 'no option here, but a ` alone'],
])('%s', (library, commandLine) => {
  expect(inFlags(library)).toBe(commandLine);
});

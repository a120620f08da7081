#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const main = new URL('dist/bundle/commands/main.js', root);

// A fresh clone is compiled by its first command: install scripts are switched off (.npmrc says why).
if (!existsSync(main)) {
  if (!existsSync(new URL('node_modules/typescript/bin/tsc', root))) {
    process.stderr.write('voiceproof: expected dist/ or the TypeScript compiler, got neither; run npm ci first\n');
    process.exit(1);
  }
  process.stderr.write('voiceproof: compiling, once ...\n');
  execFileSync(process.execPath, [fileURLToPath(new URL('scripts/build.mjs', root))], { stdio: ['ignore', 2, 2] });
}
await import(main.href);

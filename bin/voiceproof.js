#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
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
// Node 22 and later keep what V8 made of the code: a fifth of a command's time. In the user's own cache, as the package's
// folder may be read-only and the system's temporary one is everybody's. Where that can't be written, nothing happens.
const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? join(caches, 'voiceproof', 'compiled'));
await import(main.href);

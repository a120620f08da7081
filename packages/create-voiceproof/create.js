#!/usr/bin/env node
/** `npm create voiceproof my-detector` is `voiceproof init my-detector`. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.resolve('voiceproof/package.json')));
const command = [join(folder, 'bin/voiceproof.js'), 'init', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
process.exitCode = status ?? 1;

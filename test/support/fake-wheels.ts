/**
 * A package index of one tiny wheel, and programs that stand in for Python, pip and uv: everything that fetches the
 * engine can then be tried without a network, at any speed, and with any failure.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { WheelSet } from '../../src/runtime/native/wheels.js';

/** What the fake pip does when it is asked to download. */
export type PipMood = 'serves' | 'slow' | 'hangs' | 'offline' | 'disk full' | 'no such wheel' | 'corrupt';

/** A temporary machine: its programs, its cache, and the one wheel its package index has. */
export interface FakeMachine {
  readonly root: string;
  readonly cacheDirectory: string;
  /** Only our stand-ins are on its path. */
  readonly environment: NodeJS.ProcessEnv;
  readonly wheels: WheelSet;
  /** The file of the one wheel. */
  readonly wheelPath: string;
  /** Puts a stand-in on the path. `directory` makes `python3 -c` say that a tensorflow is installed there. */
  addProgram(name: 'python3' | 'python' | 'pip3' | 'uv', tensorflow?: { directory: string; version: string }): void;
  setMood(mood: PipMood): void;
  /** Every call of a stand-in so far, as one line of words each. */
  calls(): string[];
  remove(): void;
}

const LIBRARY = 'libtensorflow_cc.so.2';
const FRAMEWORK = 'libtensorflow_framework.so.2';

/** Makes the machine. Its library files hold a few letters: they can be found, but not loaded. */
export function createFakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'voiceproof-machine-'));
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const wheel = archive({
    [`tensorflow/${LIBRARY}`]: 'the library '.repeat(1000),
    [`tensorflow/${FRAMEWORK}`]: 'the framework',
    'tensorflow/python/eager.py': 'not needed',
    'tensorflow_cpu-9.9.9.dist-info/LICENSE': 'a licence',
  });
  const wheelPath = join(root, 'served.whl');
  writeFileSync(wheelPath, wheel);
  const moodPath = join(root, 'mood');
  const callsPath = join(root, 'calls');
  writeFileSync(moodPath, 'serves');
  return {
    root,
    cacheDirectory: join(root, 'cache'),
    // No index answers, and no file of the machine that the tests run on says otherwise.
    environment: {
      PATH: bin,
      HOME: root,
      PIP_CONFIG_FILE: '/dev/null',
      UV_NO_CONFIG: '1',
      PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    },
    wheelPath,
    wheels: {
      id: 'tensorflow-9.9.9-test-cpu',
      version: '9.9.9',
      variant: 'cpu',
      unpackedBytes: 20_000,
      wheels: [
        {
          project: 'tensorflow-cpu',
          version: '9.9.9',
          platform: 'manylinux_2_27_x86_64',
          sha256: createHash('sha256').update(wheel).digest('hex'),
          bytes: wheel.length,
        },
      ],
    },
    addProgram: (name, tensorflow) => {
      const path = join(bin, name);
      const answer = tensorflow === undefined ? '' : JSON.stringify({ ...tensorflow, pythonDll: '' });
      const script = join(root, `${name}.cjs`);
      writeFileSync(script, programText({ name, answer, callsPath, moodPath, wheelPath }));
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
      chmodSync(path, 0o755);
    },
    setMood: (mood) => writeFileSync(moodPath, mood),
    calls: () => (existsSync(callsPath) ? readFileSync(callsPath, 'utf8').trim().split('\n') : []),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Writes the files of a library that can be found but not loaded. */
export function writeFakeLibrary(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, LIBRARY), 'a library');
  writeFileSync(join(folder, FRAMEWORK), 'a framework');
}

interface ProgramOptions {
  readonly name: string;
  readonly answer: string;
  readonly callsPath: string;
  readonly moodPath: string;
  readonly wheelPath: string;
}

function programText(options: ProgramOptions): string {
  return `const { appendFileSync, copyFileSync, readFileSync, writeFileSync } = require('node:fs');
const { name, answer, callsPath, moodPath, wheelPath } = ${JSON.stringify(options)};
const words = process.argv.slice(2);
appendFileSync(callsPath, [name, ...words].join(' ').replaceAll('\\n', ' ') + '\\n');
const fail = (text) => { console.error(text); process.exit(1); };
if (words[0] === '-c') { console.log(answer); process.exit(0); }
if (words.includes('--version')) { console.log('pip 99.0 (a stand-in)'); process.exit(0); }
const destination = words.find((word) => word.startsWith('--dest=')).slice('--dest='.length);
if (!readFileSync(words[words.indexOf('-r') + 1], 'utf8').includes('--hash=sha256:')) fail('no hash asked for');
const serve = () => copyFileSync(wheelPath, destination + '/tensorflow_cpu-9.9.9-cp311-cp311-linux.whl');
switch (readFileSync(moodPath, 'utf8')) {
  case 'serves': serve(); break;
  case 'slow': setTimeout(serve, 1500); break;
  case 'hangs': writeFileSync(destination + '/half', 'ha'); setTimeout(() => {}, 20_000); break;
  case 'corrupt': serve(); appendFileSync(destination + '/tensorflow_cpu-9.9.9-cp311-cp311-linux.whl', 'x'); break;
  case 'offline':
    fail("WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution'\\n" +
      'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==9.9.9 (from versions: none)\\nERROR: No matching distribution found');
    break;
  case 'disk full': fail("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"); break;
  case 'no such wheel': fail('ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==9.9.9 (from versions: 1.0)'); break;
}
`;
}

/** A zip archive of stored files. */
function archive(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}

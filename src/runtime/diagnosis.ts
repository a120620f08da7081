/** Looks at the machine and the engine, and says what is wrong and what mends it: what `voiceproof doctor` prints. */
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { userCacheDirectory } from './cache-directory.js';
import { type Engine, type EngineOptions, startEngine } from './engine.js';
import { messageOf } from './errors.js';
import { type Environment, findPips, REMEDY, runProgram } from './native/pip.js';
import { wheelSetFor } from './native/wheels.js';

/** One thing that was looked at. A note is worth knowing; a problem makes the diagnosis not ok. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'note' | 'problem';
  readonly detail: string;
  /** What mends it; null where nothing has to be. */
  readonly fix: string | null;
}

/** The whole diagnosis: facts, and the checks made of them. */
export interface Diagnosis {
  readonly ok: boolean;
  readonly node: string;
  /** Such as `linux-x64 6.1.0`. */
  readonly platform: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** The first Python and pip that answer; null where none does. */
  readonly python: string | null;
  readonly pip: string | null;
  readonly gpus: readonly { readonly name: string; readonly driver: string; readonly memory: string }[];
  readonly cacheDirectory: string;
  readonly engine: Pick<Engine, 'kind' | 'version' | 'source' | 'devices' | 'usesGpu'> | null;
  /** Billions of multiplications and additions a second in a square float32 matrix product; null without engine. */
  readonly matmulGflops: number | null;
  readonly checks: readonly Check[];
}

/** The least driver for CUDA 12 on Linux, by NVIDIA's table of minor version compatibility. */
const LEAST_DRIVER = 525;
const LEAST_NODE = [20, 19] as const;
/** A training run on the bundled corpus was seen to take about this much. */
const LEAST_MEMORY_BYTES = 2e9;
const PROGRAM_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Examines the machine, starts the engine (fetching its library if need be), computes a little, and closes it.
 * Never throws for what it finds wrong: that is in the checks.
 *
 * @param options of the engine; `auto` is taken as `native`, as a stand-in is a problem to report
 */
export async function diagnose(options: EngineOptions): Promise<Diagnosis> {
  const { environment } = options;
  const cacheDirectory = options.cacheDirectory ?? userCacheDirectory();
  const [gpus, python, pip] = await Promise.all([findGpus(environment), findPython(environment), findPip(environment)]);
  const checks = [checkNode(process.versions.node), checkMemory(), await checkCache(cacheDirectory)];
  let engine: Engine | null = null;
  let matmulGflops: number | null = null;
  try {
    const kind = options.engine === 'auto' ? 'native' : options.engine;
    engine = await startEngine({ ...options, engine: kind, purpose: kind === 'wasm' ? 'inference' : 'training' });
    checks.push(...checkEngine(engine, gpus.length > 0, options.device));
    checks.push(attempt('matrix product', checkProduct));
    if (kind !== 'wasm') {
      checks.push(attempt('convolution gradient', checkGradient));
      checks.push(attempt('tensor leaks', () => checkLeaks(engine as Engine)));
    }
    matmulGflops = await measureProduct(kind === 'native' ? 1024 : 256);
  } catch (error) {
    checks.push(explainFailure(error));
  } finally {
    engine?.close();
  }
  checks.push(checkDriver(gpus, options.device));
  if (pip === null) checks.push(note('pip', 'none found: where an index wants more than Node can do, nobody else can'));
  return {
    ok: checks.every(({ status }) => status !== 'problem'),
    node: process.versions.node,
    platform: `${platform()}-${arch()} ${release()}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    python,
    pip,
    gpus,
    cacheDirectory,
    engine: engine === null ? null : describeEngine(engine),
    matmulGflops,
    checks,
  };
}

/** Judges a version of Node, such as `22.12.0`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return fine('node', `version ${version}`);
  return problem('node', `version ${version} is too old`, `install Node ${leastMajor}.${leastMinor} or later`);
}

/** Judges the NVIDIA driver against what CUDA 12 asks for. */
export function checkDriver(gpus: Diagnosis['gpus'], device: EngineOptions['device']): Check {
  const gpu = gpus[0];
  if (gpu === undefined) {
    return device === 'cuda'
      ? problem('gpu', 'nvidia-smi finds none', 'install the NVIDIA driver, or use --device cpu')
      : fine('gpu', 'none; the CPU is used');
  }
  const detail = `${gpus.map(({ name }) => name).join(', ')}, driver ${gpu.driver}`;
  if (Number.parseInt(gpu.driver, 10) >= LEAST_DRIVER) return fine('gpu', detail);
  return problem(
    'gpu',
    `${detail} is too old for CUDA 12`,
    `install driver ${LEAST_DRIVER} or later, or use --device cpu`,
  );
}

function checkMemory(): Check {
  const detail = `${gigabytes(freemem())} GB free of ${gigabytes(totalmem())} GB`;
  if (freemem() >= LEAST_MEMORY_BYTES) return fine('memory', detail);
  return note('memory', `${detail}: little for training`, 'close other programs, or lower the batch size');
}

async function checkCache(directory: string): Promise<Check> {
  let existing = directory;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return problem(
      'cache',
      `${directory} can't be written`,
      'make it writable, or set XDG_CACHE_HOME to a place that is',
    );
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const needed = wheelSetFor(platform(), arch(), 'cpu')?.unpackedBytes ?? 0;
  const detail = `${directory}, ${gigabytes(free)} GB free`;
  return free >= needed ? fine('cache', detail) : note('cache', `${detail}: little`, 'free some space');
}

function checkEngine(engine: Engine, hasGpu: boolean, device: EngineOptions['device']): Check[] {
  const started = fine('engine', `${engine.source}, on ${engine.usesGpu ? 'the GPU' : 'the CPU'}`);
  if (!hasGpu || engine.usesGpu || device === 'cpu') return [started];
  return [
    started,
    note('device', 'there is a GPU, and the engine does not use it', 'run "voiceproof setup --device cuda"'),
  ];
}

/** A product small enough to be checked by hand. */
function checkProduct(): Check {
  const n = 17;
  const a = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const b = Float32Array.from({ length: n * n }, (_, i) => Math.cos(3 * i));
  const got = tf.tidy(() => tf.matMul(tf.tensor2d(a, [n, n]), tf.tensor2d(b, [n, n])).dataSync());
  let worst = 0;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
      worst = Math.max(worst, Math.abs(sum - got[row * n + column]));
    }
  }
  return judge('matrix product', worst, 1e-5);
}

/** The gradient of a sum of squares behind a convolution: quadratic, so that central differences have no error. */
function checkGradient(): Check {
  const x = tf.tensor4d(
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
    [1, 6, 5, 2],
  );
  const weights = Float32Array.from({ length: 54 }, (_, i) => Math.cos(i) / 3);
  const loss = (w: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')));
  const at = (values: Float32Array): number => tf.tidy(() => loss(tf.tensor4d(values, [3, 3, 2, 3])).dataSync()[0]);
  const gradient = tf.tidy(() =>
    tf
      .grad(loss)(tf.tensor4d(weights, [3, 3, 2, 3]))
      .dataSync(),
  );
  const step = 0.05;
  let worst = 0;
  for (const index of [0, 13, 30, 53]) {
    const up = weights.slice();
    const down = weights.slice();
    up[index] += step;
    down[index] -= step;
    const slope = (at(up) - at(down)) / (up[index] - down[index]);
    worst = Math.max(worst, Math.abs(slope - gradient[index]) / Math.max(1, Math.abs(slope)));
  }
  x.dispose();
  return judge('convolution gradient', worst, 1e-3);
}

/** Twenty rounds that make and drop tensors must leave none. */
function checkLeaks(engine: Engine): Check {
  const before = [tf.memory().numTensors, engine.liveTensors()] as const;
  for (let round = 0; round < 20; round++) {
    tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.relu(tf.matMul(x as tf.Tensor2D, tf.ones([8, 8])))))(tf.ones([4, 8]))
        .dataSync(),
    );
  }
  const left = Math.max(tf.memory().numTensors - before[0], engine.liveTensors() - before[1]);
  if (left === 0) return fine('tensor leaks', 'none in 20 rounds');
  return problem('tensor leaks', `${left} tensors left after 20 rounds`, DEFECT);
}

/** Median rate of the product of two n x n matrices. */
async function measureProduct(n: number): Promise<number> {
  const a = tf.ones([n, n]);
  const seconds: number[] = [];
  for (let round = 0; round < 8; round++) {
    const start = performance.now();
    const product = tf.matMul(a, a);
    await product.data();
    product.dispose();
    // The first rounds warm up.
    if (round >= 3) seconds.push((performance.now() - start) / 1000);
  }
  a.dispose();
  const median = seconds.sort((one, other) => one - other)[2];
  return Math.round((2 * n ** 3) / median / 1e8) / 10;
}

const DEFECT = 'this is a defect of the engine here: try --engine cpu to compare, and report it';

function judge(name: string, error: number, tolerance: number): Check {
  if (error <= tolerance) return fine(name, `right to ${error.toExponential(0)}`);
  return problem(name, `off by ${error.toExponential(1)}, more than ${tolerance}`, DEFECT);
}

function attempt(name: string, check: () => Check): Check {
  try {
    return check();
  } catch (error) {
    return problem(name, messageOf(error), DEFECT);
  }
}

/** The error's own advice goes into the fix. */
function explainFailure(error: unknown): Check {
  const [what = ''] = messageOf(error).split(REMEDY);
  const detail = what.replace(/^engine: /, '').replace(/(; go online once and run "voiceproof setup")?(;|, or) $/, '');
  return problem('engine', detail, `run "voiceproof setup" while online, or ${REMEDY}`);
}

async function findPython(environment: Environment): Promise<string | null> {
  for (const python of ['python3', 'python']) {
    const { code, stdout } = await runProgram([python, '--version'], {
      environment,
      timeoutMilliseconds: PROGRAM_TIMEOUT_MILLISECONDS,
    });
    if (code === 0) return stdout.trim();
  }
  return null;
}

async function findPip(environment: Environment): Promise<string | null> {
  for await (const pip of findPips(environment)) return `${pip.command.join(' ')}: ${pip.version}`;
  return null;
}

async function findGpus(environment: Environment): Promise<{ name: string; driver: string; memory: string }[]> {
  const { code, stdout } = await runProgram(
    ['nvidia-smi', '--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'],
    { environment, timeoutMilliseconds: PROGRAM_TIMEOUT_MILLISECONDS },
  );
  if (code !== 0) return [];
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3)
    .map(([name = '', driver = '', memory = '']) => ({ name, driver, memory }));
}

function describeEngine({ kind, version, source, devices, usesGpu }: Engine): NonNullable<Diagnosis['engine']> {
  return { kind, version, source, devices, usesGpu };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

const fine = (name: string, detail: string): Check => ({ name, status: 'ok', detail, fix: null });
const note = (name: string, detail: string, fix: string | null = null): Check => ({
  name,
  status: 'note',
  detail,
  fix,
});
const problem = (name: string, detail: string, fix: string): Check => ({ name, status: 'problem', detail, fix });
